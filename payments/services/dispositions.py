"""Set a bank line aside with a reason, and take it back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.audit import services as audit
from crm.people.models import Member
from payments import notifications
from payments.enums import ExceptionKind
from payments.models import LineDisposition, MatchProposal
from payments.services.locks import lock_lines
from payments.services.refusals import AlreadyTaken


@transaction.atomic
def set_aside(*, line_id: int, kind: ExceptionKind, by: Member, note: str = "") -> LineDisposition:
    """Explain a line that cannot be posted; it leaves the queue."""
    line = lock_lines([line_id])[line_id]
    if line.matched_amount >= line.amount > 0:
        raise AlreadyTaken(_("The line has been posted meanwhile."))
    standing = LineDisposition.objects.filter(line=line, withdrawn_at__isnull=True)
    standing.update(withdrawn_at=timezone.now(), withdrawn_by=by)
    disposition: LineDisposition = LineDisposition.objects.create(
        line=line, kind=kind, note=note.strip(), member=by
    )
    MatchProposal.objects.filter(line=line).delete()
    audit.record("line.set_aside", target=line, kind=kind, note=note.strip())
    notifications.lines_changed()
    return disposition


@transaction.atomic
def take_back(*, line_id: int, by: Member) -> None:
    """Put a line that was set aside back into the queue."""
    line = lock_lines([line_id])[line_id]
    standing = LineDisposition.objects.filter(line=line, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise AlreadyTaken(_("The line is back in the queue already."))
    audit.record("line.taken_back", target=line)
    jobs.enqueue("payments.propose_matches", line_ids=[line_id])
    notifications.lines_changed()

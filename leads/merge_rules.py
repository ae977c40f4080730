"""What a merge does with what this app and the kernel say about leads, customers and contacts."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.refusals import Refused
from crm.sharing.enums import OPEN_TRANSFERS
from crm.sharing.models import Movement
from crm.teamwork.enums import TaskState
from leads.enums import StageKind
from leads.references import (
    Changes,
    Pairs,
    combine,
    counted,
    generic,
    label_of,
    name_of,
    obstacle,
    stays,
)

SHARES = (
    "leads.customergrant", "leads.customerdepartmentgrant",
    "leads.leadgrant", "leads.leaddepartmentgrant",
)  # fmt: skip
LOG = "a log says what was done to the record of that time"


def register_rules() -> None:
    """Called once, when the models are there."""
    generic("teamwork.task", "subject", called=gettext_lazy("Tasks"), written=label_of)
    generic("teamwork.comment", "subject", called=gettext_lazy("Comments"), written=label_of)
    generic("approvals.run", "subject", written=label_of)
    generic("leads.collisioncase", "subject", written=name_of)
    generic("leads.collisionrecord", "record", written=name_of)
    generic("leads.sharerequest", "record", written=name_of)

    for label, column, why in STAYS:
        stays(label, column, why=why)

    counted("leads.contact", "customer", gettext_lazy("Contacts"))
    counted("leads.lead", "customer", gettext_lazy("Leads"))
    counted(
        "leads.opportunity",
        "customer",
        gettext_lazy("Opportunities"),
        unfinished=Q(stage__kind=StageKind.OPEN),
    )
    counted("leads.followup", "customer", gettext_lazy("Follow-ups"))
    counted("leads.followup", "lead", gettext_lazy("Follow-ups"))
    counted(
        "teamwork.task", "subject_id", gettext_lazy("Tasks"), unfinished=Q(state=TaskState.OPEN)
    )
    for label in SHARES:
        counted(label, "content_object", gettext_lazy("Shares"))
        combine(label, "content_object", longer_share)
    obstacle(no_open_transfer)


STAYS = (
    ("leads.customer", "merged_into", "says itself what became part of what"),
    ("leads.lead", "merged_into", "says itself what became part of what"),
    ("leads.merge", "kept_id", "the journal of merges"),
    ("leads.merge", "gone_id", "the journal of merges"),
    ("leads.mergestep", "before_id", "the journal of merges"),
    ("leads.mergestep", "after_id", "the journal of merges"),
    ("leads.assignmentdecision", "lead", "tells how that very lead got its owner"),
    (
        "leads.clientsplit",
        "record_id",
        "tells of the orders entered then; what is kept gets its own",
    ),
    ("leads.identitykey", "record_id", "the index is made anew for both"),
    ("leads.identityjudgement", "left_id", "services.identity.repoint moves judgements"),
    ("leads.identityjudgement", "right_id", "services.identity.repoint moves judgements"),
    ("leads.companyalias", "customer", "services.identity.repoint moves aliases"),
    ("leads.collisionrisk", "left_id", "risks are found anew every night"),
    ("leads.collisionrisk", "right_id", "risks are found anew every night"),
    ("leads.importrow", "match_id", "what a dry run met when it ran; the page leads on"),
    ("audit.operationlog", "subject_id", LOG),
    ("sharing.movement", "record_id", "the journal of transfers; an open one refuses the merge"),
)


def longer_share(pairs: Pairs) -> Changes:
    """Shared twice with one person: whichever share lasts longer counts."""
    return list(_longer(pairs))


def _longer(pairs: Pairs) -> Iterator[tuple[Any, dict[str, Any]]]:
    for theirs, mine in pairs:
        if mine.expires_at is None:
            continue
        if theirs.expires_at is None or theirs.expires_at > mine.expires_at:
            yield mine, {"expires_at": theirs.expires_at}


def no_open_transfer(kept: Any, gone: Any) -> None:
    """Who is to get a record must be settled before it becomes part of another one."""
    for one in (kept, gone):
        waiting = Movement.objects.filter(
            holding=one._meta.label_lower,
            record_id=one.pk,
            transfer__state__in=[str(state) for state in OPEN_TRANSFERS],
        )
        found = waiting.select_related("transfer").first()
        if found is not None:
            raise Refused(
                _("A transfer of “%(name)s” is not carried out yet. Decide or withdraw it first.")
                % {"name": one}
            )

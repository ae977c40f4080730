"""Asking the owner of a client one may not see to share it, and the owner's answer."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.access import grants
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.sharing import journal
from crm.sharing.nouns import noun
from crm.sharing.selectors.shares import opens_nothing, sharable
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.clock import end_of
from leads.enums import RecordKind, ShareAction, ShareState
from leads.models import Customer, Lead, ShareRequest
from leads.redaction import masked_name
from leads.selectors.share_requests import who_answers
from leads.selectors.similar import may_ask
from leads.services import assignment
from leads.services.lookups import count_lookup
from leads.services.refusals import WrongState
from leads.services.saving import locked


class OpensNothing(Refused):
    """The asker's roles hold no permission that a share could carry."""

    def __init__(self) -> None:
        super().__init__(
            _("The roles of whoever asks do not let them see records of this kind at all.")
        )


@transaction.atomic
def ask_to_share(
    *, kind: RecordKind, record_id: int, by: Member, reason: str = "", typed: str = ""
) -> ShareRequest:
    """Ask the owner of a record one cannot see to share it; without an owner, whoever may answer.

    Asked again while it waits, it is the same request and nobody is told twice. Asking counts
    with the member's look-ups, from a page or by a program: TooManyLookups.
    """
    if not may_ask(by, kind):
        raise OpensNothing
    count_lookup(by)
    record = record_of(kind, record_id)
    request, is_new = ShareRequest.objects.get_or_create(
        asker=by,
        record_kind=kind,
        record_id=record_id,
        state=ShareState.WAITING,
        defaults={"reason": reason.strip()[:200], "typed": typed[:200]},
    )
    if is_new:
        asked = {record.owner_id} - {None} or who_answers(kind, record_id, asker=by)
        notify(
            member_ids=asked,
            kind=NotificationKind.SHARE_REQUESTED,
            title=str(record),
            url=address_of(request),
        )
        audit.record("share.requested", target=record)
    return request


@transaction.atomic
def grant_request(
    *, request_id: int, by: Member, action: ShareAction, until: date | None
) -> ShareRequest:
    """Share the record as asked for, to the end of a day or for good; a lead may be handed over.

    The caller has checked that `by` may answer.
    """
    request = _waiting(request_id)
    record = record_of(RecordKind(request.record_kind), request.record_id)
    if action == ShareAction.GIVE:
        _hand_over(record, request, by=by)
        until = None
    else:
        _share(record, request, by=by, action=action, until=until)
    request.action, request.until = action, until
    _settle(request, ShareState.GRANTED, by)
    audit.record("share.granted", target=record, member=request.asker_id)
    return request


def _hand_over(record: Lead | Customer, request: ShareRequest, *, by: Member) -> None:
    if not isinstance(record, Lead):
        raise Refused(_("A customer is transferred on its own page."))
    words = _("asked for it")
    assignment.assign_to(lead_ids=[record.pk], member=request.asker, by=by, reason=words)


def _share(
    record: Lead | Customer,
    request: ShareRequest,
    *,
    by: Member,
    action: ShareAction,
    until: date | None,
) -> None:
    shared = noun(f"leads.{request.record_kind}")
    if opens_nothing([request.asker], shared, action):
        raise OpensNothing
    if not sharable(by, shared, action, [record.pk]).exists():
        raise Refused(_("You cannot share more than you may do yourself."))
    ends = end_of(until) if until else None
    terms: dict[str, Any] = {"until": ends, "by": by, "reason": request.reason}
    grants.grant_each([request.asker], action, shared.model, [record.pk], **terms)
    journal.write_all(
        f"{shared.name}.shared",
        kind=shared.key,
        ids=[record.pk],
        members=[request.asker_id],
        departments=[],
        may_edit=action == ShareAction.EDIT,
        until=ends.isoformat() if ends else None,
        why=request.reason,
    )
    journal.tell(
        [request.asker_id],
        NotificationKind.RECORD_SHARED,
        shared,
        {record.pk: str(record)},
    )
    if ends is not None:
        jobs.enqueue("sharing.end_shares", key=f"end-shares-{ends.timestamp():.0f}", run_after=ends)


@transaction.atomic
def decline_request(*, request_id: int, by: Member, answer: str) -> ShareRequest:
    """Do not share, and say why; the asker learns the reason and nothing else."""
    request = _waiting(request_id)
    record = record_of(RecordKind(request.record_kind), request.record_id)
    request.answer = answer.strip()[:200]
    _settle(request, ShareState.DECLINED, by)
    notify(
        member_ids=[request.asker_id],
        kind=NotificationKind.SHARE_DECLINED,
        title=masked_name(str(record), request.typed),
        url=address_of(request),
    )
    audit.record("share.declined", target=record, member=request.asker_id)
    return request


def record_of(kind: RecordKind, record_id: int) -> Lead | Customer:
    """The record a request is about."""
    model: Any = Lead if kind == RecordKind.LEAD else Customer
    found: Lead | Customer = model.objects.select_related("owner").get(pk=record_id)
    return found


def address_of(request: ShareRequest) -> str:
    """The page of a request, also from outside a web request."""
    return reverse("leads:share_request", urlconf=settings.TENANT_URLCONF, args=[request.pk])


def _waiting(request_id: int) -> ShareRequest:
    request = locked(ShareRequest.objects.all(), request_id)
    if request.state != ShareState.WAITING:
        raise WrongState(_("This request has been answered already."))
    return request


def _settle(request: ShareRequest, state: ShareState, by: Member) -> None:
    request.state, request.answered_by, request.answered_at = state, by, timezone.now()
    request.save(update_fields=["state", "action", "until", "answer", "answered_by", "answered_at"])

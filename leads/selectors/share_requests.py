"""Requests to share: those one may answer, and those one has made."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import pgettext

from crm.access import policy
from crm.people.models import Member
from crm.tenancy.clock import organization_today
from leads.enums import RecordKind, ShareState
from leads.models import Customer, Lead, ShareRequest
from leads.redaction import masked_name
from leads.selectors.addresses import page_of
from leads.selectors.managers import manager_ids_of

MOST = 50
STATE_COLOURS = {"waiting": "amber", "granted": "green", "declined": "grey"}
# who may answer besides the owner: whoever may share a customer, or assign a lead
ANSWER = {RecordKind.CUSTOMER: "leads.share_customer", RecordKind.LEAD: "leads.assign_lead"}
VIEW = {RecordKind.CUSTOMER: "leads.view_customer", RecordKind.LEAD: "leads.view_lead"}
MODELS: dict[RecordKind, Any] = {RecordKind.CUSTOMER: Customer, RecordKind.LEAD: Lead}


@dataclass(frozen=True)
class RequestLine:
    """One request as its reader may see it."""

    request: ShareRequest
    title: str
    # the name as its reader had typed it, who asked
    typed: str
    url: str
    record_url: str
    colour: str
    state: str
    may_answer: bool


def requests_for(member: Member) -> list[RequestLine]:
    """What the member may answer, and what they asked for, the latest first."""
    mine = Q(asker=member)
    for kind in ANSWER:
        mine |= Q(record_kind=kind, record_id__in=answerable(member, kind).values("pk"))
    rows = ShareRequest.objects.filter(mine).select_related("asker", "answered_by")
    return _lines(member, list(rows.order_by("-id")[:MOST]))


def request_for(member: Member, pk: int) -> RequestLine | None:
    """One request, if it is the member's to read."""
    rows = ShareRequest.objects.select_related("asker", "answered_by").filter(pk=pk)
    found = _lines(member, list(rows))
    readable = [one for one in found if one.may_answer or one.request.asker_id == member.pk]
    return readable[0] if readable else None


def answerable(member: Member, kind: RecordKind) -> QuerySet[Any]:
    """The records about whose sharing the member may decide."""
    rows = MODELS[kind].objects.all()
    may = policy.visible(member, rows, ANSWER[kind]).values("pk")
    seen: QuerySet[Any] = policy.visible(
        member, rows.filter(Q(owner=member) | Q(pk__in=may)), VIEW[kind]
    )
    return seen


def who_answers(kind: RecordKind, record_id: int, *, asker: Member) -> set[int]:
    """Who is asked about a record without an owner: the asker's managers, or else whoever may.

    Only those who may answer, so nobody is told of a record they do not see.
    """
    managers = Member.objects.filter(pk__in=manager_ids_of([asker.pk]))
    everybody = Member.objects.filter(
        is_active=True, member_roles__role__grants__has_key=ANSWER[kind]
    ).exclude(pk=asker.pk)
    for people in (managers, everybody.distinct()):
        found = {
            one.pk
            for one in people.order_by("pk")
            if answerable(one, kind).filter(pk=record_id).exists()
        }
        if found:
            return found
    return set()


def waiting_count(member: Member) -> int:
    """How many requests wait for this member's own answer."""
    own = Q()
    for kind, model in MODELS.items():
        ids = model.objects.filter(owner=member).values("pk")
        own |= Q(record_kind=kind, record_id__in=ids)
    return int(ShareRequest.objects.filter(own, state=ShareState.WAITING).count())


def _lines(member: Member, requests: list[ShareRequest]) -> list[RequestLine]:
    records: dict[tuple[str, int], Any] = {}
    answers: set[tuple[str, int]] = set()
    seen: set[tuple[str, int]] = set()
    for kind, model in MODELS.items():
        ids = [one.record_id for one in requests if one.record_kind == kind] or [0]
        rows = model.objects.filter(pk__in=ids)
        records |= {(kind.value, one.pk): one for one in rows}
        may = answerable(member, kind).filter(pk__in=ids).values_list("pk", flat=True)
        answers |= {(kind.value, pk) for pk in may}
        visible = policy.visible(member, rows, VIEW[kind]).values_list("pk", flat=True)
        seen |= {(kind.value, pk) for pk in visible}
    return [
        _line(member, one, records[pair], may_answer=pair in answers, is_seen=pair in seen)
        for one in requests
        if (pair := (one.record_kind, one.record_id)) in records
    ]


def _line(
    member: Member, request: ShareRequest, record: Any, *, may_answer: bool, is_seen: bool
) -> RequestLine:
    kind = RecordKind(request.record_kind)
    is_over = request.until is not None and request.until < organization_today()
    return RequestLine(
        request=request,
        title=str(record) if is_seen else masked_name(str(record), request.typed),
        typed=request.typed if request.asker_id == member.pk else "",
        url=reverse("leads:share_request", args=[request.pk]),
        record_url=page_of(kind, record.pk) if is_seen else "",
        colour="grey" if is_over else STATE_COLOURS[request.state],
        state=pgettext("share", "Ended") if is_over else request.get_state_display(),
        may_answer=may_answer,
    )

"""Who works on a lead: by the rules on every path of arrival, or by a person's decision."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from crm import jobs
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import Notice, notify_all
from crm.web import live
from leads.assignment import Candidate
from leads.enums import RecordKind
from leads.models import Lead
from leads.selectors import assignments
from leads.services import case_hands
from leads.services.assignment_desk import Given, decide_owners, hold_turns, record_decisions

# Leads decided in one go: enough to be fast, few enough to let other writers in between.
BATCH = 2_000
GIVE = """
    UPDATE leads_lead SET
        owner_id = given.owner_id,
        department_id = coalesce(given.department_id, leads_lead.department_id),
        assigned_at = CASE WHEN given.owner_id IS NULL THEN NULL ELSE %(at)s END,
        unassigned_reason = given.reason,
        updated_at = %(at)s
    FROM unnest(%(leads)s::bigint[], %(owners)s::bigint[], %(departments)s::bigint[],
                %(reasons)s::text[]) AS given(lead_id, owner_id, department_id, reason)
    WHERE leads_lead.id = given.lead_id
"""


class CannotTakeLeads(Refused):
    """The member is no longer active."""


@dataclass(frozen=True)
class Outcome:
    """How many leads found an owner and how many wait, with a reason each."""

    assigned: int = 0
    waiting: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.assigned + other.assigned, self.waiting + other.waiting)


@transaction.atomic
def assign_leads(*, lead_ids: Sequence[int]) -> Outcome:
    """Give the leads that have no owner to reps by the rules; the others are left alone.

    Doing it twice changes nothing. Arrivals wait for each other's turn, so shares stay fair.
    """
    hold_turns()
    wanted = (
        assignments.unassigned()
        .filter(pk__in=lead_ids)
        .select_for_update(of=("self",), no_key=True)
        .order_by("created_at", "id")
    )
    rows = list(wanted.values("id", *assignments.RULE_FIELDS))
    candidates = [assignments.candidate_of(row["id"], row) for row in rows]
    return _assign(candidates, at=timezone.now())


def _assign(candidates: Sequence[Candidate], *, at: datetime) -> Outcome:
    given: list[Given] = []
    for start in range(0, len(candidates), BATCH):
        decided = decide_owners(candidates[start : start + BATCH])
        _write_owners(decided, at=at)
        record_decisions(decided, at=at)
        given += decided
    _announce(given)
    case_hands.note(RecordKind.LEAD, [one.lead_id for one in given if one.member_id])
    assigned = sum(1 for one in given if one.member_id)
    return Outcome(assigned, len(given) - assigned)


def _write_owners(given: Sequence[Given], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE,
            {
                "at": at,
                "leads": [one.lead_id for one in given],
                "owners": [one.member_id for one in given],
                "departments": [one.department_id for one in given],
                "reasons": [one.waits_because for one in given],
            },
        )


@transaction.atomic
def assign_to(*, lead_ids: Sequence[int], member: Member, by: Member, reason: str = "") -> int:
    """Hand leads to a member by a person's decision; returns how many changed hands."""
    if not member.is_active:
        raise CannotTakeLeads(str(member))
    rows = Lead.objects.filter(pk__in=lead_ids).exclude(owner=member)
    ids = list(
        rows.select_for_update(of=("self",), no_key=True)
        .order_by("id")
        .values_list("id", flat=True)
    )
    if not ids:
        return 0
    at = timezone.now()
    given = [Given.by_hand(pk, member=member, by=by, reason=reason) for pk in ids]
    _write_owners(given, at=at)
    record_decisions(given, at=at, decided_by=by)
    audit.record("leads.assigned", target=member, count=len(ids), reason=reason[:200])
    _announce(given)
    case_hands.note(RecordKind.LEAD, ids)
    return len(ids)


def note_handed(*, lead_ids: Sequence[int], member: Member, by: Member | None, reason: str) -> None:
    """Leads came to a member by a transfer or hand-over: “why this rep” says so."""
    given = [Given.by_hand(pk, member=member, by=by or member, reason=reason) for pk in lead_ids]
    record_decisions(given, at=timezone.now(), decided_by=by)
    case_hands.note(RecordKind.LEAD, lead_ids)


@transaction.atomic
def retry_unassigned() -> int:
    """Ask the rules again for every open lead nobody works on; returns how many were asked for."""
    ids = list(assignments.unassigned().order_by("created_at", "id").values_list("id", flat=True))
    for start in range(0, len(ids), BATCH):
        jobs.enqueue("leads.assign_leads", lead_ids=ids[start : start + BATCH])
    return len(ids)


def tell_reps(counts: Mapping[int, int], *, latest: Mapping[int, int]) -> None:
    """Let the reps' open pages know that new leads are theirs."""
    for member_id, number in counts.items():
        topic = live.member_topic(member_id)
        live.publish(topic, "lead-assigned", lead=latest[member_id], count=number)


def notify_reps(counts: Mapping[int, int], *, latest: Mapping[int, int]) -> None:
    """One line in each rep's inbox, however many leads came."""
    leads = Lead.objects.in_bulk(latest.values())
    notify_all(_notice_of(leads[latest[one]], one, number) for one, number in counts.items())


def _notice_of(lead: Lead, member_id: int, number: int) -> Notice:
    more = f" +{number - 1}" if number > 1 else ""
    name, args = ("leads:detail", [lead.pk]) if number == 1 else ("leads:list", [])
    url = reverse(name, urlconf=settings.TENANT_URLCONF, args=args)
    return Notice(member_id, NotificationKind.LEAD_ASSIGNED, f"{lead.company_name}{more}", url)


def _announce(given: Sequence[Given]) -> None:
    counts = Counter(one.member_id for one in given if one.member_id)
    latest = {one.member_id: one.lead_id for one in given if one.member_id}
    tell_reps(counts, latest=latest)
    notify_reps(counts, latest=latest)

"""Collision cases: which there are, who reads them, who is in them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.access import policy
from crm.people.models import Member
from crm.people.presence import absences_at
from leads.enums import CaseState, CollisionOutcome, CollisionSide, RecordKind
from leads.models import CollisionCase, CollisionDecision, CollisionParty, CollisionRecord
from leads.selectors.identity import Pair

WAITING = (CaseState.OPEN, CaseState.APPEALED)
OVER = (CaseState.CLOSED, CaseState.WITHDRAWN)
MOST_COUNTED = 99
# the deadline of a case that waits; as the index of the list has it
WAITING_DUE = Case(When(state__in=WAITING, then="due_at"))


def visible_cases(member: Member, permission: str = "leads.view_case") -> QuerySet[CollisionCase]:
    """The cases the member is in, or whose reps stand below them."""
    return policy.visible(member, CollisionCase.objects.all(), permission)


def case_or_404(member: Member, pk: int) -> CollisionCase:
    """The case, if the member may read it."""
    rows = CollisionCase.objects.select_related("decider", "opened_by")
    return policy.get_or_404(member, rows, "leads.view_case", pk)


def with_parties(cases: QuerySet[CollisionCase]) -> QuerySet[Any]:
    """Each with the owner's name, how many came later, and its deadline while it waits."""
    parties = CollisionParty.objects.filter(case=OuterRef("pk")).order_by("id")
    holders = parties.filter(side=CollisionSide.HOLDER)
    newcomers = parties.filter(side=CollisionSide.NEWCOMER)
    counted = newcomers.order_by().values("case").annotate(number=Count("pk"))
    return cases.annotate(
        due=WAITING_DUE,
        holder_id=Subquery(holders.values("member_id")[:1]),
        holder_name=Subquery(holders.values("member__name")[:1]),
        newcomer_id=Subquery(newcomers.values("member_id")[:1]),
        newcomer_name=Subquery(newcomers.values("member__name")[:1]),
        newcomers=Coalesce(Subquery(counted.values("number")), 0, output_field=IntegerField()),
    )


def deputised(member: Member) -> QuerySet[Any]:
    """Those who are away and have this member stand in for them."""
    away = absences_at(timezone.now())
    named = away.filter(deputy=member)
    standing = away.filter(deputy=None, member__deputy=member)
    return named.order_by().values("member_id").union(standing.order_by().values("member_id"))


def is_for(member: Member) -> Q:
    """Cases that wait for this member's decision, as decider, deputy or administrator."""
    asked = [member.pk, *(row["member_id"] for row in deputised(member))]
    mine = Q(decider__in=asked)
    reach = policy.reach_of(member, "leads.decide_case")
    if reach is not None and reach.is_all:
        mine |= Q(decider=None)
    return mine & Q(state__in=WAITING)


def cases_to_decide(member: Member) -> QuerySet[CollisionCase]:
    """What waits for this member's decision, the most urgent first."""
    if not policy.allowed(member, "leads.decide_case"):
        return CollisionCase.objects.none()
    return CollisionCase.objects.filter(is_for(member)).order_by(
        F("due_at").asc(nulls_last=True), "id"
    )


def cases_to_answer(member: Member) -> QuerySet[CollisionCase]:
    """Decisions the member lost and has neither appealed nor accepted, the most urgent first."""
    mine = CollisionParty.objects.filter(
        member=member, side__in=[CollisionSide.HOLDER, CollisionSide.NEWCOMER]
    ).exclude(accepted_level=F("case__level"))
    decided = CollisionCase.objects.filter(
        state=CaseState.DECIDED, appeal_until__gt=timezone.now(), pk__in=mine.values("case_id")
    )
    won = CollisionDecision.objects.filter(
        case=OuterRef("pk"), level=OuterRef("level"), winner=member
    ).exclude(outcome=CollisionOutcome.SHARE)
    return decided.filter(~Exists(won)).order_by("appeal_until", "id")


def waiting_count(member: Member) -> int:
    """How many cases wait for this member, counted no further than 100."""
    return int(cases_to_decide(member).order_by()[: MOST_COUNTED + 1].count())


def parties_of(case: CollisionCase) -> list[CollisionParty]:
    """Everybody the case concerns: the owner, the newcomers as they came, their managers."""
    order = {side.value: place for place, side in enumerate(CollisionSide)}
    rows = CollisionParty.objects.filter(case=case).select_related("member", "department")
    return sorted(rows, key=lambda one: (order[one.side], one.pk))


class Standing(NamedTuple):
    """A record of a case, as far as it bears on the decision: there may be thousands."""

    record_kind: str
    record_id: int
    is_held: bool
    owner_id: int | None
    member_id: int | None
    joined_at: datetime

    @property
    def pair(self) -> Pair:
        return self.record_kind, self.record_id


def standing_in(case: CollisionCase) -> list[Standing]:
    """All records of the case, the one that was there first in front."""
    rows = CollisionRecord.objects.filter(case=case).order_by("-is_held", "id")
    return list(map(Standing._make, rows.values_list(*Standing._fields)))


def records_of(case: CollisionCase, most: int) -> list[CollisionRecord]:
    """The first records of the case with everything that is told of them, in the same order."""
    rows = CollisionRecord.objects.filter(case=case).select_related("owner", "member")
    return list(rows.order_by("-is_held", "id")[:most])


def case_that_closed(lead_id: int) -> CollisionCase | None:
    """The case whose standing decision closed this lead as a duplicate, or whose rep gave way."""
    rows = CollisionDecision.objects.filter(
        case__records__record_kind=RecordKind.LEAD, case__records__record_id=lead_id
    )
    standing: dict[int, CollisionDecision] = {}
    for one in rows.select_related("case").order_by("-level"):
        standing.setdefault(one.case_id, one)
    found = next((one.case for one in standing.values() if closes(one, lead_id)), None)
    return found or _left_in(lead_id)


def _left_in(lead_id: int) -> CollisionCase | None:
    """The case in which the rep of this lead left the client to its owner."""
    rows = CollisionRecord.objects.filter(
        record_kind=RecordKind.LEAD, record_id=lead_id, is_held=False
    )
    gave_way = CollisionParty.objects.filter(
        case=OuterRef("case"),
        member=Coalesce(OuterRef("owner"), OuterRef("member")),
        side=CollisionSide.GAVE_WAY,
    )
    found = rows.filter(Exists(gave_way)).select_related("case").order_by("-case_id").first()
    return found.case if found else None


def closes(decision: CollisionDecision, lead_id: int) -> bool:
    """Whether this decision closed the lead."""
    return any(one["what"] == "closed" and one["lead"] == lead_id for one in decision.changes)


def open_case_on(pairs: Collection[Pair]) -> CollisionCase | None:
    """A case still to be decided in which one of these records is, the oldest."""
    found = [case for cases in waiting_cases_of(pairs).values() for case in cases]
    return CollisionCase.objects.get(pk=min(found)) if found else None


def waiting_cases_of(pairs: Collection[Pair]) -> dict[Pair, list[int]]:
    """The cases still to be decided in which each of these records is, the oldest first."""
    found: dict[Pair, list[int]] = {}
    if not pairs:
        return found
    rows = records_in_cases(pairs).filter(case__state__in=WAITING).order_by("case_id")
    for kind, pk, case in rows.values_list("record_kind", "record_id", "case_id"):
        found.setdefault((kind, pk), []).append(case)
    return found


def records_in_cases(pairs: Collection[Pair]) -> QuerySet[CollisionRecord]:
    """Every place of these records in a case, whatever became of it."""
    wanted = Q(pk__in=[])
    for kind in RecordKind.values:
        if ids := sorted({pk for own, pk in pairs if own == kind}):
            wanted |= Q(record_kind=kind, record_id__any_of=ids)
    return CollisionRecord.objects.filter(wanted).order_by()


def cases_of(kind: RecordKind | str, record_id: int) -> QuerySet[CollisionCase]:
    """Every case the record is or was in, the latest first."""
    inside = CollisionRecord.objects.filter(record_kind=kind, record_id=record_id)
    return CollisionCase.objects.filter(pk__in=inside.values("case_id")).order_by("-id")


def contested_until(kind: RecordKind, record_id: int) -> datetime | None:
    """The deadline of the case in which it is decided whose client this is.

    For whoever may read the client and not the case: that it is being decided, not between whom.
    """
    case = open_case_on([(kind.value, record_id)])
    return case.due_at if case is not None else None


def case_about(member: Member, kind: RecordKind, record_id: int) -> CollisionCase | None:
    """The case about a record that is not closed, for whoever may read it."""
    inside = CollisionRecord.objects.filter(record_kind=kind, record_id=record_id)
    rows = visible_cases(member).exclude(state__in=OVER)
    found: CollisionCase | None = (
        rows.filter(pk__in=inside.values("case_id")).order_by("-id").first()
    )
    return found

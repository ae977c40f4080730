"""Many cases at once: as many questions to the database for one as for a thousand.

What `leads.services.cases` does for one who reaches for a client, for the rows of an import. Nobody
is told here: whoever calls says it once for all of them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from crm.audit import services as audit
from crm.numbering import take_numbers
from crm.people.models import Member
from leads.enums import CollisionOrigin, CollisionSide, RecordKind
from leads.models import CollisionCase, CollisionParty, CollisionRecord
from leads.selectors.arbitrations import decision_deadline
from leads.selectors.cases import WAITING
from leads.selectors.deciders import Desk, common_superior, deputy_of, wider
from leads.selectors.identity import Pair
from leads.selectors.imports_cases import open_cases_on
from leads.selectors.managers import managers_of
from leads.selectors.standing import Held
from leads.services.case_notices import KIND_LABELS
from leads.services.cases import ask

CASE = CollisionCase._meta.label_lower
REPS = (CollisionSide.HOLDER.value, CollisionSide.NEWCOMER.value)


@dataclass(frozen=True)
class Reach:
    """A row by which somebody reaches for what another holds; perhaps it became a lead."""

    row: int
    held: Held
    member_id: int
    why: str
    lead_id: int | None = None
    title: str = ""
    reasons: Sequence[dict[str, Any]] = ()


@dataclass
class Docket:
    """One case, new or open already, and what is new in it."""

    held: Held
    reaches: list[Reach] = field(default_factory=list)
    case: CollisionCase = field(default_factory=CollisionCase)
    # everybody in it by now: member → side
    sides: dict[int, str] = field(default_factory=dict)
    is_new: bool = True
    parties: list[CollisionParty] = field(default_factory=list)
    risen: list[int] = field(default_factory=list)
    records: list[CollisionRecord] = field(default_factory=list)
    lines: list[audit.Line] = field(default_factory=list)

    @property
    def reps(self) -> list[int]:
        return [pk for pk, side in self.sides.items() if side in REPS]

    def log(self, action: str, **details: Any) -> None:
        """A line in the case's own story."""
        self.lines.append((f"case.{action}", CASE, self.case.pk, details))

    def note(self, pair: Pair, member_id: int) -> None:
        """A line in the story of one of its records."""
        details = {"name": self.case.number, "member": member_id}
        self.lines.append(("collision.noticed_in_case", KIND_LABELS[pair[0]], pair[1], details))


class Opening:
    """Opens and joins the cases of many rows; the caller holds all subjects."""

    def __init__(self, origin: CollisionOrigin, desk: Desk) -> None:
        self.origin, self.desk = origin, desk
        self.now = timezone.now()
        self.deadlines: dict[int | None, datetime] = {}
        self.people: dict[int, Member] = {}
        self.managers: dict[int, int] = {}

    def bring(self, reaches: Sequence[Reach]) -> dict[int, int]:
        """Put every row into a case; answers row → case."""
        dockets = dockets_of(reaches)
        if not dockets:
            return {}
        self._read_people(dockets)
        self._open([one for one in dockets if one.is_new])
        self._recall([one for one in dockets if not one.is_new])
        for docket in dockets:
            self._enter(docket)
        self._write(dockets)
        return {reach.row: one.case.pk for one in dockets for reach in one.reaches}

    def _read_people(self, dockets: Iterable[Docket]) -> None:
        ids = {one.held.owner_id for one in dockets if one.held.owner_id}
        ids |= {reach.member_id for one in dockets for reach in one.reaches}
        self.managers = managers_of(ids)
        deciders = {one.case.decider_id for one in dockets if one.case.decider_id}
        rows = Member.objects.filter(pk__in=ids | deciders | set(self.managers.values()))
        self.people = {one.pk: one for one in rows}
        for docket in dockets:
            if docket.case.decider_id:
                docket.case.decider = self.people[docket.case.decider_id]

    def _open(self, dockets: Sequence[Docket]) -> None:
        numbers = take_numbers("CC", len(dockets)) if dockets else []
        for docket, number in zip(dockets, numbers, strict=True):
            docket.case = self._case(docket, number)
        CollisionCase.objects.bulk_create(one.case for one in dockets)
        for docket in dockets:
            case, held = docket.case, docket.held
            self._add(docket, held.owner_id, CollisionSide.HOLDER)
            docket.records.append(
                CollisionRecord(
                    case=case, record_kind=held.pair[0], record_id=held.pair[1], is_held=True,
                    title=held.title[:200], origin=self.origin, owner_id=held.owner_id,
                    member_id=held.created_by_id,
                )
            )  # fmt: skip
            docket.log("opened", origin=str(self.origin), why=docket.reaches[0].why)
            docket.log("asked", member=case.decider_id)

    def _case(self, docket: Docket, number: str) -> CollisionCase:
        held, first = docket.held, docket.reaches[0]
        return CollisionCase(
            number=number,
            title=held.title[:200],
            subject_kind=held.pair[0],
            subject_id=held.pair[1],
            origin=self.origin,
            opened_by=self.people[first.member_id],
            opened_at=self.now,
            **self._asked(docket),
        )

    def _asked(self, docket: Docket) -> dict[str, Any]:
        """Who decides among all these reps, and until when."""
        ids = dict.fromkeys([docket.held.owner_id, *(one.member_id for one in docket.reaches)])
        reps = [self.people[pk] for pk in ids if pk]
        decider = common_superior(reps, desk=self.desk)
        key = decider.pk if decider else None
        if key not in self.deadlines:
            self.deadlines[key] = decision_deadline(decider)
        return {"decider": decider, "due_at": self.deadlines[key]}

    def _recall(self, dockets: Sequence[Docket]) -> None:
        """Who is in the open cases already."""
        by_case = {one.case.pk: one for one in dockets}
        rows = CollisionParty.objects.filter(case__in=by_case)
        for case_id, member_id, side in rows.values_list("case_id", "member_id", "side"):
            by_case[case_id].sides[member_id] = side

    def _enter(self, docket: Docket) -> None:
        """Every newcomer with their lead, their manager, and whoever is asked."""
        docket.note(docket.held.pair, docket.reaches[0].member_id)
        for place, reach in enumerate(docket.reaches):
            is_rep = docket.sides.get(reach.member_id) in REPS
            self._add(docket, reach.member_id, CollisionSide.NEWCOMER)
            if (place or not docket.is_new) and not is_rep:
                docket.log("joined", member=reach.member_id, why=reach.why)
            if reach.lead_id:
                self._add_lead(docket, reach, reach.lead_id)
        if docket.is_new:
            self._add_decider(docket)
        elif docket.parties or docket.risen or docket.records:
            self._ask_wider(docket)
        else:
            docket.lines.clear()

    def _add(self, docket: Docket, member_id: int | None, side: CollisionSide) -> None:
        """As `cases.add_party`: a manager who turns out to be a rep becomes one."""
        if member_id is None or docket.sides.get(member_id) in REPS:
            return
        is_rep = side.value in REPS
        if member_id not in docket.sides:
            member = self.people[member_id]
            docket.parties.append(
                CollisionParty(
                    case=docket.case, member=member, side=side,
                    department_id=member.department_id if is_rep else None,
                )
            )  # fmt: skip
            docket.sides[member_id] = side.value
        elif is_rep:
            self._raise(docket, member_id, side)
        if is_rep and member_id in self.managers:
            self._add(docket, self.managers[member_id], CollisionSide.MANAGER)

    def _raise(self, docket: Docket, member_id: int, side: CollisionSide) -> None:
        docket.sides[member_id] = side.value
        fresh = next((one for one in docket.parties if one.member_id == member_id), None)
        if fresh is None:
            docket.risen.append(member_id)
        else:
            fresh.side, fresh.department_id = side, self.people[member_id].department_id

    def _add_lead(self, docket: Docket, reach: Reach, lead_id: int) -> None:
        docket.records.append(
            CollisionRecord(
                case=docket.case, record_kind=RecordKind.LEAD, record_id=lead_id,
                title=reach.title[:200], reasons=list(reach.reasons), origin=self.origin,
                explanation=reach.why[:200], owner_id=reach.member_id, member_id=reach.member_id,
            )
        )  # fmt: skip
        docket.note((RecordKind.LEAD.value, lead_id), reach.member_id)

    def _add_decider(self, docket: Docket) -> None:
        decider = docket.case.decider
        if decider is None:
            return
        for one in (decider, deputy_of(decider, docket.reps) if self._is_away(decider) else None):
            if one is not None:
                self.people.setdefault(one.pk, one)
                self._add(docket, one.pk, CollisionSide.DECIDER)

    def _is_away(self, decider: Member) -> bool:
        return not self.desk.is_here(decider)

    def _ask_wider(self, docket: Docket) -> None:
        """One more rep may move the decision up."""
        case, reps = docket.case, docket.reps
        asked = case.decider
        for reach in docket.reaches:
            asked = wider(asked, self.people[reach.member_id], barred=reps, desk=self.desk)
        if asked != case.decider:
            ask(case, asked)

    def _write(self, dockets: Sequence[Docket]) -> None:
        parties = [party for one in dockets for party in one.parties]
        CollisionParty.objects.bulk_create(parties, batch_size=2_000, ignore_conflicts=True)
        records = [record for one in dockets for record in one.records]
        CollisionRecord.objects.bulk_create(records, batch_size=2_000)
        for docket in dockets:
            for member_id in docket.risen:
                CollisionParty.objects.filter(case=docket.case, member=member_id).update(
                    side=CollisionSide.NEWCOMER,
                    department=self.people[member_id].department_id,
                )
        moved = [one.case.pk for one in dockets if not one.is_new and one.lines]
        CollisionCase.objects.filter(pk__in=moved).update(
            version=F("version") + 1, updated_at=self.now
        )
        audit.write_all(line for one in dockets for line in one.lines)


def dockets_of(reaches: Sequence[Reach]) -> list[Docket]:
    """The rows by case: one for each client, the open one where there is one.

    A row that meets the lead of an earlier one goes into that one's case.
    """
    waiting = _lock_open_cases_on({one.held.pair for one in reaches})
    found: dict[Pair, Docket] = {}
    by_case: dict[int, Docket] = {}
    for reach in reaches:
        pair = reach.held.pair
        case = waiting.get(pair)
        docket = found.get(pair) or (by_case.get(case.pk) if case else None)
        if docket is None:
            docket = Docket(reach.held)
            if case is not None:
                docket.case, docket.is_new = case, False
                by_case[case.pk] = docket
        found[pair] = docket
        docket.reaches.append(reach)
        if reach.lead_id:
            found.setdefault((RecordKind.LEAD.value, reach.lead_id), docket)
    return list({id(one): one for one in found.values()}.values())


def _lock_open_cases_on(pairs: Collection[Pair]) -> dict[Pair, CollisionCase]:
    """The open cases of these records, locked; one that is decided in this very moment is none."""
    found = open_cases_on(pairs)
    rows = CollisionCase.objects.filter(pk__in=set(found.values()), state__in=WAITING)
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    held = {case.pk: case for case in locked}
    return {pair: held[case] for pair, case in found.items() if case in held}

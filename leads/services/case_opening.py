"""Cases are opened and joined here: by one who reaches for a client as by a thousand rows.

As many questions to the database for one as for many. Nobody is told: whoever calls says it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from crm.numbering import take_numbers
from crm.people.models import Member
from leads.enums import CollisionOrigin, CollisionSide
from leads.models import CollisionCase, CollisionParty, CollisionRecord
from leads.selectors.arbitrations import decision_deadline
from leads.selectors.cases import WAITING, waiting_cases_of
from leads.selectors.deciders import Desk, common_superior, wider
from leads.selectors.identity import Pair
from leads.selectors.standing import Held
from leads.services.case_docket import REPS, Circle, Docket, recall, touch_all, write


@dataclass(frozen=True)
class Reach:
    """Somebody reaches for what another holds, perhaps with a record of their own."""

    held: Held
    member_id: int
    why: str = ""
    record: Pair | None = None
    title: str = ""
    # of that record
    owner_id: int | None = None
    score: float | None = None
    # who reported it for somebody else
    reporter_id: int | None = None
    reasons: Sequence[dict[str, Any]] = ()


@dataclass
class Opened(Docket):
    """A case that rows come into, new or open already."""

    reaches: list[Reach] = field(default_factory=list)
    is_new: bool = True

    def concerns(self, owner_id: int | None) -> bool:
        """Whether whoever has a client is in here already; nobody's client is nobody's loss."""
        return owner_id is None or any(
            owner_id in (one.held.owner_id, one.member_id, one.owner_id) for one in self.reaches
        )

    def take(self, reach: Reach) -> None:
        """One more that comes in; a record comes once."""
        if reach.record is None or all(one.record != reach.record for one in self.reaches):
            self.reaches.append(reach)


class Opening:
    """Opens and joins the cases of many; the caller holds their subjects."""

    def __init__(self, origin: CollisionOrigin, desk: Desk | None = None) -> None:
        self.origin, self.desk = origin, desk or Desk()
        self.now = timezone.now()
        self.deadlines: dict[int | None, datetime] = {}
        self.circle = Circle()

    def bring(self, reaches: Sequence[Reach]) -> list[Opened]:
        """Put each into a case; answers the case of each, with what is new in it."""
        answer = dockets_of(reaches)
        dockets = list({id(one): one for one in answer if one.reaches}.values())
        if dockets:
            self._bring_into(dockets)
        return answer

    def _bring_into(self, dockets: Sequence[Opened]) -> None:
        ids = {one.held.owner_id for docket in dockets for one in docket.reaches}
        ids |= {one.member_id for docket in dockets for one in docket.reaches}
        ids |= {one.reporter_id for docket in dockets for one in docket.reaches}
        self.circle = Circle.of(ids)
        self.desk.read(self.circle.people.values())
        self._open([one for one in dockets if one.is_new])
        joined = [one for one in dockets if not one.is_new]
        recall(joined)
        for docket in dockets:
            self._enter(docket)
        write(dockets)
        if moved := [one.case.pk for one in joined if one.has_news]:
            touch_all(moved)

    # a new case

    def _open(self, dockets: Sequence[Opened]) -> None:
        numbers = take_numbers("CC", len(dockets)) if dockets else []
        for docket, number in zip(dockets, numbers, strict=True):
            docket.case = self._case(docket.reaches[0], number)
        CollisionCase.objects.bulk_create(one.case for one in dockets)
        for docket in dockets:
            self._put_first(docket, docket.reaches[0])

    def _case(self, first: Reach, number: str) -> CollisionCase:
        kind, pk = first.held.pair
        return CollisionCase(
            number=number,
            title=first.held.title[:200],
            subject_kind=kind,
            subject_id=pk,
            origin=self.origin,
            opened_by=self.circle.people[first.reporter_id or first.member_id],
            opened_at=self.now,
        )

    def _put_first(self, docket: Opened, first: Reach) -> None:
        held = first.held
        docket.held = held.pair
        docket.records.append(
            CollisionRecord(
                case=docket.case, record_kind=held.pair[0], record_id=held.pair[1], is_held=True,
                title=held.title[:200], origin=self.origin, owner_id=held.owner_id,
                member_id=held.created_by_id,
            )
        )  # fmt: skip
        if held.owner_id:
            docket.add(self.circle.people[held.owner_id], CollisionSide.HOLDER, self.circle)
        docket.log("opened", origin=str(self.origin), why=first.why)

    # whoever comes

    def _enter(self, docket: Opened) -> None:
        """Every newcomer with their record and manager, and whoever is asked now."""
        came = [reach for reach in docket.reaches if not self._let_in(docket, reach)]
        opener = docket.reaches[0] if docket.is_new else None
        self._bring_records(docket)
        if docket.is_new:
            reps = [self.circle.people[pk] for pk in docket.reps]
            self._ask(docket, common_superior(reps, desk=self.desk))
        elif docket.has_news:
            self._ask_wider(docket, came)
        else:
            return
        for reach in came:
            if reach is not opener:
                docket.log("joined", member=reach.member_id, why=reach.why)
        if docket.held is not None:
            docket.note(docket.held, docket.reaches[0].member_id)
        for reach in docket.reaches:
            if reach.record is not None:
                docket.note(reach.record, reach.member_id)

    def _let_in(self, docket: Opened, reach: Reach) -> bool:
        """Take part; True for who did before.

        Who brings a row that is nobody's yet, and cannot have clients themselves, is told of it:
        the client cannot go to them.
        """
        member = self.circle.people[reach.member_id]
        if self._only_brings(docket, reach, member):
            was_in = member.pk in docket.sides
            docket.add(member, CollisionSide.MANAGER, self.circle)
            return was_in
        return docket.add(member, CollisionSide.NEWCOMER, self.circle)

    def _only_brings(self, docket: Opened, reach: Reach, member: Member) -> bool:
        if reach.owner_id is not None or reach.held.owner_id is None:
            return False
        return not self.desk.may_have_clients(member)

    def _bring_records(self, docket: Opened) -> None:
        for reach in docket.reaches:
            if reach.record is None:
                continue
            kind, pk = reach.record
            docket.records.append(
                CollisionRecord(
                    case=docket.case, record_kind=kind, record_id=pk, title=reach.title[:200],
                    score=reach.score, reasons=list(reach.reasons), origin=self.origin,
                    explanation=reach.why[:200], owner_id=reach.owner_id,
                    member_id=reach.member_id,
                )
            )  # fmt: skip

    def _ask_wider(self, docket: Opened, came: Sequence[Reach]) -> None:
        """One more rep may move the decision up."""
        asked = docket.case.decider
        for reach in came:
            newcomer = self.circle.people[reach.member_id]
            if not docket.is_rep(newcomer.pk):
                continue
            asked = wider(asked, newcomer, barred=docket.reps, desk=self.desk)
        if asked != docket.case.decider:
            self._ask(docket, asked)

    def _ask(self, docket: Opened, decider: Member | None) -> None:
        key = decider.pk if decider else None
        if key not in self.deadlines:
            self.deadlines[key] = decision_deadline(decider)
        docket.ask(decider, due_at=self.deadlines[key], desk=self.desk)


def dockets_of(reaches: Sequence[Reach]) -> list[Opened]:
    """The case of each: the oldest that waits for the client, else one for each client.

    Who meets the record of somebody before them in the list goes into that one's case. A record
    by which several clients are reached for stands in one case with the first whose owner is in
    it: the owners of the others have to be told too. Whose record is in such a case already
    changes nothing and waits for nobody.
    """
    waiting = waiting_cases_of({pair for one in reaches for pair in _pairs(one)})
    told = _told(reaches, waiting)
    settled = _known({case for case in told if case})
    cases = [
        None if case else min(waiting.get(one.held.pair, ()), default=None)
        for one, case in zip(reaches, told, strict=True)
    ]
    open_ = _held({case for case in cases if case})
    found: dict[Pair, list[Opened]] = {}
    answer = []
    for reach, was_told, case in zip(reaches, told, cases, strict=True):
        if was_told:
            answer.append(settled[was_told])
            continue
        docket = open_.get(case or 0) or _place(reach, found) or Opened()
        docket.take(reach)
        for pair in _pairs(reach):
            found.setdefault(pair, []).append(docket)
        answer.append(docket)
    return answer


def _told(reaches: Sequence[Reach], waiting: Mapping[Pair, Sequence[int]]) -> list[int | None]:
    """The case in which the record of each stands already with the client, or with its owner."""
    mine = [waiting.get(one.record, ()) if one.record else () for one in reaches]
    both = [
        sorted(set(own) & set(waiting.get(one.held.pair, ())))
        for one, own in zip(reaches, mine, strict=True)
    ]
    unsure = {case for own, found in zip(mine, both, strict=True) if not found for case in own}
    reps = _reps_of(unsure)
    return [
        next((case for case in found or own if found or one.held.owner_id in reps[case]), None)
        for one, own, found in zip(reaches, mine, both, strict=True)
    ]


def _reps_of(cases: Collection[int]) -> dict[int, set[int | None]]:
    """Whose clients these cases are about; what nobody has concerns nobody else."""
    found: dict[int, set[int | None]] = {case: {None} for case in cases}
    rows = CollisionParty.objects.filter(case__in=cases, side__in=REPS) if cases else []
    for party in rows:
        found[party.case_id].add(party.member_id)
    return found


def _place(reach: Reach, found: Mapping[Pair, Sequence[Opened]]) -> Opened | None:
    """The case in the list that is about the client, or that its owner is in with this record."""
    if about := found.get(reach.held.pair):
        return about[0]
    mine = found.get(reach.record, ()) if reach.record else ()
    return next((one for one in mine if one.concerns(reach.held.owner_id)), None)


def _pairs(reach: Reach) -> list[Pair]:
    return [reach.held.pair, *([reach.record] if reach.record else [])]


def _known(cases: Collection[int]) -> dict[int, Opened]:
    rows = CollisionCase.objects.in_bulk(cases) if cases else {}
    return {pk: Opened(case, is_new=False) for pk, case in rows.items()}


def _held(cases: Collection[int]) -> dict[int, Opened]:
    """These cases, locked; one that is decided in this very moment is left out."""
    if not cases:
        return {}
    rows = CollisionCase.objects.filter(pk__in=cases, state__in=WAITING).select_related("decider")
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return {case.pk: Opened(case, is_new=False) for case in locked}

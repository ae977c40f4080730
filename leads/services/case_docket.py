"""A case and what is new in it: decided in memory, written for one case as for a thousand.

Who becomes a party, who is asked and what the log says is decided here only; `write` needs as
many statements for one case as for many.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from crm.audit import services as audit
from crm.people.models import Member
from leads.enums import CollisionSide
from leads.models import CollisionCase, CollisionParty, CollisionRecord
from leads.selectors.deciders import Desk
from leads.selectors.identity import Pair
from leads.selectors.managers import managers_of
from leads.services.case_notices import KIND_LABELS

CASE = CollisionCase._meta.label_lower
REPS = (CollisionSide.HOLDER.value, CollisionSide.NEWCOMER.value)
ASKED = """
    UPDATE leads_collisioncase SET
        decider_id = asked.decider_id, due_at = asked.due_at, reminded_at = NULL,
        updated_at = %(at)s
    FROM unnest(%(cases)s::bigint[], %(deciders)s::bigint[], %(dues)s::timestamptz[])
         AS asked(case_id, decider_id, due_at)
    WHERE leads_collisioncase.id = asked.case_id
"""
BATCH = 2_000


@dataclass
class Circle:
    """The people whom cases may concern, with the manager of each; read once for all."""

    people: dict[int, Member] = field(default_factory=dict)
    managers: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, member_ids: Iterable[int | None]) -> "Circle":
        """These members and their managers."""
        ids = {pk for pk in member_ids if pk}
        managers = managers_of(ids)
        rows = Member.objects.filter(pk__in=ids | set(managers.values()))
        return cls({one.pk: one for one in rows}, managers)

    def manager_of(self, member: Member) -> Member | None:
        """The nearest department head above a member."""
        return self.people.get(self.managers.get(member.pk, 0))

    def around(self, member_ids: Iterable[int | None]) -> list[int]:
        """These members and their managers, as ids."""
        ids = {pk for pk in member_ids if pk}
        return sorted(ids | {self.managers[pk] for pk in ids if pk in self.managers})


@dataclass
class Docket:
    """One case with its parties as they stand, and what has been added but not written yet."""

    case: CollisionCase = field(default_factory=CollisionCase)
    # the record that was there first
    held: Pair | None = None
    # everybody in it by now: member → side
    sides: dict[int, str] = field(default_factory=dict)
    parties: list[CollisionParty] = field(default_factory=list)
    # who was in it as a manager or decider and turns out to be a rep: member → new side
    risen: dict[Member, CollisionSide] = field(default_factory=dict)
    records: list[CollisionRecord] = field(default_factory=list)
    lines: list[audit.Line] = field(default_factory=list)
    asks_anew: bool = False

    @property
    def reps(self) -> list[int]:
        """Those the client may go to: none of them decides."""
        return [pk for pk, side in self.sides.items() if side in REPS]

    @property
    def has_news(self) -> bool:
        """Whether somebody or something came in."""
        return bool(self.parties or self.risen or self.records)

    def is_rep(self, member_id: int) -> bool:
        """Whether the client may go to this member."""
        return self.sides.get(member_id) in REPS

    def add(self, member: Member, side: CollisionSide, circle: Circle) -> bool:
        """Let a member take part, a rep with their manager; True when they were a rep before.

        A manager who turns out to be a rep of the case becomes one; a rep stays a rep.
        """
        if self.is_rep(member.pk):
            return True
        becomes_rep = side in REPS
        if member.pk not in self.sides:
            party = CollisionParty(case=self.case, member=member)
            self.parties.append(_seated(party, member, side))
            self.sides[member.pk] = str(side)
        elif becomes_rep:
            self._raise(member, side)
        manager = circle.manager_of(member) if becomes_rep else None
        if manager is not None:
            self.add(manager, CollisionSide.MANAGER, circle)
        return False

    def _raise(self, member: Member, side: CollisionSide) -> None:
        self.sides[member.pk] = str(side)
        fresh = next((one for one in self.parties if one.member_id == member.pk), None)
        if fresh is None:
            self.risen[member] = side
        else:
            _seated(fresh, member, side)

    def ask(self, decider: Member | None, *, due_at: datetime, desk: Desk) -> None:
        """Await the decision of a member, without one of the administrators; the clock starts."""
        case = self.case
        case.decider, case.due_at, case.reminded_at = decider, due_at, None
        self.asks_anew = True
        if decider is not None:
            for one in (decider, desk.deputy_of(decider, self.reps)):
                if one is not None:
                    self.add(one, CollisionSide.DECIDER, Circle())
        self.log("asked", member=decider.pk if decider else None)

    def log(self, action: str, **details: Any) -> None:
        """A line in the case's own story."""
        self.lines.append((f"case.{action}", CASE, self.case.pk, details))

    def note(self, pair: Pair, member_id: int) -> None:
        """A line in the story of one of its records: somebody reached for the client."""
        details = {"name": self.case.number, "member": member_id}
        self.lines.append(("collision.noticed_in_case", KIND_LABELS[pair[0]], pair[1], details))


def _seated(party: CollisionParty, member: Member, side: CollisionSide) -> CollisionParty:
    """A rep's party carries the department by which managers above reach the case."""
    party.side = side
    party.department_id = member.department_id if side in REPS else None
    return party


def recall(dockets: Collection[Docket]) -> None:
    """Read who is in the open cases already, and what they are about."""
    by_case = {one.case.pk: one for one in dockets}
    if not by_case:
        return
    rows = CollisionParty.objects.filter(case__in=by_case).order_by("pk")
    for case_id, member_id, side in rows.values_list("case_id", "member_id", "side"):
        by_case[case_id].sides[member_id] = side
    held = CollisionRecord.objects.filter(case__in=by_case, is_held=True).order_by()
    for case_id, kind, pk in held.values_list("case_id", "record_kind", "record_id"):
        by_case[case_id].held = (kind, pk)


def write(dockets: Sequence[Docket]) -> None:
    """Write down what is new in these cases."""
    parties = [party for one in dockets for party in one.parties]
    CollisionParty.objects.bulk_create(parties, batch_size=BATCH, ignore_conflicts=True)
    records = [record for one in dockets for record in one.records]
    CollisionRecord.objects.bulk_create(records, batch_size=BATCH)
    for docket in dockets:
        for member, side in docket.risen.items():
            CollisionParty.objects.filter(case=docket.case, member=member).update(
                side=side, department=member.department_id
            )
    _write_asked([one.case for one in dockets if one.asks_anew])
    audit.write_all(line for one in dockets for line in one.lines)


def _write_asked(cases: Sequence[CollisionCase]) -> None:
    """Who is asked now and until when; a CASE over every case would cost more than all the rest."""
    if not cases:
        return
    values: dict[str, Any] = {
        "at": timezone.now(),
        "cases": [one.pk for one in cases],
        "deciders": [one.decider_id for one in cases],
        "dues": [one.due_at for one in cases],
    }
    with connection.cursor() as cursor:
        cursor.execute(ASKED, values)


def touch_all(cases: Collection[int]) -> None:
    """Something a decider should have seen has changed in these cases."""
    CollisionCase.objects.filter(pk__in=cases).update(
        version=F("version") + 1, updated_at=timezone.now()
    )

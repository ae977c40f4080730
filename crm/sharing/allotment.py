"""Who gets what of a leaver: from what was chosen kind by kind to one receiver for each row.

A choice is a word: "leave", "split" (in turn among the reps of the leaver's department),
"region" (who serves the row's province, in turn), "along" (with the record it hangs on), or a
member's id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crm.access import policy
from crm.people.hierarchy import superior_of
from crm.people.holdings import Holding, holdings
from crm.people.models import Member

LEAVE, SPLIT, REGION, ALONG = "leave", "split", "region", "along"


@dataclass(frozen=True)
class Plan:
    """What was chosen for each kind, and for single rows."""

    choices: Mapping[str, str]
    exceptions: Mapping[str, Mapping[str, int]]


class Allotment:
    """The plan, applied to what the leaver holds now."""

    def __init__(self, leaver: Member, plan: Plan) -> None:
        self.leaver, self.plan = leaver, plan
        self.given: dict[str, dict[int, int]] = {}
        for one in self.movable:
            self.given[one.key] = self._allot(one)

    @cached_property
    def movable(self) -> list[Holding]:
        return [one for one in holdings() if one.mover is not None]

    @cached_property
    def team(self) -> list[Member]:
        """Who may be given the leaver's work in turn: the active members of the department."""
        rows = Member.objects.filter(is_active=True, department=self.leaver.department)
        return list(rows.exclude(pk=self.leaver.pk).order_by("pk"))

    @cached_property
    def members(self) -> dict[int, Member]:
        """Everybody who gets something."""
        wanted = {pk for rows in self.given.values() for pk in rows.values()}
        return dict(Member.objects.select_related("department").in_bulk(wanted))

    def receivers(self, key: str) -> dict[int, list[int]]:
        """Receiver → the rows they get, in the order of their keys."""
        found: dict[int, list[int]] = {}
        for pk, member_id in sorted(self.given.get(key, {}).items()):
            found.setdefault(member_id, []).append(pk)
        return dict(sorted(found.items()))

    def _allot(self, one: Holding) -> dict[int, int]:
        choice = self.plan.choices.get(one.key, LEAVE)
        rows = one.of(self.leaver).order_by("pk")
        if choice == LEAVE:
            found: dict[int, int] = {}
        elif choice == SPLIT:
            found = self._in_turn(list(rows.values_list("pk", flat=True)), self._reps(one))
        elif choice == REGION:
            found = self._by_region(one, list(rows.values_list("pk", one.region)))
        elif choice == ALONG:
            found = self._along(one, rows)
        else:
            found = dict.fromkeys(rows.values_list("pk", flat=True), int(choice))
        return found | self._single(one, rows)

    def _single(self, one: Holding, rows: Any) -> dict[int, int]:
        """Rows that were given to somebody by name."""
        named = {int(pk): who for pk, who in self.plan.exceptions.get(one.key, {}).items()}
        if not named:
            return {}
        still = set(rows.filter(pk__in=list(named)).values_list("pk", flat=True))
        return {pk: who for pk, who in named.items() if pk in still}

    def _reps(self, one: Holding) -> list[Member]:
        """Of the team, those whose roles open such rows; the head when there is nobody else."""
        able = [who for who in self.team if self._can(who, one)]
        head = self.leaver.department.head_id if self.leaver.department_id else None
        return [who for who in able if who.pk != head] or able

    @staticmethod
    def _can(who: Member, one: Holding) -> bool:
        return not one.permission or policy.reach_of(who, one.permission) is not None

    def _in_turn(self, ids: Sequence[int], reps: Sequence[Member]) -> dict[int, int]:
        if not reps:
            return self._to_superior(ids)
        return {pk: reps[place % len(reps)].pk for place, pk in enumerate(ids)}

    def _by_region(self, one: Holding, rows: Sequence[tuple[int, str]]) -> dict[int, int]:
        """In turn among those who serve the province; without any, among all."""
        reps = self._reps(one)
        by_province: dict[str, list[int]] = {}
        for pk, province in rows:
            by_province.setdefault(province, []).append(pk)
        found: dict[int, int] = {}
        for province, ids in sorted(by_province.items()):
            serving = [who for who in reps if province and province in who.provinces]
            found |= self._in_turn(ids, serving or reps)
        return found

    def _along(self, one: Holding, rows: Any) -> dict[int, int]:
        """With the record it hangs on when that goes too, else to the superior."""
        if one.goes_with is None:
            return self._to_superior(list(rows.values_list("pk", flat=True)))
        path, key = one.goes_with
        of_rows = key not in self.given  # the key is a column: any kind of record
        column = key if of_rows else "pk"
        found, alone = {}, []
        for pk, other, kind in rows.values_list("pk", path, column):
            who = self.given.get(kind if of_rows else key, {}).get(other)
            if who is None:
                alone.append(pk)
            else:
                found[pk] = who
        return found | self._to_superior(alone)

    def _to_superior(self, ids: Sequence[int]) -> dict[int, int]:
        above = superior_of(self.leaver)
        return dict.fromkeys(ids, above.pk) if above is not None else {}


def proposal(leaver: Member) -> dict[str, str]:
    """What is proposed: to the superior, and what hangs on a record goes along with it."""
    above = superior_of(leaver)
    found = {}
    for one in holdings():
        if one.mover is None:
            continue
        if one.goes_with is not None:
            found[one.key] = ALONG
        elif above is not None:
            found[one.key] = str(above.pk)
        else:
            found[one.key] = SPLIT if one.can_split else LEAVE
    return found

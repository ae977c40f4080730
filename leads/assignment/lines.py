"""A line of reps waiting for their turn: who is next, who cannot take a lead and why."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from heapq import heapify, heappop, heapreplace
from typing import NamedTuple

from leads.assignment.reasons import Reason, ReasonCode
from leads.assignment.types import STRIDE, Rep, Rule, Score, Seat

Entry = tuple[int, int, int]  # what goes first, tie-break, rep id
_NEXT_SHOWN = 3
_HEAP_TOP = 7  # the three smallest of a binary heap are among its first seven


class Turn(NamedTuple):
    """The rep whose turn it was, and the new place in the line."""

    rep_id: int
    reason: Reason
    seat: Seat | None
    position: int


class Line:
    """The reps of one rule (and shared trait), the next one always on top of a heap.

    `known` says how far each rep has come in this line; `loads` counts open leads per rep, all
    lines of a batch share it.
    """

    def __init__(
        self,
        *,
        name: str,
        rule: Rule,
        members: Iterable[Rep],
        known: Mapping[int, int],
        loads: dict[int, int],
        matched: tuple[Reason, ...],
    ) -> None:
        self.name = name
        self.rule = rule
        self.matched = matched
        self.members = {rep.rep_id: rep for rep in members}
        self.loads = loads
        self.positions = _positions(self._able(), known)
        self.ties = {rep_id: _tie(name, rep_id) for rep_id in self.positions}
        self._why_nobody: tuple[Reason, ...] | None = None
        self.heap = [self._entry(rep) for rep in self._able()]
        heapify(self.heap)

    def take_turn(self) -> Turn | None:
        """Give one lead to whoever is next; None when nobody can take it."""
        while self.heap:
            rep = self.members[self.heap[0][2]]
            if self._is_full(rep):
                heappop(self.heap)
            elif self.rule.strategy == "least_loaded" and self._is_stale(self.heap[0]):
                heapreplace(self.heap, self._entry(rep))
            else:
                return self._give(rep)
        return None

    def next_scores(self) -> tuple[Score, ...]:
        """Who would be next after this, and how far each has come."""
        top = sorted(self.heap[:_HEAP_TOP])
        free = [entry[2] for entry in top if not self._is_full(self.members[entry[2]])]
        return tuple(Score(rep_id, self._value(rep_id)) for rep_id in free[:_NEXT_SHOWN])

    def why_nobody(self) -> tuple[Reason, ...]:
        """One reason per rep who could not take the lead; nobody comes back within a batch."""
        if self._why_nobody is None:
            where = {"rule": self.rule.rule_id, "line": self.name}
            code = ReasonCode.POOL_EXHAUSTED if self.members else ReasonCode.POOL_EMPTY
            excluded = (self._why_not(rep) for rep in self.members.values())
            self._why_nobody = (Reason(code, where), *filter(None, excluded))
        return self._why_nobody

    def _give(self, rep: Rep) -> Turn:
        reason = self._why(rep)
        self.loads[rep.rep_id] += 1
        if self.rule.strategy == "least_loaded":
            heapreplace(self.heap, self._entry(rep))
            return Turn(rep.rep_id, reason, None, 0)
        position = self.positions[rep.rep_id] = self.positions[rep.rep_id] + self._stride(rep)
        heapreplace(self.heap, self._entry(rep))
        return Turn(rep.rep_id, reason, Seat(self.name, rep.rep_id), position)

    def _able(self) -> list[Rep]:
        return [rep for rep in self.members.values() if self._why_not(rep) is None]

    def _entry(self, rep: Rep) -> Entry:
        tie = self.ties[rep.rep_id]
        if self.rule.strategy == "least_loaded":
            return self.loads[rep.rep_id], tie, rep.rep_id
        return self.positions[rep.rep_id] + self._stride(rep) // 2, tie, rep.rep_id

    def _stride(self, rep: Rep) -> int:
        return STRIDE // rep.weight if self.rule.strategy == "weighted" else STRIDE

    def _is_full(self, rep: Rep) -> bool:
        return rep.capacity is not None and self.loads[rep.rep_id] >= rep.capacity

    def _is_stale(self, entry: Entry) -> bool:
        return entry[0] != self.loads[entry[2]]

    def _value(self, rep_id: int) -> float:
        if self.rule.strategy == "least_loaded":
            return float(self.loads[rep_id])
        return round(self.positions[rep_id] / STRIDE, 2)

    def _why(self, rep: Rep) -> Reason:
        pool = len(self.members)
        if self.rule.strategy == "least_loaded":
            params = {"open_leads": self.loads[rep.rep_id], "pool": pool}
            return Reason(ReasonCode.LEAST_LOADED, params)
        turns = self.positions[rep.rep_id] // STRIDE
        if self.rule.strategy == "weighted":
            params = {"turns": turns, "weight": rep.weight, "pool": pool}
            return Reason(ReasonCode.FEWEST_TURNS_FOR_WEIGHT, params)
        return Reason(ReasonCode.FEWEST_TURNS, {"turns": turns, "pool": pool})

    def _why_not(self, rep: Rep) -> Reason | None:
        params: dict[str, str | int] = {"rule": self.rule.rule_id, "rep_id": rep.rep_id}
        if not rep.is_active:
            return Reason(ReasonCode.REP_INACTIVE, params)
        if rep.is_absent:
            return Reason(ReasonCode.REP_ABSENT, params)
        if self.rule.strategy == "weighted" and rep.weight < 1:
            return Reason(ReasonCode.REP_WITHOUT_SHARE, params)
        if self._is_full(rep):
            params |= {"open_leads": self.loads[rep.rep_id], "capacity": rep.capacity or 0}
            return Reason(ReasonCode.REP_FULL, params)
        return None


def _positions(reps: list[Rep], known: Mapping[int, int]) -> dict[int, int]:
    """Where each rep stands: at most one turn behind the first of the line.

    So nobody makes up for turns missed, whether new or away; who was always there stands no
    further behind anyway.
    """
    floor = max(0, max(known.values(), default=0) - STRIDE)
    return {rep.rep_id: max(floor, known.get(rep.rep_id, floor)) for rep in reps}


def _tie(line: str, rep_id: int) -> int:
    """Breaks ties so that no rep comes first in every line; the same in every run."""
    digest = blake2b(f"{line}/{rep_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")

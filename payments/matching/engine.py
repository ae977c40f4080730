"""Lines and open items → proposals, decided for all lines together."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heapify, heappop, heappush

from payments.matching.book import Book, Entry, order_key
from payments.matching.evidence import Case
from payments.matching.hypotheses import Hypothesis, explain, open_case
from payments.matching.payers import PayerIndex
from payments.matching.types import Knowledge, Line, OpenItem, Proposal
from payments.matching.verdicts import Verdicts, without_items

MOST_RECOUNTS = 6

Claim = tuple[int, float, int, tuple[str, int, str], int]


def propose(
    lines: Iterable[Line], open_items: Iterable[OpenItem], knowledge: Knowledge | None = None
) -> list[Proposal]:
    """One proposal per line, in the order of the lines: what it pays, how sure, and why.

    The surest explanation over all lines is granted first; a line that loses an item to another
    is explained again with what is left. No item is ever given more than it has open.
    """
    knowledge = knowledge or Knowledge()
    with _collector_paused():
        return _Settlement(list(lines), list(open_items), knowledge).run()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Many small objects and no cycles among them: looking for cycles would take a third longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Settlement:
    def __init__(
        self, lines: Sequence[Line], items: Sequence[OpenItem], knowledge: Knowledge
    ) -> None:
        self.lines, self.knowledge = lines, knowledge
        self.policy = knowledge.policy
        self.book = Book(items)
        self.payers = PayerIndex([*items, *knowledge.settled_items], knowledge)
        self.verdicts = Verdicts(knowledge, self.book)
        self.proposals: dict[int, Proposal] = {}
        self.cases: dict[int, Case] = {}
        self.ways: dict[int, list[Hypothesis]] = {}
        self.lost: dict[int, Hypothesis] = {}
        self.contested: set[int] = set()

    def run(self) -> list[Proposal]:
        """Explain every line alone, then grant explanations from the surest down."""
        for number, line in enumerate(self.lines):
            if (early := without_items(line)) is not None:
                self.proposals[number] = early
                continue
            case = open_case(line, self.book, self.payers.payers(line))
            self.cases[number] = case
            self.ways[number] = explain(case, self.book, self.policy)
        self.contested = self._contested_lines()
        queue = [self._claim(number) for number in self.cases]
        heapify(queue)
        recounts = dict.fromkeys(self.cases, 0)
        while queue:
            number = heappop(queue)[-1]
            if self._is_stale(number) and recounts[number] < MOST_RECOUNTS:
                recounts[number] += 1
                self._recount(number)
                heappush(queue, self._claim(number))
            else:
                self._grant(number)
        return [self.proposals[number] for number in range(len(self.lines))]

    def _claim(self, number: int) -> Claim:
        ways, line = self.ways[number], self.lines[number]
        tier, confidence = (ways[0].tier, ways[0].confidence) if ways else (9, 0.0)
        return (tier, -confidence, line.value_date.toordinal(), order_key(line.id), number)

    def _is_stale(self, number: int) -> bool:
        """Whether an item this line hopes for has changed since it was explained."""
        return any(way.is_stale for way in self.ways[number][:3])

    def _recount(self, number: int) -> None:
        best = self.ways[number][0]
        if not best.is_feasible:
            self.lost.setdefault(number, best)
        self.ways[number] = explain(self.cases[number], self.book, self.policy)

    def _grant(self, number: int) -> None:
        ways = [way for way in self.ways[number] if way.is_feasible]
        proposal, granted = self.verdicts.decide(
            self.cases[number],
            ways,
            lost=self.lost.get(number),
            is_contested=number in self.contested,
        )
        if granted is not None:
            for entry, share in granted.shares:
                entry.left -= share
        self.proposals[number] = proposal

    def _contested_lines(self) -> set[int]:
        """Lines whose best items are wanted by others about as much, beyond what is open."""
        wanted: dict[Entry, list[tuple[float, int, int]]] = {}
        for number, ways in self.ways.items():
            if ways:
                for entry, share in ways[0].shares:
                    wanted.setdefault(entry, []).append((ways[0].confidence, share, number))
        contested: set[int] = set()
        for entry, claims in wanted.items():
            if sum(share for _, share, _ in claims) > entry.left:
                surest = max(confidence for confidence, _, _ in claims)
                rivals = [n for c, _, n in claims if c >= surest - self.policy.post_margin]
                contested.update(rivals if len(rivals) > 1 else ())
        return contested

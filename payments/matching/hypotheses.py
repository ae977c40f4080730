"""Every way a line may be explained, each with its evidence."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from payments.matching.book import Book, Entry
from payments.matching.evidence import Case, Evidence, Shape, Shares, Way, reasons_for, weigh
from payments.matching.money import to_minor
from payments.matching.payers import Payer, normalise_payer
from payments.matching.subsets import exact_subsets
from payments.matching.types import Line, Policy, Reason

MOST_EQUAL = 30
MOST_NEAR = 150
MOST_CUSTOMERS = 8
SIMILAR_NAME = 60.0
_LOOSE = frozenset({"near", "part", "over"})


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to explain a line: which items it pays, how, and how likely that is.

    `lefts` is what the items had left when this was thought of.
    """

    shares: Shares
    shape: Shape
    evidence: Evidence
    confidence: float
    lefts: tuple[int, ...]

    @property
    def customer_id(self) -> Hashable:
        """Whose items these are."""
        return self.shares[0][0].item.customer_id

    @property
    def is_feasible(self) -> bool:
        """Whether the items still have this much left."""
        return all(share <= entry.left for entry, share in self.shares)

    @property
    def tier(self) -> int:
        """Whole items and quoted ones come before sums a little off, and those before parts."""
        if self.shape not in _LOOSE or self.evidence.is_quoted:
            return 0
        return 1 if self.shape == "near" else 2

    @property
    def is_untouched(self) -> bool:
        """Whether no other line of these pays a part of the items."""
        return all(entry.left == entry.full for entry, _ in self.shares)

    @property
    def is_stale(self) -> bool:
        """Whether an item was given to another line since."""
        for (entry, _), left in zip(self.shares, self.lefts, strict=True):
            if entry.left != left:
                return True
        return False

    def reasons(self, case: Case) -> tuple[Reason, ...]:
        """Why, fit for people."""
        return reasons_for(case, self.shares, self.shape, self.evidence, self.lefts)


def open_case(line: Line, book: Book, payers: tuple[Payer, ...]) -> Case:
    """Look up what does not change while items are being given away."""
    return Case(line, to_minor(line.amount), payers, book.quoted(line))


def explain(case: Case, book: Book, policy: Policy) -> list[Hypothesis]:
    """All explanations with what is left on the book, most likely first."""
    equal = book.of_amount(case.line.currency, case.amount, MOST_EQUAL)
    found: dict[Shares, Hypothesis] = {}
    for way in _ways(case, book, policy, equal):
        is_unique = way.shape == "exact" and len(equal) == 1
        evidence = weigh(case, way, policy, is_unique=is_unique)
        known = found.get(way.shares)
        if known is None or evidence.confidence > known.confidence:
            found[way.shares] = _hypothesis(way, evidence)
    if len(found) == 1:
        return list(found.values())
    return sorted(found.values(), key=_rank)


def _hypothesis(way: Way, evidence: Evidence) -> Hypothesis:
    lefts = tuple([entry.left for entry, _ in way.shares])
    return Hypothesis(way.shares, way.shape, evidence, evidence.confidence, lefts)


def _rank(hypothesis: Hypothesis) -> tuple[float, int, list[int]]:
    places = [entry.place for entry, _ in hypothesis.shares]
    return (-hypothesis.confidence, len(places), places)


def _ways(case: Case, book: Book, policy: Policy, equal: Sequence[Entry]) -> Iterator[Way]:
    customers = _customers(case)
    is_known = False
    for customer_id in customers[:MOST_CUSTOMERS]:
        for way in _customer_ways(case, book, customer_id, policy):
            is_known = True
            yield way
    for entry in case.quoted:
        if entry.left == case.amount:
            yield Way(((entry, case.amount),), "exact")
    if not (is_known and (case.has_strong_payer or any(case.quoted.values()))):
        for entry in equal:
            yield Way(((entry, case.amount),), "exact")
    if not is_known and not equal:
        yield from _near_ways(case, book, policy)


def _customers(case: Case) -> list[Hashable]:
    """Customers the line points to, by a quoted number before by name."""
    quoted = sorted((e for e, strong in case.quoted.items() if strong), key=lambda e: e.place)
    ids = [entry.item.customer_id for entry in quoted]
    return list(dict.fromkeys([*ids, *(payer.customer_id for payer in case.payers)]))


def _customer_ways(case: Case, book: Book, customer_id: Hashable, policy: Policy) -> Iterator[Way]:
    entries = book.of_customer(case.line.currency, customer_id)
    if not entries:
        return
    quoted = [entry for entry in entries if case.quoted.get(entry)] if case.quoted else []
    whole = [entry for entry in entries if entry.left == case.amount]
    for entry in whole:
        yield Way(((entry, case.amount),), "exact")
    payer = case.payer_of(customer_id)
    if not quoted and (payer is None or (not payer.is_strong and whole)):
        return
    if len(entries) > 1 and not any(entry in quoted for entry in whole):
        yield from _set_ways(case, entries, quoted, policy)
    if not whole or (quoted and not any(entry in quoted for entry in whole)):
        yield from _loose_ways(case, entries, quoted, policy)


def _set_ways(
    case: Case, entries: Sequence[Entry], quoted: Sequence[Entry], policy: Policy
) -> Iterator[Way]:
    """Several items that add up exactly: those quoted, all of them, or some of them."""
    if len(quoted) > 1 and _total(quoted) == case.amount:
        yield Way(_in_full(quoted), "quoted_set")
    if _total(entries) == case.amount:
        yield Way(_in_full(entries), "all_open")
    pool = entries[: policy.subset_items]
    subsets, is_complete = exact_subsets(
        [entry.left for entry in pool], case.amount, largest=policy.largest_subset, most=4
    )
    for positions in subsets:
        chosen = [pool[position] for position in positions]
        is_only = is_complete and len(subsets) == 1
        yield Way(_in_full(chosen), "only_set" if is_only else "set")


def _loose_ways(
    case: Case, entries: Sequence[Entry], quoted: Sequence[Entry], policy: Policy
) -> Iterator[Way]:
    """The line pays less or more than whole items: the quoted ones first, then the oldest."""
    near = [e for e in quoted or entries if _is_near(case.amount, e.left, policy)]
    if near:
        closest = min(near, key=lambda e: (abs(e.left - case.amount), e.place))
        yield Way(((closest, min(closest.left, case.amount)),), "near")
    wanted = list(dict.fromkeys([*quoted, *entries]))
    if case.amount <= _total(wanted):
        yield Way(_filled(wanted, case.amount), "part")
    elif not near:
        yield Way(_in_full(wanted), "over")


def _near_ways(case: Case, book: Book, policy: Policy) -> Iterator[Way]:
    """Nobody known and no equal amount: items a little off whose customer is named alike."""
    margin = int(case.amount * policy.near_share)
    near = book.of_about(
        case.line.currency, case.amount - margin, case.amount + 2 * margin, MOST_NEAR
    )
    name = normalise_payer(case.line.counterparty_name or case.line.memo)
    for entry in near:
        if not _is_near(case.amount, entry.left, policy):
            continue
        likeness = ratio(name, normalise_payer(entry.item.customer_name))
        if likeness >= SIMILAR_NAME:
            alike = _alike_payer(case, entry, likeness)
            yield Way(((entry, min(entry.left, case.amount)),), "near", alike)


def _alike_payer(case: Case, entry: Entry, likeness: float) -> Payer:
    names = {"payer": case.line.counterparty_name, "customer": entry.item.customer_name}
    weight = round(0.5 * likeness / 100, 3)
    return Payer(entry.item.customer_id, weight, Reason("payer_name_alike", names))


def _is_near(amount: int, left: int, policy: Policy) -> bool:
    """Whether a fee, a rebate or a slip could explain the difference."""
    return abs(amount - left) <= int(max(amount, left) * policy.near_share)


def _total(entries: Iterable[Entry]) -> int:
    return sum([entry.left for entry in entries])


def _in_full(entries: Iterable[Entry]) -> Shares:
    return tuple([(entry, entry.left) for entry in sorted(entries, key=lambda e: e.place)])


def _filled(entries: Iterable[Entry], amount: int) -> Shares:
    """The amount poured over the items in order until it is used up."""
    shares = []
    for entry in entries:
        share = min(amount, entry.left)
        if share <= 0:
            break
        shares.append((entry, share))
        amount -= share
    return tuple(shares)

"""Open items, found by amount, by quoted number and by customer."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from payments.matching.money import to_minor
from payments.matching.references import (
    digits_key,
    is_strong,
    normalise_reference,
    quoted_numbers,
    quotes_chinese,
)
from payments.matching.types import Line, OpenItem

MOST_QUOTED = 40


def order_key(identity: Hashable) -> tuple[str, int, str]:
    """An order of ids that does not depend on how the caller listed them."""
    if isinstance(identity, int):
        return ("int", identity, "")
    return (type(identity).__name__, 0, str(identity))


@dataclass(slots=True, eq=False)
class Entry:
    """An open item on the book. `left` shrinks as lines are given to it."""

    place: int
    item: OpenItem
    full: int
    left: int
    due: int | None


class Book:
    """All open items with an amount left."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        ordered = sorted(items, key=_due_order)
        self.entries = [
            Entry(place, item, minor, minor, item.due_date.toordinal() if item.due_date else None)
            for place, item in enumerate(ordered)
            if (minor := to_minor(item.amount_open)) > 0
        ]
        self._customers: dict[tuple[str, Hashable], list[Entry]] = defaultdict(list)
        self._amounts: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        self._numbers: dict[str, list[Entry]] = defaultdict(list)
        self._digits: dict[str, list[Entry]] = defaultdict(list)
        self._chinese: dict[int, list[str]] = {}
        self._by_size: dict[str, tuple[list[int], list[Entry]]] = {}
        for entry in self.entries:
            item = entry.item
            self._customers[item.currency, item.customer_id].append(entry)
            self._amounts[item.currency, entry.left].append(entry)
            for text in dict.fromkeys(item.references):
                self._add_reference(entry, normalise_reference(text))

    def _add_reference(self, entry: Entry, reference: str) -> None:
        if not reference.isascii():
            self._chinese.setdefault(entry.place, []).append(reference)
        elif len(reference) >= 4:
            self._numbers[reference].append(entry)
        if digits := digits_key(reference):
            self._digits[digits].append(entry)

    def of_customer(self, currency: str, customer_id: Hashable) -> list[Entry]:
        """What the customer still owes, oldest first."""
        return [e for e in self._customers.get((currency, customer_id), ()) if e.left > 0]

    def of_amount(self, currency: str, amount: int, most: int) -> list[Entry]:
        """The oldest items of exactly this amount, up to `most`."""
        equal = self._amounts.get((currency, amount), ())
        return [e for e in islice(equal, most) if e.left == amount]

    def quoted(self, line: Line) -> dict[Entry, bool]:
        """Items whose number the line quotes; True where the number can mean nothing else."""
        text = f"{line.reference} {line.memo}"
        found: dict[Entry, bool] = {}
        for quote in quoted_numbers(text):
            exact, alike = self._numbers.get(quote, ()), self._digits.get(quote, ())
            if len(exact) <= MOST_QUOTED:
                for entry in exact:
                    found[entry] = found.get(entry, False) or is_strong(quote)
            if len(alike) <= MOST_QUOTED:
                for entry in alike:
                    found[entry] = found.get(entry, False) or self._in_chinese(entry, text)
        return {
            entry: strong
            for entry, strong in found.items()
            if entry.left > 0 and entry.item.currency == line.currency
        }

    def _in_chinese(self, entry: Entry, text: str) -> bool:
        return any(quotes_chinese(text, number) for number in self._chinese.get(entry.place, ()))

    def of_about(self, currency: str, lowest: int, highest: int, most: int) -> list[Entry]:
        """Items between two amounts; none when there are too many to mean anything."""
        if currency not in self._by_size:
            entries = [e for e in self.entries if e.item.currency == currency]
            entries.sort(key=attrgetter("left"))
            self._by_size[currency] = ([e.left for e in entries], entries)
        sizes, entries = self._by_size[currency]
        start, end = bisect_left(sizes, lowest), bisect_right(sizes, highest)
        if end - start > most:
            return []
        return [e for e in entries[start:end] if lowest <= e.left <= highest]


def _due_order(item: OpenItem) -> tuple[int, tuple[str, int, str]]:
    due = item.due_date.toordinal() if item.due_date else 10**9
    return (due, order_key(item.id))

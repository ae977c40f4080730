"""All duplicates within one batch: group by keys, compare inside the groups only.

Made for files of a million records: a profile is a run of bytes, a key and a pair are numbers. The
three steps (`steps`) are shared with helper processes when there is enough to do.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from leads.identity.bearings import PlaceOf, TradeOf
from leads.identity.filing import KINDS, MOST_RECORDS, SHARES
from leads.identity.helpers import Workers, no_collecting, own_cores, workers
from leads.identity.packing import dumps, loads, pack_records, unpack_match
from leads.identity.steps import CROWDED, RIGHT, compare_pairs, group, normalise
from leads.identity.types import DuplicatePair, Identity

__all__ = ["CROWDED", "TooManyRecords", "find_duplicates"]
MANY = 20_000  # records from which on helper processes are worth starting
MOST = 4  # processes, unless more are asked for: others use the machine too
TOGETHER = SHARES // 16  # shares of keys grouped in one task
CHUNK = 1_000  # records normalised, and pairs compared, at a time


class TooManyRecords(ValueError):
    """More records than a key has room to number."""


def find_duplicates(
    records: Iterable[Identity], *, processes: int | None = None
) -> Iterator[DuplicatePair]:
    """Every pair of records that is the same client or may be, each pair once, in input order.

    `processes` work beside each other: by default as many as there are cores, at most four, and
    only this one for a few records. The result does not depend on it. A helper process that is
    killed raises `HelperLost`; more than `MOST_RECORDS` records raise `TooManyRecords`.
    """
    source = iter(records)
    first = list(islice(source, MANY))
    if processes is None:
        processes = min(own_cores(), MOST) if len(first) == MANY else 1
    with workers(processes) as helpers:
        batch = _Batch(helpers)
        with no_collecting():
            batch.read(chain(first, source))
        del first
        yield from batch.compare(batch.pairs())


class _Batch:
    """The records and what is known of each: their profiles packed, one after the other."""

    def __init__(self, helpers: Workers) -> None:
        self.helpers = helpers
        self.records: list[Identity] = []
        self.text = bytearray()
        self.ends = array("Q", (0,))
        self.places: dict[PlaceOf, int] = {}
        self.trades: dict[TradeOf, int] = {}
        self.place_of, self.trade_of, self.kind_of = array("I"), array("I"), bytearray()
        self.keys = [[bytearray() for _kind in KINDS] for _share in range(SHARES)]

    def read(self, records: Iterable[Identity]) -> None:
        """Normalise all records as they come, and file their keys."""
        for answer in self.helpers.each(normalise, self._chunks(records)):
            text, sizes, places, trades, kinds, shares = loads(answer)
            self.text += text
            end = self.ends[-1]
            for size in array("I", sizes):
                end += size
                self.ends.append(end)
            self.place_of.extend(_numbered(self.places, *places))
            self.trade_of.extend(_numbered(self.trades, *trades))
            self.kind_of += kinds
            for filed, share in zip(self.keys, shares, strict=True):
                for mine, more in zip(filed, share, strict=True):
                    mine += more

    def _chunks(self, records: Iterable[Identity]) -> Iterator[bytes]:
        source = iter(records)
        while chunk := list(islice(source, CHUNK)):
            position = len(self.records)
            self.records += chunk
            if len(self.records) > MOST_RECORDS:
                raise TooManyRecords(f"No more than {MOST_RECORDS:,} records are compared at once.")
            yield dumps((position, pack_records(chunk)))

    def pairs(self) -> Iterator[int]:
        """The pairs that share a key and do not contradict each other, each once, in order."""
        found = array("q")
        for answer in self.helpers.each(group, self._shares()):
            found.frombytes(answer)
        yield from dict.fromkeys(sorted(found))

    def _shares(self) -> Iterator[bytes]:
        codes = self.place_of.tobytes(), self.trade_of.tobytes(), bytes(self.kind_of)
        bearings = dumps((list(self.places), list(self.trades), codes))
        del codes
        while self.keys:
            some, self.keys = self.keys[:TOGETHER], self.keys[TOGETHER:]
            shares = [[bytes(keys) for keys in share] for share in some]
            del some
            yield dumps((shares, bearings))

    def compare(self, pairs: Iterator[int]) -> Iterator[DuplicatePair]:
        """The pairs that are one client or may be."""
        given: list[list[int]] = []
        for answer in self.helpers.each(compare_pairs, self._questions(pairs, given)):
            asked = given.pop(0)
            for number, score, reasons in loads(answer):
                left, right = divmod(asked[number], RIGHT + 1)
                match = unpack_match(score, reasons)
                yield DuplicatePair(self.records[left], self.records[right], match)

    def _questions(self, pairs: Iterator[int], given: list[list[int]]) -> Iterator[bytes]:
        """Some pairs at a time, with the profiles that they need."""
        while some := list(islice(pairs, CHUNK)):
            given.append(some)
            places: dict[int, int] = {}
            numbers = [
                (places.setdefault(pair >> 32, len(places)),
                 places.setdefault(pair & RIGHT, len(places)))
                for pair in some
            ]  # fmt: skip
            yield dumps((self._profiles(list(places)), numbers))

    def _profiles(self, positions: Sequence[int]) -> list[bytes]:
        ends, text = self.ends, self.text
        return [bytes(text[ends[at] : ends[at + 1]]) for at in positions]


def _numbered(known: dict[Any, int], said: Sequence[Any], codes: bytes) -> Iterator[int]:
    """One chunk's numbers of what its records said as numbers of all."""
    ours = [known.setdefault(one, len(known)) for one in said]
    return map(ours.__getitem__, array("I", codes))

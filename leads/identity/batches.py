"""A search for duplicates as its three steps see it (`steps`), shared with helper processes.

Made for files of a million records: a profile is a run of bytes, a key and a pair are numbers.
Loaded with the first search: what is in columns needs numpy, and nothing else here does.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count, islice

import numpy as np
import numpy.typing as npt

from leads.identity.bearings import aspects_of
from leads.identity.duplicates import TooManyRecords
from leads.identity.filing import MOST_RECORDS, SAID, SHARES
from leads.identity.helpers import Workers, no_collecting
from leads.identity.kept import Kept
from leads.identity.numbering import distinct
from leads.identity.packing import pack_records, saying_more, unpack_matches
from leads.identity.plain import dumps, loads
from leads.identity.shapes import Shape
from leads.identity.steps import RIGHT, bear, compare_pairs, group, let_go, normalise
from leads.identity.types import DuplicatePair, Identity

TOGETHER = SHARES // 16  # shares of keys grouped in one task
READ = 4_000  # records normalised at a time
CHUNK = 1_000  # pairs compared at a time


def find(records: Iterable[Identity], helpers: Workers) -> Iterator[DuplicatePair]:
    """See `duplicates.find_duplicates`."""
    batch = _Batch(helpers)
    try:
        with no_collecting():
            batch.read(records)
        yield from batch.compare(batch.pairs())
    finally:
        let_go(dumps(batch.search))


_searches = count()


class _Batch:
    """The records and what is known of each: their profiles packed, one after the other."""

    def __init__(self, helpers: Workers) -> None:
        self.helpers, self.search = helpers, next(_searches)
        self.records = Kept()
        self.text = bytearray()
        self.sizes = bytearray()
        self.shapes: dict[Shape, int] = {}
        self.numbers: dict[int, npt.NDArray[np.uint32]] = {}  # of each process's shapes
        self.bearing = [bytearray() for _column in range(6)]
        self.keys = [[bytearray() for _kind in range(SAID + 1)] for _share in range(SHARES)]

    def read(self, records: Iterable[Identity]) -> None:
        """Normalise all records as they come, and file their keys."""
        for answer in self.helpers.each(normalise, self._chunks(records)):
            process, shapes, text, sizes, (shape_of, *bearing), kinds = loads(answer)
            self.text += text
            self.sizes += sizes
            numbers = self._numbered(process, shapes)
            told = numbers[np.frombuffer(shape_of, np.uint32)].tobytes()
            for column, more in zip(self.bearing, (told, *bearing), strict=True):
                column += more
            for kind, shares in enumerate(kinds):
                for filed, more in zip(self.keys, shares, strict=True):
                    filed[kind] += more

    def _numbered(self, process: int, shapes: Iterable[Shape]) -> npt.NDArray[np.uint32]:
        """The numbers that a process's shapes have among all, with those that it found now."""
        known = self.numbers.get(process, np.zeros(0, np.uint32))
        if shapes:
            ours = [self.shapes.setdefault(shape, len(self.shapes)) for shape in shapes]
            known = np.concatenate([known, np.array(ours, np.uint32)])
        self.numbers[process] = known
        return known

    def _chunks(self, records: Iterable[Identity]) -> Iterator[bytes]:
        source = iter(records)
        while chunk := list(islice(source, READ)):
            position, more = len(self.records), saying_more(chunk)
            self.records.add(chunk, more)
            if len(self.records) > MOST_RECORDS:
                raise TooManyRecords(f"No more than {MOST_RECORDS:,} records are compared at once.")
            yield pack_records(self.search, position, chunk, more)

    def pairs(self) -> npt.NDArray[np.int64]:
        """The pairs that share a key and do not contradict each other, each once, in order."""
        found = bytearray()
        told = aspects_of(self.shapes), [bytes(one) for one in self.bearing]
        del self.bearing[1:]
        self.helpers.all(bear, dumps((self.search, *told)))
        del told
        for answer in self.helpers.each(group, self._shares()):
            found += answer
        self.helpers.all(let_go, dumps(self.search))
        return distinct(np.frombuffer(found, np.int64))

    def _shares(self) -> Iterator[bytes]:
        while self.keys:
            some, self.keys = self.keys[:TOGETHER], self.keys[TOGETHER:]
            yield dumps((self.search, some))

    def compare(self, pairs: npt.NDArray[np.int64]) -> Iterator[DuplicatePair]:
        """The pairs that are one client or may be."""
        given: deque[npt.NDArray[np.int64]] = deque()
        for answer in self.helpers.each(compare_pairs, self._questions(pairs, given)):
            asked = given.popleft()
            lefts, rights = (asked >> 32).tolist(), (asked & RIGHT).tolist()
            for number, match in unpack_matches(answer):
                left, right = self.records[lefts[number]], self.records[rights[number]]
                yield DuplicatePair(left, right, match)

    def _questions(
        self, pairs: npt.NDArray[np.int64], given: deque[npt.NDArray[np.int64]]
    ) -> Iterator[bytes]:
        """Some pairs at a time, with the profiles that they need."""
        shapes, shape_of = list(self.shapes), np.frombuffer(self.bearing[0], np.uint32)
        sizes = np.frombuffer(self.sizes, np.uint32)
        ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        for start in range(0, len(pairs), CHUNK):
            some = pairs[start : start + CHUNK]
            given.append(some)
            both = np.concatenate([some >> 32, some & RIGHT])
            needed = distinct(both)
            own = distinct(shape_of[needed])
            firsts, lasts = ends[needed].tolist(), ends[needed + 1].tolist()
            lefts, rights = np.split(np.searchsorted(needed, both).astype(np.uint32), 2)
            yield dumps((
                [self.text[first:last] for first, last in zip(firsts, lasts, strict=True)],
                [shapes[number] for number in own.tolist()],
                np.searchsorted(own, shape_of[needed]).astype(np.uint32).tobytes(),
                lefts.tobytes(), rights.tobytes(),
            ))  # fmt: skip

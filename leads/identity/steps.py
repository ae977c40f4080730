"""The three steps of a search for duplicates: normalise, group by keys, compare.

Each takes and returns bytes and knows nothing but them, so that it can be done in any process.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from leads.identity.bearings import Bearings
from leads.identity.companies import parse_company_name
from leads.identity.filing import POSITION, POSITION_BITS, Filing
from leads.identity.numbering import distinct
from leads.identity.packing import Matches, unpack_profile
from leads.identity.parts import Asking, may_be_short_for
from leads.identity.plain import loads
from leads.identity.records import compare_profiles
from leads.identity.shapes import forget_shapes, shapes_of
from leads.identity.text import normalise_name

CROWDED = 60  # a key that more records share says little and costs their square
RIGHT = (1 << 32) - 1  # a pair is one number: left << 32 | right
Rows = npt.NDArray[np.intp]
Pairs = npt.NDArray[np.int64]


def normalise(task: bytes) -> bytes:
    """Records from one position on → what is noted of them, see `filing`."""
    search, *told = loads(task)
    return Filing(shapes_of(search), *told).packed()


def bear(task: bytes) -> bytes:
    """What bears on comparisons in a search, once before its groups: it is kept here."""
    search, *told = loads(task)
    _bearings[search] = Bearings(*told)
    return b""


def group(task: bytes) -> bytes:
    """Some shares' keys with positions → pairs to be compared, in order."""
    search, shares = loads(task)
    bearings = _bearings[search]
    found = [np.zeros(0, np.int64)]
    for strong, weak, parts, short, said in shares:
        found += _strong_pairs(strong)
        found += _weak_pairs(weak, bearings)
        found += _short_pairs((parts, weak), short, said, bearings)
    return distinct(np.concatenate(found)).tobytes()


def let_go(task: bytes) -> bytes:
    """A search needs no more of what was kept in this process from one task to the next."""
    search = loads(task)
    _bearings.pop(search, None)
    forget_shapes(search)
    return b""


def compare_pairs(task: bytes) -> bytes:
    """Packed profiles, their shapes, and pairs of them → those that are one client or may be."""
    packed, shapes, shape_of, lefts, rights = loads(task)
    own = [shapes[number] for number in array("I", shape_of)]
    profiles = list(map(unpack_profile, packed, own))
    found = Matches()
    for number, (left, right) in enumerate(zip(array("I", lefts), array("I", rights), strict=True)):
        match = compare_profiles(profiles[left], profiles[right])
        if match.verdict != "different":
            found.add(number, match)
    return found.packed()


_bearings: dict[int, Bearings] = {}  # of the searches that go on in this process
STEPS: tuple[Callable[[bytes], bytes], ...] = (normalise, bear, group, compare_pairs, let_go)


def forget_names() -> None:
    """Let go of the names that were read last: in a million others they hardly come again."""
    parse_company_name.cache_clear()
    normalise_name.cache_clear()


def _strong_pairs(packed: bytes) -> Iterator[Pairs]:
    """All pairs that share a strong key; a crowded group is chained, each with the next."""
    members = _Members(packed)
    if len(members.run):
        together = np.flatnonzero(members.run[1:] == members.run[:-1])
        yield members.pairs(together, together + 1)
        for left, right in members.further():
            yield members.pairs(left, right)


def _weak_pairs(packed: bytes, bearings: Bearings) -> Iterator[Pairs]:
    """All pairs that share a key which is not crowded, and do not contradict each other."""
    members = _Members(packed)
    members.keep(members.is_small())
    for left, right in members.further(1):
        yield _numbered(*bearings.not_apart(members.position[left], members.position[right]))


def _short_pairs(
    filed: Sequence[bytes], short: bytes, said: bytes, bearings: Bearings
) -> Iterator[Pairs]:
    """Names that may be short forms, each with those of which the brand begins or ends alike."""
    entries = np.frombuffer(short, np.uint64)
    order = np.argsort(entries)
    asking = Asking(entries[order], np.frombuffer(said, np.uint64)[order], POSITION_BITS)
    found = (pairs for keys in filed for pairs in asking.beside(keys, CROWDED))
    for left, right, told in found:
        stay = may_be_short_for(
            told, bearings.length[left], bearings.characters[right], bearings.length[right]
        )
        first, last = np.minimum(left, right)[stay], np.maximum(left, right)[stay]
        yield _numbered(*bearings.not_apart(first, last))


def _numbered(left: Rows, right: Rows) -> Pairs:
    return left << 32 | right


class _Members:
    """The positions that share a key, group by group; most keys have one record and no group."""

    def __init__(self, packed: bytes) -> None:
        entries = distinct(np.frombuffer(packed, np.uint64))
        keys = entries >> np.uint64(POSITION_BITS)
        starts = np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)]
        self.run = np.cumsum(starts)
        self.position = (entries & np.uint64(POSITION)).astype(np.intp)
        self.keep(self._sizes() > 1)

    def keep(self, which: npt.NDArray[np.bool_]) -> None:
        self.run, self.position = self.run[which], self.position[which]

    def is_small(self) -> npt.NDArray[np.bool_]:
        return self._sizes() <= CROWDED

    def further(self, distance: int = 2) -> Iterator[tuple[Rows, Rows]]:
        """Pairs of members at one distance after the other, from this one on, in small groups."""
        left = np.flatnonzero(self.is_small())
        while len(left):
            left = left[left + distance < len(self.run)]
            left = left[self.run[left] == self.run[left + distance]]
            yield left, left + distance
            distance += 1

    def pairs(self, left: Rows, right: Rows) -> Pairs:
        return _numbered(self.position[left], self.position[right])

    def _sizes(self) -> Rows:
        return np.asarray(np.bincount(self.run)[self.run])

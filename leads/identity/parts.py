"""Short forms in a file: names that lack something beside the fuller ones that begin or end alike.

A look-up asks for them by the two characters at either end of a brand (`seeking`). In a file these
join thousands, so each name that lacks something is held only against those in which the characters
of its brand and trade stand, or all but one where a slip may hide the trade: of others
`short_forms` and `brands` say nothing.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from leads.identity.keys import PART as ENDS  # characters at either end
from leads.identity.numbering import Flags, Numbers, Texts
from leads.identity.words import index

__all__ = ["ENDS", "Asking", "characters_of", "may_be_short_for", "place_letters"]
_AT_ONCE = 1_000_000  # pairs
_ONE, _BITS = np.uint64(1), np.uint64(58)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
Rows = npt.NDArray[np.intp]
Lengths = npt.NDArray[np.uint8]


def characters_of(texts: Texts) -> Numbers:
    """Which characters each text has, as 64 bits; two characters may have the same bit."""
    bits = _ONE << (texts.codes.astype(np.uint64) * _SPREAD >> _BITS)
    found = np.zeros(len(texts.sizes), np.uint64)
    some = np.flatnonzero(texts.sizes)
    if len(some):
        found[some] = np.bitwise_or.reduceat(bits, texts.starts[some])
    return found


@cache
def place_letters() -> np.uint64:
    """The bits of letters that stand for a place: 沪 of 沪农商行 is not in 上海农村商业银行."""
    return np.uint64(characters_of(Texts(["".join(index("places", "letters"))]))[0])


def may_be_short_for(said: Numbers, size: Lengths, full: Numbers, full_size: Lengths) -> Flags:
    """Whether the characters of one name's brand and trade stand in another, or all but one.

    One may be a slip where both are of one length; that of several names is 0.
    """
    missing = np.bitwise_count(said & ~full)
    is_slip = (size == full_size) | (size == 0) | (full_size == 0)
    return np.asarray((missing == 0) | ((missing == 1) & is_slip))


class Asking:
    """Keys of names that lack something, sorted, each with its position and what it says."""

    def __init__(self, entries: Numbers, said: Numbers, bits: int) -> None:
        self.bits = np.uint64(bits)
        self.keys, self.said = entries >> self.bits, said
        self.lower = np.uint64((1 << bits) - 1)
        self.positions = (entries & self.lower).astype(np.intp)

    def beside(self, packed: bytes, most: int) -> Iterator[tuple[Rows, Rows, Numbers]]:
        """Pairs of positions of one key, and what the first says.

        Each asks after so many at most, or so many in all do after so many.
        """
        filed = np.sort(np.frombuffer(packed, np.uint64))
        keys, others = filed >> self.bits, (filed & self.lower).astype(np.intp)
        start = np.searchsorted(keys, self.keys)
        count = np.searchsorted(keys, self.keys, "right") - start
        alike = np.searchsorted(self.keys, self.keys, "right")
        alike -= np.searchsorted(self.keys, self.keys)
        count[(count > most) & (count * alike > most**2)] = 0
        ends = np.cumsum(count)
        for first in range(0, int(ends[-1]) if len(ends) else 0, _AT_ONCE):
            # those whose pairs begin within this million
            rows = slice(*np.searchsorted(ends - count, [first, first + _AT_ONCE]))
            many = count[rows]
            asker = np.repeat(np.arange(len(count))[rows], many)
            steps = np.arange(len(asker)) - np.repeat(np.cumsum(many) - many, many)
            right = others[start[asker] + steps]
            left = self.positions[asker]
            differ = left != right
            yield left[differ], right[differ], self.said[asker[differ]]

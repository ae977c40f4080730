"""Texts as numbers, thousands at a time: one column of names in, one number for each out.

A number is the same in every process. It is made letter by letter, so that texts of one spelling
have one number however the letters are shared out among their characters.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from zlib import adler32, crc32

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)

_BASE = np.uint64(0x9E3779B97F4A7C55)  # odd, so that no letter is lost from a long text
_ONE = np.uint64(1)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_MASK = (1 << 64) - 1
_PLANE = 0x10000  # characters that a table is kept for; others are rare
CHINESE = ((0x3400, 0x4DC0), (0x4E00, 0xA000))  # as `text.has_chinese`
SPACE = ((0x20, 0x21),)


def number_of(text: str) -> int:
    """A text as 64 bits, the same in every process (`hash` of a text is not), and quick."""
    spelt = text.encode("utf-8", "surrogatepass")
    return crc32(spelt) << 32 | adler32(spelt)


def spelt(text: str, number: int = 1) -> int:
    """What `Texts.numbers` says of one text, or of one that goes on after another."""
    for letter in text:
        number = (number * int(_BASE) + ord(letter) + 1) & _MASK
    return number


def distinct(numbers: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Each number once, in order: `numpy.unique` without its 8 MB of masked arrays."""
    found = np.sort(numbers)
    is_new = np.ones(len(found), np.bool_)
    is_new[1:] = found[1:] != found[:-1]
    return found[is_new]


def mixed(*parts: Numbers | int) -> Numbers:
    """One number of several columns, all its bits depending on all of theirs."""
    found = np.zeros(1, np.uint64)
    for part in parts:
        found = (found ^ np.asarray(part, np.uint64)) + _BASE
        found = (found ^ found >> np.uint64(30)) * _FIRST
        found = (found ^ found >> np.uint64(27)) * _SECOND
        found ^= found >> np.uint64(31)
    return found


class Texts:
    """A column of texts as the codes of their characters, one text after the other."""

    def __init__(self, texts: Sequence[str]) -> None:
        spelt = "".join(texts).encode("utf-32-le", "surrogatepass")
        self.codes = np.frombuffer(spelt, np.uint32).astype(np.intp)
        self.sizes = np.fromiter(map(len, texts), np.intp, len(texts))
        self.ends = np.cumsum(self.sizes)
        self.starts = self.ends - self.sizes

    def have(self, ranges: Iterable[tuple[int, int]]) -> Flags:
        """Which of them have a character of these."""
        is_one = np.zeros(len(self.codes), np.bool_)
        for start, end in ranges:
            is_one |= (self.codes >= start) & (self.codes < end)
        before = np.concatenate([[0], np.cumsum(is_one)])
        return np.asarray(before[self.ends] > before[self.starts])

    def starting(self, size: int, begun: tuple[Numbers, Places] | None = None) -> Numbers:
        """The number of what each text starts with, or another before it: so many characters."""
        found, taken = begun or (np.ones(len(self.sizes), np.uint64), 0 * self.sizes)
        for at in range(size):
            rows = np.flatnonzero((self.sizes > at) & (taken + at < size))
            letters = self.codes[self.starts[rows] + at].astype(np.uint64) + _ONE
            found[rows] = found[rows] * _BASE + letters
        return found

    def numbers(self, of: "Spelling | None" = None) -> Numbers:
        """Each text as one number: its letters, or what each character of it is spelt with."""
        found = np.ones(len(self.sizes), np.uint64)
        rows = np.flatnonzero(self.sizes)
        letters, factors = of.of(self.codes) if of else (self.codes.astype(np.uint64) + _ONE, None)
        at = 0
        while len(rows):
            here = self.starts[rows] + at
            factor = _BASE if factors is None else factors[here]
            found[rows] = found[rows] * factor + letters[here]
            at += 1
            rows = rows[self.sizes[rows] > at]
        return found

    def run(self, starts: Places, size: int) -> Numbers:
        """The numbers of so many characters from these places on."""
        found = np.ones(len(starts), np.uint64)
        for step in range(size):
            found = found * _BASE + (self.codes[starts + step].astype(np.uint64) + _ONE)
        return found

    def without_one(self, rows: Places, size: int) -> list[Numbers]:
        """Texts of one size: the number of each, and of each without its first letter, second …"""
        letters = self.codes[self.starts[rows][:, None] + np.arange(size)].astype(np.uint64) + _ONE
        found = []
        for left_out in range(-1, size):
            number = np.ones(len(rows), np.uint64)
            for at in range(size):
                if at != left_out:
                    number = number * _BASE + letters[:, at]
            found.append(number)
        return found


class Spelling:
    """What characters stand for, as numbers; each is asked about once.

    Run together (华 as h-u-a), or each character as one letter, so that 发南 is not 范安.
    """

    def __init__(self, spell: Callable[[str], str], *, is_run_together: bool = True) -> None:
        self.spell, self.is_run_together = spell, is_run_together
        self.known = np.zeros(_PLANE, np.bool_)
        self.letters, self.factors = np.zeros(_PLANE, np.uint64), np.zeros(_PLANE, np.uint64)

    def of(self, codes: Places) -> tuple[Numbers, Numbers]:
        """The number of each character, and by how much it moves those before it."""
        usual = np.minimum(codes, _PLANE - 1)
        for code in distinct(usual[~self.known[usual]]).tolist():
            self.letters[code], self.factors[code] = self._spelt(code)
            self.known[code] = True
        letters, factors = self.letters[usual], self.factors[usual]
        for at in np.flatnonzero(codes >= _PLANE).tolist():
            letters[at], factors[at] = self._spelt(int(codes[at]))
        return letters, factors

    def _spelt(self, code: int) -> tuple[int, int]:
        said = self.spell(chr(code))
        if not self.is_run_together:
            return number_of(said), int(_BASE)
        return spelt(said, 0), pow(int(_BASE), len(said), _MASK + 1)

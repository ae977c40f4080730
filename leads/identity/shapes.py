"""The shape of a name: all it says besides its brand. A million names have a few thousand of them.

What follows from a shape is worked out once in each process, and told once to who asked for it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from leads.identity.aliases import TOLD
from leads.identity.keys import LONGEST_NEAR, PART, places_of
from leads.identity.numbering import Numbers, number_of, spelt
from leads.identity.seeking import is_complete
from leads.identity.types import CompanyName

Shape = tuple[str, str, str, str, str, str, str, tuple[str, ...], bool, str]
NO_SHAPE = 0  # of a record without a name, or with several
SILENT = number_of("")
PLACE, TRADE, BRANCH, FIRST_TRADE, WHERE, ELSEWHERE, IS_USUAL, _BEGUN, _TAKEN, _LACKS = range(10)
_SIZES = (PART, LONGEST_NEAR, LONGEST_NEAR + 1)  # brands of one length lack the same
_MANY = 1024


def shape_columns(columns: Sequence[Sequence[Any]]) -> Iterator[Shape]:
    """The shapes of names that are given as columns, one for each field."""
    region, _brand, trade, form, branch, province, city, kind, trades, generic, *rest = columns
    return zip(
        region, trade, form, branch, province, city, kind, trades, generic, rest[-1], strict=True
    )


def shaped(shape: Shape, brand: str = "", text: str = "") -> CompanyName:
    """The name that has this shape."""
    region, trade, form, branch, province, city, kind, trades, is_generic, hint = shape
    return CompanyName(
        region, brand, trade, form, branch, province, city, kind, trades, is_generic, text, "", hint
    )


class Shapes(dict[Shape, int]):
    """The shapes that this process has met in one search, each with its number."""

    def __init__(self) -> None:
        super().__init__()
        self.table = np.zeros((_MANY, _LACKS + 1), np.uint64)
        self.new: list[Shape] = []
        for shape in shape_columns([[value] for value in CompanyName()]):
            self[shape]  # noqa: B018 - it gets the number NO_SHAPE

    def __missing__(self, shape: Shape) -> int:
        number = self[shape] = len(self)
        name = shaped(shape)
        if number == len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
        where, elsewhere = (*places_of(name), *places_of(name))[:2]
        told = name.place, name.industry, name.branch, *(name.industries or ("",))[:1]
        start = name.place[:TOLD]
        self.table[number] = [
            *map(number_of, (*told, where, elsewhere)),
            not name.is_generic,
            spelt(start),
            len(start),
            sum(
                not is_complete(shaped(shape, "甲" * size)) << at for at, size in enumerate(_SIZES)
            ),
        ]
        self.new.append(shape)
        return number

    def of(self, columns: Sequence[Sequence[Any]]) -> npt.NDArray[np.intp]:
        """The number of each name's shape."""
        numbers = map(self.__getitem__, shape_columns(columns))
        return np.fromiter(numbers, np.intp, len(columns[0]))

    def numbers(self, shapes: npt.NDArray[np.intp]) -> Numbers:
        """What the keys of names with these shapes are made of, a row for each part."""
        return np.ascontiguousarray(self.table[shapes].T)

    def begun(self, shapes: npt.NDArray[np.intp]) -> tuple[Numbers, npt.NDArray[np.intp]]:
        """How the names begin before their brands: the start of the place, and its length."""
        return self.table[shapes, _BEGUN], self.table[shapes, _TAKEN].astype(np.intp)

    def lack(
        self, shapes: npt.NDArray[np.intp], sizes: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.bool_]:
        """Which names lack something, so that they may be short for another: see `seeking`."""
        at = np.searchsorted(_SIZES, sizes).clip(max=len(_SIZES) - 1).astype(np.uint64)
        return np.asarray(self.table[shapes, _LACKS] >> at & np.uint64(1)) > 0

    def untold(self) -> list[Shape]:
        """Those that are new since this was asked last."""
        found, self.new = self.new, []
        return found


_known: dict[int, Shapes] = {}  # of the searches that go on in this process


def shapes_of(search: int) -> Shapes:
    """Those that this process has met in a search."""
    known = _known.get(search)
    if known is None:
        known = _known[search] = Shapes()
    return known


def forget_shapes(search: int) -> None:
    """Let go of them when it is over."""
    _known.pop(search, None)

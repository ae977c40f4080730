"""The shape of a name: all it says besides its brand. A million names have a few thousand of them.

What follows from a shape is worked out once in each process, and told once to who asked for it.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from leads.identity.aliases import TOLD
from leads.identity.keys import LONGEST_NEAR, PART, places_of
from leads.identity.numbering import Flags, Numbers, Places, Texts, number_of, spelt
from leads.identity.parts import characters_of
from leads.identity.seeking import is_complete
from leads.identity.types import CompanyName

Shape = tuple[str, str, str, str, str, str, str, tuple[str, ...], bool, str]
NO_SHAPE = 0  # of a record without a name, or with several
SILENT = number_of("")
_SIZES = (PART, LONGEST_NEAR, LONGEST_NEAR + 1)  # brands of one length lack the same
_HALF = 32
_PLACE = ("region", "province", "city", "province_hint")
_ENDING = ("industry", "legal_form", "branch", "form_kind", "industries", "is_generic")


def shape_of(name: CompanyName) -> Shape:
    """All it says besides its brand; the text and a former name are kept elsewhere."""
    region, _, trade, form, branch, province, city, kind, trades, is_generic, _, _, hint = name
    return region, trade, form, branch, province, city, kind, trades, is_generic, hint


def shaped(shape: Shape, brand: str = "", text: str = "") -> CompanyName:
    """The name that has this shape."""
    region, trade, form, branch, province, city, kind, trades, is_generic, hint = shape
    return CompanyName(
        region, brand, trade, form, branch, province, city, kind, trades, is_generic, text, "", hint
    )


class Said(NamedTuple):
    """What each name of a column says besides its brand, as far as keys are made of it."""

    shape: Places
    place: Numbers
    where: Numbers
    elsewhere: Numbers
    begun: Numbers  # how it begins before its brand: the start of the place,
    taken: Numbers  # and the length of that
    trade: Numbers
    first_trade: Numbers
    branch: Numbers
    is_usual: Numbers
    letters: Numbers  # of the trade
    size: Numbers
    lacks: Numbers

    def lack(self, sizes: Places) -> Flags:
        """Which names lack something, so that they may be short for another: see `seeking`."""
        at = np.searchsorted(_SIZES, sizes).clip(max=len(_SIZES) - 1).astype(np.uint64)
        return np.asarray(self.lacks >> at & np.uint64(1)) > 0


class _Numbered(dict[Any, int]):
    """Values, each numbered when it is met."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[Any] = []

    def __missing__(self, value: Hashable) -> int:
        number = self[value] = len(self.met)
        self.met.append(value)
        return number

    def of(self, values: Iterator[Any] | list[Any], count: int) -> Places:
        return np.fromiter(map(self.__getitem__, values), np.intp, count)


class _Parts:
    """One part of all shapes, each with a number and with what follows from it."""

    def __init__(
        self, fields: Sequence[str], follow: Callable[[Sequence[CompanyName]], list[Any]]
    ) -> None:
        self.places = [CompanyName._fields.index(field) for field in fields]
        self.fields, self.follow, self.known = fields, follow, _Numbered()
        self.table = np.array(follow([]), np.uint64)

    def of(self, columns: Sequence[Sequence[Any]]) -> tuple[Places, Numbers]:
        """The number of each name's part, and what follows, a row for each thing."""
        parts = zip(*[columns[place] for place in self.places], strict=True)
        numbers = self.known.of(parts, len(columns[0]))
        if new := self.known.met[self.table.shape[1] :]:
            names = [CompanyName(**dict(zip(self.fields, part, strict=True))) for part in new]
            more = np.array(self.follow(names), np.uint64)
            self.table = np.concatenate([self.table, more], axis=1)
        return numbers, self.table[:, numbers]


def _from_places(names: Sequence[CompanyName]) -> list[Any]:
    known = [(*places_of(name), *places_of(name))[:2] for name in names]
    starts = [name.place[:TOLD] for name in names]
    return [
        [number_of(name.place) for name in names],
        [number_of(where) for where, _elsewhere in known],
        [number_of(elsewhere) for _where, elsewhere in known],
        list(map(spelt, starts)),
        list(map(len, starts)),
    ]


def _from_endings(names: Sequence[CompanyName]) -> list[Any]:
    return [
        [number_of(name.industry) for name in names],
        [number_of(name.industries[0] if name.industries else "") for name in names],
        [number_of(name.branch) for name in names],
        [not name.is_generic for name in names],
        characters_of(Texts([name.industry for name in names])),
        [len(name.industry) for name in names],
        list(map(_lacks, names)),
    ]


def _lacks(name: CompanyName) -> int:
    """A bit for each size of brands: whether names that end so lack something."""
    shape = shape_of(name)
    brands = [shaped(shape, "甲" * size) for size in _SIZES]
    return sum((not is_complete(brand)) << at for at, brand in enumerate(brands))


class Shapes:
    """The shapes that this process has met in one search: places and endings, of each far fewer."""

    def __init__(self) -> None:
        self.places, self.endings = _Parts(_PLACE, _from_places), _Parts(_ENDING, _from_endings)
        self.known = _Numbered()
        self.told = 0
        self.of([[value] for value in CompanyName()])  # it gets the number NO_SHAPE

    def of(self, columns: Sequence[Sequence[Any]]) -> Said:
        """What names say that are given as columns, one for each field."""
        place, of_place = self.places.of(columns)
        ending, of_ending = self.endings.of(columns)
        shape = self.known.of((place << _HALF | ending).tolist(), len(place))
        return Said(shape, *of_place, *of_ending)

    def untold(self) -> list[Shape]:
        """The shapes that are new since this was asked last."""
        new, self.told = self.known.met[self.told :], len(self.known.met)
        return [self._shape(*divmod(both, 1 << _HALF)) for both in new]

    def _shape(self, place: int, ending: int) -> Shape:
        region, province, city, hint = self.places.known.met[place]
        trade, form, branch, kind, trades, is_generic = self.endings.known.met[ending]
        return region, trade, form, branch, province, city, kind, trades, is_generic, hint


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

"""What names say of place, trade and form, as far as it can rule out that two records are one.

Thousands of firms share a brand or its sound. Where the rest of their names leaves too little of
the score, only another piece of evidence can make two of them one. The rules are those of `names`,
asked of each two places and trades, not of each pair; what they cannot rule out is compared.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leads.identity.names import PROBABLE, closing_factor, place_factor, trade_factor
from leads.identity.numbering import distinct
from leads.identity.profiles import Profile
from leads.identity.shapes import Shape
from leads.identity.types import CompanyName

ADDRESS, PERSON, MAIL = 1, 2, 4
SIZE = 8  # of this many times the length of a brand are a record's kinds, the rest is its evidence
READ_ALIKE = 0.8  # the most that two brands say that are only read alike, as `compare_brands` says
ALONE = PROBABLE / 0.97  # what names must say when nothing else agrees, see `records`
_SURELY = 0.001  # scores are rounded
_TABLE = 1_000  # values of which all pairs fit into a table
_REMEMBERED = 200_000
_EVERYWHERE = ("", "中国")  # provinces that contradict none
_RARE, _USUAL = "甲甲甲甲", "甲甲"  # brands as long as they must be
Rows = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


def evidence_of(profile: Profile) -> int:
    """Which further evidence a record has."""
    return (
        (ADDRESS if profile.address else 0)
        | (PERSON if profile.person else 0)
        | (MAIL if profile.emails or profile.domains else 0)
    )


# what is compared of shapes: the places, trades and closings there are; each shape's numbers of
# province, place, trade and closing
Aspects = tuple[list[Any], list[Any], list[Any], list[bytes]]


def aspects_of(shapes: Iterable[Shape]) -> Aspects:
    """What is compared of each shape."""
    numbered: list[dict[Any, int]] = [dict.fromkeys(_EVERYWHERE, 0), {}, {}, {}]
    columns = [array("I") for _one in numbered]
    for region, trade, form, branch, province, city, kind, trades, _generic, hint in shapes:
        group = form if "集团" in form or "控股" in form else ""
        said = (
            province,
            (region, province, city, hint),
            (trade, trades, group),
            (kind, bool(trade), branch),
        )
        for known, column, one in zip(numbered, columns, said, strict=True):
            column.append(known.setdefault(one, len(known)))
    _provinces, places, trades_told, closings = map(list, numbered)
    return places, trades_told, closings, [column.tobytes() for column in columns]


class Factors:
    """What each two values leave of a score, asked once and looked up millions of times."""

    def __init__(self, values: Sequence[Any], factor: Callable[[Any, Any], float]) -> None:
        self.values, self.factor, self.count = values, factor, len(values)
        size = self.count**2 if self.count <= _TABLE else 0
        self.table = np.full(size, np.nan, np.float32)
        self.known: dict[int, float] = {}

    def of(self, left: Rows, right: Rows) -> npt.NDArray[np.float32]:
        """The factor of each pair of numbers."""
        pairs = left * self.count + right
        if not len(self.table):
            each = distinct(pairs)
            found = np.fromiter(map(self._remembered, each.tolist()), np.float32)
            return found[np.searchsorted(each, pairs)]
        found = self.table[pairs]
        if np.isnan(found).any():
            each = distinct(pairs[np.isnan(found)])
            self.table[each] = np.fromiter(map(self._asked, each.tolist()), np.float32)
            found = self.table[pairs]
        return np.asarray(found)

    def _remembered(self, pair: int) -> float:
        found = self.known.get(pair)
        if found is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            found = self.known[pair] = self._asked(pair)
        return found

    def _asked(self, pair: int) -> float:
        left, right = divmod(pair, self.count)
        return self.factor(self.values[left], self.values[right])


class Column(NamedTuple):
    """What the members of groups bear, one after the other."""

    province: npt.NDArray[np.uint32]
    shape: Rows
    kind: npt.NDArray[np.uint16]
    read_as: npt.NDArray[np.uint32]
    written_as: npt.NDArray[np.uint32]


class Bearings:
    """Every record's shape, kind and brand, and which of them contradict each other."""

    def __init__(self, aspects: Sequence[Any], records: Sequence[bytes]) -> None:
        places, trades, closings, numbers = aspects
        self.province_of, self.place_of, self.trade_of, self.closing_of = (
            np.frombuffer(one, np.uint32).astype(np.intp) for one in numbers
        )
        long = [(*place, is_long) for place in places for is_long in (False, True)]
        self.places = Factors(long, _of_places)
        self.trades = Factors(trades, _of_trades)
        self.closings = Factors(closings, _of_closings)
        shape_of, kind_of, read_as, written_as, characters, lengths = records
        self.shape_of = np.frombuffer(shape_of, np.uint32)
        self.kind_of = np.frombuffer(kind_of, np.uint16)
        self.read_as = np.frombuffer(read_as, np.uint32)
        self.written_as = np.frombuffer(written_as, np.uint32)
        self.characters = np.frombuffer(characters, np.uint64)
        self.lengths = np.frombuffer(lengths, np.uint8)

    def of(self, positions: Rows) -> Column:
        """What the records at these positions bear."""
        shape = self.shape_of[positions].astype(np.intp)
        return Column(
            self.province_of[shape].astype(np.uint32), shape, self.kind_of[positions],
            self.read_as[positions], self.written_as[positions],
        )  # fmt: skip

    def not_apart(self, bear: Column, left: Rows, right: Rows) -> tuple[Rows, Rows]:
        """Those of these pairs of members that may be one client.

        Two provinces are always apart. Where the brands are read alike, so are two whose places,
        trades and forms leave too little, unless other evidence may outweigh it.
        """
        here, there = bear.province[left], bear.province[right]
        near = (here == there) | (here == 0) | (there == 0)
        left, right = left[near], right[near]
        kind, sort = bear.kind[left], bear.kind[right]
        shared = kind & sort & np.uint16(SIZE - 1)
        is_judged = (
            (kind // SIZE == sort // SIZE)
            & (kind >= SIZE)
            & (bear.read_as[left] == bear.read_as[right])
            & ((shared & ADDRESS) == 0)
            & (shared != (PERSON | MAIL))
        )
        judged = np.flatnonzero(is_judged)
        stay = ~is_judged
        stay[judged[self._may_agree(bear, left[judged], right[judged], shared[judged])]] = True
        return left[stay], right[stay]

    def _may_agree(
        self, bear: Column, left: Rows, right: Rows, shared: npt.NDArray[np.uint16]
    ) -> Rows:
        """Which pairs of names of one reading may be probable."""
        rows = np.arange(len(left))
        score = np.where(bear.written_as[left] == bear.written_as[right], 1.0, READ_ALIKE)
        least = np.where(shared > 0, PROBABLE, ALONE) - _SURELY
        shape, other = bear.shape[left], bear.shape[right]
        is_long = bear.kind[left] >= len(_RARE) * SIZE
        for factors, number_of, scale, plus in (
            (self.places, self.place_of, 2, is_long),
            (self.trades, self.trade_of, 1, 0),
            (self.closings, self.closing_of, 1, 0),
        ):
            extra = plus[rows] if isinstance(plus, np.ndarray) else 0
            one, two = (
                number_of[shape[rows]] * scale + extra,
                number_of[other[rows]] * scale + extra,
            )
            score = score * factors.of(one, two)
            stays = score >= least[rows]
            rows, score = rows[stays], score[stays]
        return rows


def _of_places(place: Sequence[Any], other: Sequence[Any]) -> float:
    return place_factor(_placed(*place), _placed(*other))


def _placed(region: str, province: str, city: str, hint: str, is_long: bool) -> CompanyName:  # noqa: FBT001
    return CompanyName(
        text=_USUAL, brand=_RARE if is_long else _USUAL, region=region, province=province,
        city=city, province_hint=hint,
    )  # fmt: skip


def _of_trades(trade: Sequence[Any], other: Sequence[Any]) -> float:
    return trade_factor(_trading(*trade), _trading(*other))


def _trading(industry: str, industries: Sequence[str], group: str) -> CompanyName:
    return CompanyName(
        text=_USUAL, brand=_RARE, industry=industry, industries=tuple(industries), legal_form=group
    )


def _of_closings(closing: Sequence[Any], other: Sequence[Any]) -> float:
    return closing_factor(_closing(*closing), _closing(*other))


def _closing(kind: str, has_trade: bool, branch: str) -> CompanyName:  # noqa: FBT001
    return CompanyName(
        text=_USUAL, brand=_RARE, form_kind=kind, industry=_USUAL * has_trade, branch=branch
    )

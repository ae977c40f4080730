"""What names say of place, trade and form, as far as it can rule out that two records are one.

Thousands of firms share a brand, its sound or a part of it. Where the rest of their names leaves
too little of the score, only another piece of evidence can make two of them one. The rules are
those of `names`, asked of each two places and trades, not of each pair; what they cannot rule out
is compared.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import numpy.typing as npt

from leads.identity.lexicon import TRADES
from leads.identity.names import PROBABLE, closing_factor, kind_of, place_factor, trade_factor
from leads.identity.numbering import Texts, distinct, number_of
from leads.identity.parts import characters_of
from leads.identity.profiles import Profile
from leads.identity.shapes import Shape
from leads.identity.short_forms import LONGEST, may_lack
from leads.identity.types import CompanyName

ADDRESS, PERSON, MAIL = 1, 2, 4
EVIDENCE, KNOWN = ADDRESS | PERSON | MAIL, 8  # and a firm that is known under several names
SIZE = 16  # of this many times the length of a brand are a record's kinds, the rest is its evidence
LOOSE, HIDES, PLACELESS = 1, 2, 4  # what a shape allows, see `brands` and `short_forms`
ALIKE = 0.8  # the most that two brands say that are not one, as `compare_brands` says
CONTAINED = 0.95  # or when one brand holds a place and the other
ALONE = PROBABLE / 0.97  # what names must say when nothing else agrees, see `records`
_SURELY = 0.001  # scores are rounded
_TABLE = 1_000  # values of which all pairs fit into a table
_REMEMBERED = 200_000
_EVERYWHERE = ("", "中国")  # provinces that contradict none
_GROUP = "集团"
_ANYWHERE = "甲"  # a place that both have
_RARE, _USUAL, _HEARD = "甲甲甲甲", "甲甲", "甲钾"  # brands as long as they must be; one read alike
_OTHER = "乙乙"
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
# province, place, trade and closing, and what it allows
Aspects = tuple[list[Any], list[Any], list[Any], list[bytes]]


def aspects_of(shapes: Iterable[Shape]) -> Aspects:
    """What is compared of each shape."""
    numbered: list[dict[Any, int]] = [dict.fromkeys(_EVERYWHERE, 0), {}, {}, {}]
    columns = [array("I") for _one in range(len(numbered) + 1)]
    for region, trade, form, branch, province, city, kind, trades, _generic, hint in shapes:
        group = _GROUP if "集团" in form or "控股" in form else ""
        said = (
            province,
            (region, province, city, hint),
            (trade, trades, group),
            (kind, bool(trade), branch),
        )
        for known, column, one in zip(numbered, columns, said, strict=False):
            column.append(known.setdefault(one, len(known)))
        columns[-1].append(_allowed(form, branch, trades, province or city or region))
    _provinces, places, trades_told, closings = map(list, numbered)
    return places, trades_told, closings, [column.tobytes() for column in columns]


def _allowed(form: str, branch: str, trades: Sequence[str], place: str) -> int:
    """What the rules of `brands` and `short_forms` may still make of names of a shape."""
    name = CompanyName(legal_form=form, branch=branch)
    is_plain = bool(trades) and TRADES.issuperset(trades)
    return LOOSE * may_lack(name) | HIDES * (not is_plain) | PLACELESS * (not place)


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


class Trades(Factors):
    """Most of two trades share neither a character nor a kind: these are all asked as one."""

    def __init__(self, trades: Iterable[Sequence[Any]]) -> None:
        super().__init__(
            [(*one, is_heard) for one in trades for is_heard in (False, True)], _of_trades
        )
        texts = Texts([text for text, *_ in self.values])
        self.is_short, self.letters = texts.sizes < len(_USUAL), characters_of(texts)
        self.kinds = np.fromiter(map(_bits_of_kinds, self.values), np.uint64, self.count)
        self.unlike = _of_trades(*((text, (text,), "", False) for text in (_USUAL, _OTHER)))

    def of(self, left: Rows, right: Rows) -> npt.NDArray[np.float32]:
        shared = self.letters[left] & self.letters[right] | self.kinds[left] & self.kinds[right]
        rows = np.flatnonzero((shared > 0) | self.is_short[left] | self.is_short[right])
        found = np.full(len(left), self.unlike, np.float32)
        found[rows] = super().of(left[rows], right[rows])
        return found


def _bits_of_kinds(trade: Sequence[Any]) -> int:
    _text, trades, *_ = trade
    return reduce(or_, (1 << number_of(kind_of(one)) % 64 for one in trades), 0)


class Bearings:
    """Every record's shape, kind and brand, and which of them contradict each other."""

    def __init__(self, aspects: Sequence[Any], records: Sequence[bytes]) -> None:
        places, trades, closings, numbers = aspects
        long = [(*place, is_long) for place in places for is_long in (False, True)]
        self.places = Factors(long, _of_places)
        self.trades = Trades(trades)
        self.closings = Factors(closings, _of_closings)
        kinds = (np.uint32, np.uint16, np.uint32, np.uint32, np.uint64, np.uint8)
        shape_of, self.kind, self.read_as, self.written_as, self.characters, self.length = (
            np.frombuffer(column, kind) for column, kind in zip(records, kinds, strict=True)
        )
        self.province, self.place, self.trade, self.closing, self.allowed = (
            np.frombuffer(one, np.uint32).astype(kind)[shape_of]
            for one, kind in zip(numbers, (*[np.uint32] * 4, np.uint8), strict=True)
        )

    def not_apart(self, left: Rows, right: Rows) -> tuple[Rows, Rows]:
        """Those of these pairs of positions that may be one client.

        Two provinces are always apart. So are two names of which brands, places, trades and forms
        leave too little, unless other evidence may outweigh it, or one may stand for the other as
        a whole.
        """
        here, there = self.province[left], self.province[right]
        near = (here == there) | (here == 0) | (there == 0)
        left, right = left[near], right[near]
        judged = np.flatnonzero(self._are_judged(left, right))
        stay = np.ones(len(left), np.bool_)
        stay[judged] = False
        stay[judged[self._may_agree(left[judged], right[judged])]] = True
        return left[stay], right[stay]

    def _are_judged(self, left: Rows, right: Rows) -> Flags:
        """Whether nothing but brand, place, trade and form may make them one."""
        kind, sort = self.kind[left], self.kind[right]
        shared = kind & sort
        is_outweighed = (shared & ADDRESS > 0) | (shared & (PERSON | MAIL) == PERSON | MAIL)
        is_named_otherwise = (shared & KNOWN > 0) | self._may_be_whole(left, right)
        is_named_otherwise &= self.read_as[left] != self.read_as[right]
        return np.asarray((np.minimum(kind, sort) >= SIZE) & ~is_outweighed & ~is_named_otherwise)

    def _may_be_whole(self, left: Rows, right: Rows) -> Flags:
        """Whether one may be short for the other or its beginning, or have a slip in its trade."""
        size, other = self.length[left].astype(np.int16), self.length[right].astype(np.int16)
        allowed, others = self.allowed[left], self.allowed[right]
        is_short = ((allowed & LOOSE) > 0) & (size <= LONGEST)
        is_short |= ((others & LOOSE) > 0) & (other <= LONGEST)
        is_slip = (((allowed | others) & HIDES) > 0) & (np.abs(size - other) <= 1)
        here, there = self.characters[left], self.characters[right]
        is_cut_off = ((here & ~there) == 0) | ((there & ~here) == 0)
        return np.asarray(is_short | is_slip | is_cut_off)

    def _may_agree(self, left: Rows, right: Rows) -> Rows:
        """Which pairs of names may be probable."""
        score, rows = self._of_brands(left, right), np.arange(len(left))
        shared = self.kind[left] & self.kind[right]
        least = np.where(shared & EVIDENCE > 0, PROBABLE, ALONE) - _SURELY
        size = np.minimum(self.kind[left], self.kind[right]) // SIZE
        is_heard = (self.read_as[left] == self.read_as[right]) & (size == len(_USUAL))
        is_heard &= self.written_as[left] != self.written_as[right]
        for factors, column, plus in (
            (self.places, self.place, size >= len(_RARE)),
            (self.closings, self.closing, None),
            (self.trades, self.trade, is_heard),
        ):
            one, other = column[left[rows]].astype(np.intp), column[right[rows]].astype(np.intp)
            if plus is not None:
                one, other = one * 2 + plus[rows], other * 2 + plus[rows]
            score = score * factors.of(one, other)
            stays = score >= least
            rows, score, least = rows[stays], score[stays], least[stays]
        return rows

    def _of_brands(self, left: Rows, right: Rows) -> npt.NDArray[np.float64]:
        """The most that `brands` says of two Chinese ones when neither stands for a whole name."""
        size, other = self.kind[left] // SIZE, self.kind[right] // SIZE
        longer, shorter = np.where(size > other, [left, right], [right, left])
        says_place = (self.allowed[longer] & ~self.allowed[shorter] & PLACELESS) > 0
        most = np.where(says_place & (size != other), CONTAINED, ALIKE)
        most[self.written_as[left] == self.written_as[right]] = 1.0
        return most


def _of_places(place: Sequence[Any], other: Sequence[Any]) -> float:
    return place_factor(_placed(*place), _placed(*other))


def _placed(region: str, province: str, city: str, hint: str, is_long: bool) -> CompanyName:  # noqa: FBT001
    return CompanyName(
        text=_USUAL, brand=_RARE if is_long else _USUAL, region=region, province=province,
        city=city, province_hint=hint,
    )  # fmt: skip


def _of_trades(trade: Sequence[Any], other: Sequence[Any]) -> float:
    return trade_factor(_trading(*trade), _trading(*other, is_other=True))


def _trading(
    industry: str, industries: Sequence[str], group: str, is_heard: bool, *, is_other: bool = False,  # noqa: FBT001
) -> CompanyName:  # fmt: skip
    brand = _RARE if not is_heard else _HEARD if is_other else _USUAL
    return CompanyName(
        text=brand, brand=brand, industry=industry, industries=tuple(industries), legal_form=group,
        province=_ANYWHERE,
    )  # fmt: skip


def _of_closings(closing: Sequence[Any], other: Sequence[Any]) -> float:
    return closing_factor(_closing(*closing), _closing(*other))


def _closing(kind: str, has_trade: bool, branch: str) -> CompanyName:  # noqa: FBT001
    return CompanyName(
        text=_USUAL, brand=_RARE, form_kind=kind, industry=_USUAL * has_trade, branch=branch
    )

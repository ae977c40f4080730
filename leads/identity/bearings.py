"""What a name says of place and trade, as far as it can rule out that two records are one client.

Thousands of firms share a brand; where their places or trades contradict each other, only another
piece of evidence can make two of them one. Asked of each two places and trades, not of each pair.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from leads.identity.names import PROBABLE, place_factor, trade_factor
from leads.identity.profiles import Profile
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName

ADDRESS, PERSON, MAIL = 1, 2, 4
_KINDS = 8
_LONGEST = 31
_REMEMBERED = 200_000  # pairs of trades at a time
_SURELY = 0.001  # scores are rounded
_FAR, _DIFFERENT, _NEAR = 2, 1, 0
_EVERYWHERE = ("", "中国")  # provinces that contradict none
_RARE, _USUAL = "甲甲甲甲", "甲甲"  # brands as long as they must be
PlaceOf = tuple[str, str, str, str, bool]  # region, province, city, hint, whether the brand is long
TradeOf = tuple[str, tuple[str, ...], str]  # trade, its parts, the form of a group
NO_PLACE: PlaceOf = ("", "", "", "", False)
NO_TRADE: TradeOf = ("", (), "")


def place_of(name: CompanyName, size: int) -> PlaceOf:
    """The place of a name, as far as two of them can be compared; `size` as in `size_of`."""
    is_long = size >= len(_RARE) * _KINDS
    return name.region, name.province, name.city, name.province_hint, is_long


def trade_of(name: CompanyName) -> TradeOf:
    """The trade of a name, and its form when that is a group's."""
    form = name.legal_form
    return name.industry, name.industries, form if "集团" in form or "控股" in form else ""


def size_of(name: CompanyName) -> int:
    """8 × the length of a Chinese brand, 0 of others: brands of one length share the rest."""
    return _KINDS * min(len(name.brand), _LONGEST) if has_chinese(name.brand) else 0


def evidence_of(profile: Profile) -> int:
    """Which further evidence a record has."""
    return (
        (ADDRESS if profile.address else 0)
        | (PERSON if profile.person else 0)
        | (MAIL if profile.emails or profile.domains else 0)
    )


class Bearings:
    """Every record's place, trade and kind as numbers, and which of them contradict each other."""

    def __init__(
        self, places: Sequence[PlaceOf], trades: Sequence[TradeOf], codes: Sequence[bytes]
    ) -> None:
        self.places = [_placed(place) for place in places]
        self.trades = [_trading(trade) for trade in trades]
        self.place_of, self.trade_of = array("I", codes[0]), array("I", codes[1])
        self.kind_of = codes[2]
        self.far: dict[int, int] = {}  # left × count + right: asked millions of times
        self.differ: dict[int, bool] = {}

    def not_apart(self, groups: Iterable[list[int]], *, is_named: bool) -> Iterator[int]:
        """The pairs in these groups that may be one client, as left << 32 | right.

        Two provinces are always apart. Where the records share a brand or its sound (`is_named`),
        so are two places or two trades, unless other evidence may outweigh them.
        """
        place_of, trade_of, kind_of = self.place_of, self.trade_of, self.kind_of
        count, many = len(self.places), len(self.trades)
        far, differ = self.far, self.differ
        for members in groups:
            told = [(one, place_of[one], trade_of[one], kind_of[one]) for one in members]
            for (left, here, trade, kind), (right, there, other, sort) in combinations(told, 2):
                distance = far.get(here * count + there)
                if distance is None:
                    distance = self._look_far(here, there)
                if distance == _FAR:
                    continue
                if is_named and kind >> 3 == sort >> 3 > 0:
                    is_apart = distance or differ.get(trade * many + other)
                    if is_apart is None:
                        is_apart = self._look_different(trade, other)
                    if is_apart and not _may_outweigh(kind & sort & 7):
                        continue
                yield left << 32 | right

    def _look_far(self, here: int, there: int) -> int:
        a, b = self.places[here], self.places[there]
        provinces = {a.province, b.province}
        if len(provinces) == 2 and provinces.isdisjoint(_EVERYWHERE):
            distance = _FAR
        else:
            distance = _DIFFERENT if place_factor(a, b) < PROBABLE - _SURELY else _NEAR
        self.far[here * len(self.places) + there] = distance
        return distance

    def _look_different(self, trade: int, other: int) -> bool:
        if len(self.differ) > _REMEMBERED:
            self.differ.clear()
        factor = trade_factor(self.trades[trade], self.trades[other])
        found = self.differ[trade * len(self.trades) + other] = factor < PROBABLE - _SURELY
        return found


def _may_outweigh(shared: int) -> bool:
    """Whether what both records have may make one client of two different names.

    Equal phones, addresses of mail and codes are keys of their own and need not be thought of.
    """
    return bool(shared & ADDRESS) or shared == PERSON | MAIL


def _placed(place: PlaceOf) -> CompanyName:
    region, province, city, hint, is_long = place
    return CompanyName(
        text=_USUAL, brand=_RARE if is_long else _USUAL, region=region, province=province,
        city=city, province_hint=hint,
    )  # fmt: skip


def _trading(trade: TradeOf) -> CompanyName:
    industry, industries, group = trade
    return CompanyName(
        text=_USUAL, brand=_RARE, industry=industry, industries=tuple(industries), legal_form=group
    )

"""What a search for duplicates notes of each record: its profile packed, its bearing, its keys.

Most records are one name and perhaps a phone; for these nothing is made that is not needed. Places
and trades are few: each one's numbers are worked out once.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zlib import adler32, crc32

from leads.identity.aliases import firm_labels
from leads.identity.bearings import (
    NO_PLACE,
    NO_TRADE,
    PlaceOf,
    TradeOf,
    evidence_of,
    place_of,
    size_of,
    trade_of,
)
from leads.identity.companies import parse_company_name
from leads.identity.keys import (
    SHORTEST_NEAR,
    exact_keys,
    may_have_a_slip,
    places_of,
)
from leads.identity.packing import dumps, pack_plain, pack_profile
from leads.identity.person_keys import person_keys
from leads.identity.profiles import Profile, one_phone, profile_of
from leads.identity.sounds import reading_of
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName, Identity

KINDS = ("strong", "named", "loose")
SHARES = 32  # parts that the keys are divided into by their last bits, each grouped by itself
POSITION_BITS = 26  # a key is filed as one number: its upper bits, and the position of its record
POSITION = (1 << POSITION_BITS) - 1
MOST_RECORDS = POSITION + 1
_PHONE, _FIRM, _BRAND, _PLACE, _TRADE, _PERSON, _OTHER = range(7)


class _Place(NamedTuple):
    number: int  # in the order of appearance
    exact: int  # the finest place told
    codes: tuple[int, ...]  # those that make a key with a sound


class _Trade(NamedTuple):
    number: int
    exact: int
    first: int


def number_of(text: str) -> int:
    """A text as 64 bits, the same in every process (`hash` of a text is not), and quick."""
    spelt = text.encode("utf-8", "surrogatepass")
    return crc32(spelt) << 32 | adler32(spelt)


_SILENT = number_of("")
_NO_MORE = [(), "", "", "", "", "", ()]  # of the fields of an Identity behind its phones


class Filing:
    """The notes of one run of records; `packed` is all of them as bytes."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.places: dict[PlaceOf, _Place] = {}
        self.trades: dict[TradeOf, _Trade] = {}
        self.place_of, self.trade_of, self.kind_of = array("I"), array("I"), bytearray()
        self.strong, self.named, self.loose = (
            [array("q") for _share in range(SHARES)] for _kind in KINDS
        )

    def add(self, first: int, records: Sequence[Sequence[Any]]) -> None:
        """Note records from one position on, each given as its fields without the id.

        All names are parsed first: a processor that does one thing over and over is a fifth faster.
        """
        names = [parse_company_name(told[0]) for told in records]
        for position, (told, name) in enumerate(zip(records, names, strict=True), start=first):
            _company, person, phones, *rest = told
            if person or rest != _NO_MORE or not self._add_plain(position, name, phones):
                self._add_profile(position, profile_of(Identity(None, *told)))

    def packed(self) -> bytes:
        """All notes: profiles and their sizes, bearings, and keys by share and kind."""
        shares = zip(self.strong, self.named, self.loose, strict=True)
        return dumps((
            b"".join(self.texts), array("I", map(len, self.texts)).tobytes(),
            (list(self.places), self.place_of.tobytes()),
            (list(self.trades), self.trade_of.tobytes()), bytes(self.kind_of),
            [[keys.tobytes() for keys in share] for share in shares],
        ))  # fmt: skip

    def _add_plain(self, position: int, name: CompanyName, phones: tuple[str, ...]) -> bool:
        """Note a record of one name and at most one plain phone; others are left alone."""
        phone = one_phone(phones[0]) if phones else ""
        if phone is None or ";" in phone or len(phones) > 1 or not name.text or name.former:
            return False
        self.texts.append(pack_plain(name, phone))
        size = size_of(name)
        place, trade = self._bear(place_of(name, size), trade_of(name), size)
        if phone:
            self._file(self.strong, _of_phones((phone,)), position)
        self._file_name(position, name, place, trade)
        return True

    def _add_profile(self, position: int, profile: Profile) -> None:
        """Note a record with anything else, or with several names."""
        self.texts.append(pack_profile(profile))
        if len(profile.names) == 1:
            name = profile.names[0]
            size = size_of(name)
            self._bear(place_of(name, size), trade_of(name), size | evidence_of(profile))
        else:
            self._bear(NO_PLACE, NO_TRADE, 0)
        self._file(self.strong, _of_phones(profile.phones), position)
        for key in exact_keys(profile):
            number = hash((_OTHER, number_of(f"{key.kind}:{key.value}")))
            self._file(self.strong if key.is_strong else self.loose, (number,), position)
        if profile.person and not profile.names:
            people = [hash((_PERSON, *map(number_of, key))) for key in person_keys(profile)]
            self._file(self.loose, people, position)
        for name in profile.names:
            place = self._place(place_of(name, size_of(name)))
            self._file_name(position, name, place, self._trade(trade_of(name)))

    def _bear(self, where: PlaceOf, what: TradeOf, kind: int) -> tuple[_Place, _Trade]:
        place, trade = self._place(where), self._trade(what)
        self.place_of.append(place.number)
        self.trade_of.append(trade.number)
        self.kind_of.append(kind)
        return place, trade

    def _place(self, where: PlaceOf) -> _Place:
        known = self.places.get(where)
        if known is None:
            known = self.places[where] = _numbered_place(where, len(self.places))
        return known

    def _trade(self, what: TradeOf) -> _Trade:
        known = self.trades.get(what)
        if known is None:
            industry, industries, _group = what
            first = number_of(industries[0]) if industries else _SILENT
            known = self.trades[what] = _Trade(len(self.trades), number_of(industry), first)
        return known

    def _file_name(self, position: int, name: CompanyName, place: _Place, trade: _Trade) -> None:
        """The keys of a name: the whole of it, its firm, its brand as written and as read."""
        brand = name.brand
        if not brand:
            return
        written = number_of(brand)
        branch = number_of(name.branch) if name.branch else _SILENT
        self._file(self.strong, (hash((place.exact, written, trade.exact, branch)),), position)
        if labels := firm_labels(name):
            self._file(self.loose, [hash((_FIRM, number_of(one))) for one in labels], position)
        if name.is_generic:
            return
        sound = number_of(reading_of(brand))
        named = [hash((_BRAND, written)), hash((_TRADE, sound, trade.first))]
        for code in place.codes:
            named.append(hash((_PLACE, sound, code)))
        if trade.first != _SILENT and not has_chinese(brand):
            named.append(hash((_TRADE, sound, _SILENT)))  # a Latin trade is as good as none
        self._file(self.named, named, position)
        if len(brand) >= SHORTEST_NEAR and may_have_a_slip(brand):
            self._file(self.loose, _near(brand), position)

    @staticmethod
    def _file(kind: Sequence["array[int]"], keys: Iterable[int], position: int) -> None:
        for key in keys:
            kind[key % SHARES].append(key & ~POSITION | position)


def _numbered_place(where: PlaceOf, number: int) -> _Place:
    region, province, city, hint, _is_long = where
    name = CompanyName(region=region, province=province, city=city, province_hint=hint)
    codes = tuple(map(number_of, places_of(name)))
    return _Place(number, number_of(city or province or region), codes)


def _near(brand: str) -> set[int]:
    """The brand and what is left of it without each character, as `without_one`, but quicker."""
    codes = tuple(map(ord, brand))
    return {hash(codes), *[hash(codes[:at] + codes[at + 1 :]) for at in range(len(codes))]}


def _of_phones(phones: Iterable[str]) -> list[int]:
    return [hash((_PHONE, int(phone[1:]))) for phone in phones]

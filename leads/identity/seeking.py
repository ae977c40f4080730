"""Under which keys to look for the records that may be this client, and what each says.

Reading a record costs ten times what finding its key does. So a key says whether sharing it alone
is worth reading the record; others must come together: who asks for 上海华信科技 reads the firms
whose brand sounds so in Shanghai or nowhere, and of them those of this brand or trade, or none.
What is left out cannot be probable, whatever it is called (`names`, `brands`).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leads.identity.keys import (
    LONGEST_NEAR,
    NATIONWIDE,
    PART,
    SHORTEST_NEAR,
    SILENT,
    house_keys,
    may_hide_trade,
    parts_of,
    short_key,
    sound_key,
    sure_keys,
)
from leads.identity.names import RARE
from leads.identity.other_readings import other_readings
from leads.identity.profiles import Profile
from leads.identity.short_forms import is_loose
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName, Key, KeyKind

WORTH: dict[KeyKind, int] = {
    "name": 60, "firm": 60, "sound_region": 20, "sound_trade": 16, "brand": 15, "near": 12,
    "short": 12, "domain": 8, "part": 4,
}  # fmt: skip
STRONG = 100
ENOUGH = WORTH["sound_region"] + WORTH["brand"]  # or with the trade: together worth reading
FAINT = 9  # parts of a brand and nothing else


class Sought(NamedTuple):
    """A key, how much sharing it says, and whether that alone is worth reading a record."""

    key: Key
    worth: int
    is_enough: bool


def sought_keys(profile: Profile, sure: Iterable[Key] | None = None) -> list[Sought]:
    """All keys under which others like this record may be filed, the most telling first."""
    alone = dict.fromkeys(sure_keys(profile) if sure is None else sure, True)
    for name in profile.names:
        if name.brand and not name.is_generic:
            for key, is_enough in _of_name(name):
                alone[key] = alone.get(key, False) or is_enough
    found = [Sought(key, WORTH.get(key.kind, STRONG), enough) for key, enough in alone.items()]
    return sorted(found, key=lambda sought: -sought.worth)


def _of_name(name: CompanyName) -> Iterator[tuple[Key, bool]]:
    """What finds equal and like-sounding brands where place and trade allow it; short forms."""
    brand = name.brand
    place = name.province if name.province != NATIONWIDE else ""
    trade = name.industries[0] if name.industries else ""
    is_short = len(brand) <= PART and has_chinese(brand)
    for where in {place or name.province_hint, SILENT}:
        yield sound_key("sound_region", brand, where), not (is_short and trade)
    if is_short or not place:
        for what in {trade, SILENT}:
            yield sound_key("sound_trade", brand, what), not place
    # a rare brand may have moved; others of that name elsewhere are other firms
    yield Key("brand", brand), not place or (len(brand) >= RARE and has_chinese(brand))
    if len(brand) == SHORTEST_NEAR - 1 and has_chinese(brand):
        yield Key("near", brand), True  # a longer brand of which a character was lost
    for key in house_keys(name):
        yield key, True
    for reading in other_readings(name):
        for where in {place or name.province_hint, SILENT}:
            yield sound_key("sound_region", reading, where), True
    yield from _of_parts(name, place)


def _of_parts(name: CompanyName, place: str) -> Iterator[tuple[Key, bool]]:
    """Longer brands that hold this one, and shorter ones held by it."""
    brand = name.brand
    if is_complete(name):
        for part in parts_of(brand):
            yield short_key(part, is_whole=part != brand), True
        return
    for part in parts_of(brand):
        yield Key("part", part), True
        if len(part) == PART < len(brand):
            yield from _as_short_form(part, place)


def is_complete(name: CompanyName) -> bool:
    """Nothing was left out: only a name that lacks something can be another spelling of it."""
    is_usual = has_chinese(name.brand) and len(name.brand) <= LONGEST_NEAR
    return is_usual and not is_loose(name) and not may_hide_trade(name)


def _as_short_form(part: str, place: str) -> Iterator[tuple[Key, bool]]:
    yield Key("brand", part), not place
    if place:
        for where in (place, SILENT):
            yield sound_key("sound_region", part, where), False

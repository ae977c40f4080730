"""Blocking keys: what two records must share before they are worth comparing.

Precise keys of a name: `name` (the whole without legal form), `brand`, `sound_region` and
`sound_trade` (the brand's reading with its province, with its trade; with "" when the name tells
none, so that who asks for 上海 need not read the firms of other places). Loose ones find a brand
written wrongly or in part: `near` (one character left out, or more at an end) and `part` (its
first or last two). `short` are the parts of names that may be short forms themselves, or hide a
trade in the brand: who asks with a whole name need not read all firms whose brand is longer.
The names of a well-known firm in two languages share `firm`; other Latin ones are also filed as the
Chinese brand is read that they may stand for (`other_readings`).
A record is looked up with more keys than it is filed under (`seeking`), so that a short form
finds the full one and the other way round, and the index stays small.

Whoever changes which keys a record has raises `KEYS_VERSION`: each organisation's index is then
brought up to date in the background.
"""

from collections.abc import Iterable, Iterator

from leads.identity.aliases import firm_labels
from leads.identity.companies import parse_company_name
from leads.identity.contacts import mailbox_of, organisation_code
from leads.identity.lexicon import TRADES
from leads.identity.numbered_houses import house_of
from leads.identity.other_readings import other_readings
from leads.identity.profiles import Profile, profile_of
from leads.identity.short_forms import may_be_short
from leads.identity.sounds import sound_of
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName, Identity, Key, KeyKind

KEYS_VERSION = 14
SILENT = ""  # in place of a province or trade that a name does not tell
NATIONWIDE = "中国"  # agrees with every place, like silence
PART = 2  # characters of a brand that say something by themselves
SHORTEST_NEAR, LONGEST_NEAR = 4, 8  # brands in which one wrong character is forgiven
LATIN_PART = 4  # letters at either end of a Latin word, enough from eight letters on
LATIN_NEAR = (6, 7)


def match_keys(record: Identity) -> set[Key]:
    """All blocking keys of a record: exact ones (phone, credit code…) and those of its names."""
    return profile_keys(profile_of(record))


def profile_keys(profile: Profile, sure: Iterable[Key] | None = None) -> set[Key]:
    """The keys of a record that is normalised already; whoever has its sure ones may give them."""
    keys = set(sure_keys(profile) if sure is None else sure)
    for name in profile.names:
        keys.update(_brand_keys(name))
        keys.update(_part_keys(name))
    return keys


def sure_keys(profile: Profile) -> Iterator[Key]:
    """Those of which one in common is reason enough to read the other record."""
    yield from exact_keys(profile)
    for name in profile.names:
        yield from _whole_keys(name)
        yield from _near_keys(name)


def name_keys(name: str) -> tuple[Key, ...]:
    """Precise keys of one company name, the whole one first."""
    parsed = parse_company_name(name)
    return (*_whole_keys(parsed), *_brand_keys(parsed))


def exact_keys(profile: Profile) -> Iterator[Key]:
    for phone in profile.phones:
        yield Key("phone", phone)
    for email in profile.emails:
        yield Key("email", mailbox_of(email))
    for domain in profile.domains:
        yield Key("domain", domain)
    if profile.credit_code:
        for code in {profile.credit_code, organisation_code(profile.credit_code)} - {""}:
            yield Key("credit", code)
    if profile.wechat:
        yield Key("wechat", profile.wechat)


def _whole_keys(name: CompanyName) -> Iterator[Key]:
    if name.brand:
        yield Key("name", name.canonical)
        for label in firm_labels(name):
            yield Key("firm", label)


def _brand_keys(name: CompanyName) -> Iterator[Key]:
    if name.is_generic or not name.brand:
        return
    yield Key("brand", name.brand)
    for place in places_of(name):
        yield sound_key("sound_region", name.brand, place)
    for trade in trades_of(name):
        yield sound_key("sound_trade", name.brand, trade)
    for reading in other_readings(name):
        for place in places_of(name):
            yield sound_key("sound_region", reading, place)
        yield sound_key("sound_trade", reading, SILENT)
    yield from house_keys(name)


def house_keys(name: CompanyName) -> Iterator[Key]:
    """Which hospital or school of its place it is by number; one in common is enough to look."""
    if house := house_of(name):
        yield sound_key("sound_region", *house)


def sound_key(kind: KeyKind, brand: str, rest: str) -> Key:
    """How a brand is read, together with a province or a trade."""
    return Key(kind, f"{sound_of(brand)}|{rest}")


def places_of(name: CompanyName) -> tuple[str, ...]:
    if name.province and name.province != NATIONWIDE:
        return (name.province,)
    return (SILENT, name.province_hint) if name.province_hint else (SILENT,)


def trades_of(name: CompanyName) -> tuple[str, ...]:
    """Trades of two languages are not compared: a Latin one is as good as none."""
    if not name.industries:
        return (SILENT,)
    return name.industries[:1] if has_chinese(name.brand) else (name.industries[0], SILENT)


def _part_keys(name: CompanyName) -> Iterator[Key]:
    brand = name.brand
    if name.is_generic:
        return
    is_longer = len(brand) > PART
    is_part = has_chinese(brand) and (may_be_short(name) or may_hide_trade(name))
    for part in parts_of(brand) if is_longer or is_part else ():
        if is_longer:
            yield Key("part", part)
        if is_part:
            yield short_key(part, is_whole=not is_longer)


def _near_keys(name: CompanyName) -> Iterator[Key]:
    brand = name.brand
    if name.is_generic or len(brand) <= PART:
        return
    if may_have_a_slip(brand):
        for near in without_one(brand):
            yield Key("near", near)
    if has_chinese(brand):
        for end in _long_ends(brand):
            yield Key("near", end)


def short_key(part: str, *, is_whole: bool) -> Key:
    """A brand of two characters, or two of a longer one: who asks knows which of them it seeks."""
    return Key("short", part if is_whole else f"{part}|…")


def may_hide_trade(name: CompanyName) -> bool:
    """华信科木: no trade that is known as one, so that it may be taken for the brand's end."""
    if name.industries:
        return not TRADES.issuperset(name.industries)
    return len(name.brand) > PART


def may_have_a_slip(brand: str) -> bool:
    if has_chinese(brand):
        return SHORTEST_NEAR <= len(brand) <= LONGEST_NEAR
    return len(brand) in LATIN_NEAR


def parts_of(brand: str) -> set[str]:
    """How a brand begins and ends; of a Latin one, how each word does."""
    if has_chinese(brand):
        return {brand[:PART], brand[-PART:]} if len(brand) >= PART else set()
    words = [word for word in brand.split() if len(word) >= LATIN_PART]
    return {end for word in words for end in (word[:LATIN_PART], word[-LATIN_PART:])}


def _long_ends(brand: str) -> Iterator[str]:
    """Three characters or more at either end, at least two less than all: a brand held by it."""
    for size in range(PART + 1, min(LONGEST_NEAR, len(brand) - PART) + 1):
        yield brand[:size]
        yield brand[-size:]


def without_one(brand: str) -> Iterable[str]:
    """The brand and what is left of it without each character: one slip leaves one in common."""
    return {brand, *(brand[:at] + brand[at + 1 :] for at in range(len(brand)))}

"""Blocking keys: what two records must share before they are worth comparing.

Precise keys of a name: `name` (the whole without legal form), `brand`, `sound_region` and
`sound_trade` (the brand's reading with its province, with its trade). Loose ones find a brand
written wrongly or in part: `near` (one character left out) and `part` (its first or last two).
A record is looked up with more keys than it is filed under (`lookup_keys`), so that a short form
finds the full one and the other way round, and the index stays small.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from leads.identity.companies import parse_company_name
from leads.identity.profiles import Profile, profile_of
from leads.identity.readings import load_readings
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName, Identity, Key

PART = 2  # characters of a brand that say something by themselves
SHORTEST_NEAR, LONGEST_NEAR = 4, 8  # brands in which one wrong character is forgiven
LATIN_PART = 4  # letters at either end of a Latin word, enough from eight letters on
LATIN_NEAR = (6, 7)


def match_keys(record: Identity) -> set[Key]:
    """All blocking keys of a record: exact ones (phone, credit code…) and those of its names."""
    return profile_keys(profile_of(record))


def profile_keys(profile: Profile) -> set[Key]:
    """The keys of a record that is normalised already."""
    keys = set(_exact_keys(profile))
    for name in profile.names:
        keys.update(_precise_keys(name))
        keys.update(_loose_keys(name))
    return keys


def batch_hashes(profile: Profile) -> tuple[list[int], list[int]]:
    """Strong and weak keys by which records of one batch are compared, as numbers.

    Parts of brands are left out, they would pair too many. The numbers hold in this process only:
    `hash64` costs ten times as much.
    """
    strong = [hash(("phone", phone)) for phone in profile.phones]
    weak: list[int] = []
    if profile.emails or profile.domains or profile.credit_code or profile.wechat:
        for key in _exact_keys(profile):
            (strong if key.is_strong else weak).append(hash(key))
    for name in profile.names:
        brand = name.brand
        if not brand:
            continue
        strong.append(hash(("name", name.canonical)))
        if name.is_generic:
            continue
        weak.append(hash(("brand", brand)))
        sound = _sound(brand)
        if province := name.province or name.province_hint:
            weak.append(hash(("sound_region", sound, province)))
        if name.industries:
            weak.append(hash(("sound_trade", sound, name.industries[0])))
        if len(brand) >= SHORTEST_NEAR and _may_have_a_slip(brand):
            weak += [hash(("near", near)) for near in _without_one(brand)]
    return strong, weak


def lookup_keys(profile: Profile) -> set[Key]:
    """The keys under which others like this record may be filed: its own and its brand's parts."""
    keys = profile_keys(profile)
    for name in profile.names:
        if name.brand and not name.is_generic:
            parts = _parts(name.brand)
            keys.update(Key("brand", part) for part in parts if len(part) == PART)
            keys.update(Key("part", part) for part in parts)
    return keys


def name_keys(name: str) -> tuple[Key, ...]:
    """Precise keys of one company name, the whole one first."""
    return tuple(_precise_keys(parse_company_name(name)))


def _exact_keys(profile: Profile) -> Iterator[Key]:
    for phone in profile.phones:
        yield Key("phone", phone)
    for email in profile.emails:
        yield Key("email", email)
    for domain in profile.domains:
        yield Key("domain", domain)
    if profile.credit_code:
        yield Key("credit", profile.credit_code)
    if profile.wechat:
        yield Key("wechat", profile.wechat)


def _precise_keys(name: CompanyName) -> Iterator[Key]:
    if not name.brand:
        return
    yield Key("name", name.canonical)
    if name.is_generic:
        return
    yield Key("brand", name.brand)
    sound = _sound(name.brand)
    if province := name.province or name.province_hint:
        yield Key("sound_region", f"{sound}|{province}")
    if name.industries:
        yield Key("sound_trade", f"{sound}|{name.industries[0]}")


def _loose_keys(name: CompanyName) -> Iterator[Key]:
    brand = name.brand
    if name.is_generic or len(brand) <= PART:
        return
    for part in _parts(brand):
        yield Key("part", part)
    if _may_have_a_slip(brand):
        for near in _without_one(brand):
            yield Key("near", near)


def _may_have_a_slip(brand: str) -> bool:
    if has_chinese(brand):
        return SHORTEST_NEAR <= len(brand) <= LONGEST_NEAR
    return len(brand) in LATIN_NEAR


def _parts(brand: str) -> set[str]:
    """How a brand begins and ends; of a Latin one, how each word does."""
    if has_chinese(brand):
        return {brand[:PART], brand[-PART:]} if len(brand) >= PART else set()
    words = [word for word in brand.split() if len(word) >= LATIN_PART]
    return {end for word in words for end in (word[:LATIN_PART], word[-LATIN_PART:])}


def _without_one(brand: str) -> Iterable[str]:
    """The brand and what is left of it without each character: one slip leaves one in common."""
    return {brand, *(brand[:at] + brand[at + 1 :] for at in range(len(brand)))}


@lru_cache(maxsize=65536)
def _sound(brand: str) -> str:
    return "".join(map(_reading, brand))


@cache
def _reading(character: str) -> str:
    """The usual toneless reading of a Chinese character; others stand for themselves."""
    load_readings()
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 20 MB of readings, loaded on first use

    return str(lazy_pinyin(character)[0]) if has_chinese(character) else character

"""Are two brands (字号) one? Letter by letter, by ear, by eye, by alias, by what is left out."""

import re
from string import ascii_lowercase
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from leads.identity.aliases import alias_strength
from leads.identity.characters import (
    differ_in_number,
    halves_of,
    look_alike,
    plain_numerals,
    sound_near,
)
from leads.identity.latin_names import as_seen, compare_latin, is_word
from leads.identity.lexicon import SUCCEEDED, TRADES
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.romanisations import spellings
from leads.identity.short_forms import attached_last, is_subsequence, short_form_strength
from leads.identity.sites import SHOP
from leads.identity.text import has_chinese, pinyin_key, sounds_alike
from leads.identity.translations import translates, without_places_of
from leads.identity.types import CompanyName

_IN_BRACKETS = re.compile(r".\(([^()]{2,})\)")
_ENOUGH = 4  # characters of a Chinese brand from which one slip leaves it recognisable
_MUCH = 5
_TELLING = 2
_ATTACHED, _ATTACHED_ALIKE = "附属", 0.97
_CONTRARY = frozenset("东西南北中上下前后左右内外大小新老")
_SITES = frozenset("城府苑园院湾庭郡里邸居轩阁台岛港谷山河湖江海村镇街路")
_LETTER = "z"
_PART_OF_NAME = 0.75  # what one word of a longer Latin brand says is less
_SPELT = 5  # letters from which a spelling of Taiwan or Hong Kong is no chance


class BrandMatch(NamedTuple):
    """How much the brands agree, why, and whether the whole names were weighed already."""

    score: float
    reason: Reason
    is_whole: bool = False


def compare_brands(left: CompanyName, right: CompanyName) -> BrandMatch:
    """What two brands that may be one say; equal ones first, costly looks last."""
    a, b = left.brand, right.brand
    if a == b or plain_numerals(a) == plain_numerals(b):
        equal = ReasonCode.BRAND_GENERIC if left.is_generic else ReasonCode.BRAND_EQUAL
        return BrandMatch(1.0, Reason(equal, {"brand": a}))
    pair = {"left": a, "right": b}
    is_chinese = has_chinese(a)
    if is_chinese != has_chinese(b):
        return _other_script(left, right, pair)
    score, code, is_whole = _chinese(left, right) if is_chinese else _latin(left, right)
    if code is None and (known := alias_strength(left, right)):
        return BrandMatch(0.95 * known, Reason(ReasonCode.ALIAS_KNOWN, pair), known == 1.0)
    if code is None:
        return BrandMatch(ratio(a, b) / 200, Reason(ReasonCode.BRAND_DIFFERENT, pair))
    return BrandMatch(score, Reason(code, pair), is_whole)


Likeness = tuple[float, ReasonCode | None, bool]
_UNLIKE: Likeness = (0.0, None, False)


def _latin(left: CompanyName, right: CompanyName) -> Likeness:
    score = compare_latin(left.brand, right.brand)
    if score and score < _PART_OF_NAME and _tells_trade(left, right) != _tells_trade(right, left):
        return _UNLIKE  # Lumenta Foods, Lumenta Optics: what the other adds is its trade
    if score:
        return score, ReasonCode.BRAND_NEARLY_EQUAL, False
    if left.text.replace(" ", "") == right.text.replace(" ", ""):
        return 0.97, ReasonCode.BRAND_NEARLY_EQUAL, True  # PT.Cahaya, PT Cahaya
    a, b = left.brand.split() + [*left.industries], right.brand.split() + [*right.industries]
    if len(a) == len(b) > 1 and sorted(a) == sorted(b):
        return 0.86, ReasonCode.BRAND_NEARLY_EQUAL, True  # Foods Harlow Ltd
    return _UNLIKE


def _tells_trade(name: CompanyName, other: CompanyName) -> bool:
    """Whether the shorter brand of two is followed by a trade that the longer one lacks."""
    if len(name.brand) >= len(other.brand) or not name.industry or other.industry:
        return False
    more = other.brand.split()[1:]
    return not any(is_word(word, trade) for word in more for trade in name.industries)


def _chinese(left: CompanyName, right: CompanyName) -> Likeness:
    a, b = left.brand, right.brand
    if differ_in_number(a, b):
        return 0.3, ReasonCode.NUMBER_DIFFERENT, False
    if not (left.is_generic or right.is_generic):
        if _ATTACHED in a and _ATTACHED in b and _attached_to(a) == _attached_to(b):
            return _ATTACHED_ALIKE, ReasonCode.BRAND_NEARLY_EQUAL, False
        if len(a) == len(b):
            score, code = _same_length(a, b)
        elif _begins_with_place(left, right) or _begins_with_place(right, left):
            score, code = 0.95, ReasonCode.BRAND_CONTAINED
        else:
            score, code = _other_length(a, b)
        if code:
            return score, code, False
        if _is_slip_in_trade(left, right):
            return 0.85, ReasonCode.BRAND_NEARLY_EQUAL, True
        if _has_lost_one(left, right):
            return 0.7, ReasonCode.BRAND_NEARLY_EQUAL, True
    if score := short_form_strength(left, right):
        return score, ReasonCode.BRAND_CONTAINED, True
    if left.form_kind == right.form_kind == "institution" and _succeeds(left, right):
        return 0.8, ReasonCode.BRAND_NEARLY_EQUAL, True
    if _is_bracket_moved(left, right) or _is_bracket_moved(right, left):
        return 0.86, ReasonCode.BRAND_NEARLY_EQUAL, True
    if _is_split(a, b) or _is_shop_run_together(left, right):
        return 0.95, ReasonCode.BRAND_NEARLY_EQUAL, True
    if not (a.isalpha() and b.isalpha()) and as_seen(a) == as_seen(b):
        return 0.78, ReasonCode.BRAND_LOOKS_ALIKE, False  # O2O, 020
    return _UNLIKE


def _is_split(a: str, b: str) -> bool:
    """木寸田, 村田: a scan makes two characters of one."""
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(full) - len(short) != 1 or len(short) < _TELLING:
        return False
    at = next((at for at, one in enumerate(short) if one != full[at]), 0)
    is_else_equal = short[:at] == full[:at] and short[at + 1 :] == full[at + 2 :]
    return is_else_equal and full[at : at + 2] in halves_of(short[at])


def _succeeds(left: CompanyName, right: CompanyName) -> bool:
    """环境保护局, 生态环境局: the office of today does the work of an earlier one."""
    if not left.place or left.place != right.place:
        return False
    one, other = (name.brand + name.industry + name.legal_form for name in (left, right))
    return other in SUCCEEDED.get(one, ()) or one in SUCCEEDED.get(other, ())


def _is_bracket_moved(name: CompanyName, other: CompanyName) -> bool:
    """星辉（新加坡）, 新加坡星辉: what stands in brackets may stand before."""
    found = _IN_BRACKETS.search(name.text)
    if not found or found[1] not in name.brand or "(" in other.text:
        return False
    moved = found[1] + name.brand.replace(found[1], "", 1)
    return moved == other.brand and name.industry == other.industry


def _attached_to(brand: str) -> str:
    """湘江大学医学院附属第一, 湘江大学第一附属: the school between them goes often unsaid."""
    return attached_last(brand).replace("大学医学院附属", "大学附属")


def _is_shop_run_together(left: CompanyName, right: CompanyName) -> bool:
    """肯德基（人民路店）, 肯德基人民路店."""
    site, other = (left, right) if left.branch else (right, left)
    if other.branch or not site.branch.endswith(SHOP) or other.legal_form != SHOP:
        return False
    a, b = site.brand + site.industry + site.branch[:-1], other.brand + other.industry
    return a == b or _without_letters(a) == _without_letters(b)


def _same_length(a: str, b: str) -> tuple[float, ReasonCode | None]:
    """华信, 华鑫 by ear; 未来, 末来 by eye; 东方盛虹, 东盛方虹 by hand."""
    places = [place for place in range(len(a)) if a[place] != b[place]]
    if len(places) > 2 and len(places) == len(a):
        return (0.8, ReasonCode.BRAND_SOUNDS_ALIKE) if sounds_alike(a, b) else (0.0, None)
    if sounds_alike(a, b):
        return 0.8, ReasonCode.BRAND_SOUNDS_ALIKE
    if len(places) == 1:
        return _one_differs(a, b, places[0])
    first, last = places[0], places[-1]
    if len(places) == 2 and len(a) > 2 and a[first] == b[last] and a[last] == b[first]:
        return 0.8, ReasonCode.BRAND_NEARLY_EQUAL
    if len(places) * 2 <= len(a) and all(_alike(a[place], b[place]) for place in places):
        return 0.74, ReasonCode.BRAND_SOUNDS_ALIKE
    return 0.0, None


def _one_differs(a: str, b: str, place: int) -> tuple[float, ReasonCode | None]:
    one, other = a[place], b[place]
    if one in _CONTRARY and other in _CONTRARY:
        return 0.0, None  # 东街社区, 西街社区
    if look_alike(one, other):
        return 0.78, ReasonCode.BRAND_LOOKS_ALIKE
    if sound_near(one, other):
        return 0.76, ReasonCode.BRAND_SOUNDS_ALIKE
    if one in _SITES and other in _SITES:
        return 0.0, None  # 万悦城, 万悦府
    is_slip = (
        len(a) >= _MUCH and place >= _TELLING and "附属" not in a
    )  # firms tell themselves apart at the start
    return (0.78, ReasonCode.BRAND_NEARLY_EQUAL) if is_slip else (0.0, None)


def _alike(one: str, other: str) -> bool:
    return look_alike(one, other) or sound_near(one, other)


def _begins_with_place(longer: CompanyName, name: CompanyName) -> bool:
    """金寨|大别山, 金寨大别山: an ordinary word, too; 昆山玉山|李记: a town."""
    place = longer.brand.removesuffix(name.brand)
    if not place or place == longer.brand or len(name.brand) <= 1:
        return False
    if longer.place and not (longer.place == name.place != name.region):
        return False
    return name.region.endswith(place)


def _other_length(a: str, b: str) -> tuple[float, ReasonCode | None]:
    """A character left out in the middle, or a long brand inside a longer one."""
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if has_chinese(short) and _without_letters(full) == short:
        return 0.8, ReasonCode.BRAND_CONTAINED
    if len(short) >= _ENOUGH and (full.startswith(short) or full.endswith(short)):
        return 0.8, ReasonCode.BRAND_CONTAINED
    if len(full) - len(short) == 1 and len(full) >= _ENOUGH and short[0] == full[0]:
        place = next(i for i in range(len(full)) if full[i : i + 1] != short[i : i + 1])
        if place < len(full) - 1 and full[place + 1 :] == short[place:]:
            return 0.8, ReasonCode.BRAND_NEARLY_EQUAL
    return 0.0, None


def _without_letters(brand: str) -> str:
    """UNI优耐: what the brand is called in letters stands beside it."""
    return brand if brand[0] > _LETTER and brand[-1] > _LETTER else brand.strip(ascii_lowercase)


def _is_slip_in_trade(left: CompanyName, right: CompanyName) -> bool:
    """华信科木: the slip hides the trade, so that it seems part of the brand."""
    a, b = left.brand + left.industry, right.brand + right.industry
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < _ENOUGH or a[:2] != b[:2]:
        return False
    if len(a) == len(b) and _is_misread(a, b):
        return True  # 澄泓|环保科技, 澄泓坏保|科技
    if (
        left.industries
        and right.industries
        and TRADES.issuperset(left.industries + right.industries)
    ):
        return False
    if min(len(left.brand), len(right.brand)) >= len(a):
        return False
    if len(a) == len(b):
        return sum(one != other for one, other in zip(a, b, strict=True)) == 1
    short, full = (a, b) if len(a) < len(b) else (b, a)
    return len(short) > _MUCH and is_subsequence(short, full)


def _is_misread(a: str, b: str) -> bool:
    """Whether one character looks like another, and no word of a trade was meant by it."""
    differing = [(one, other) for one, other in zip(a, b, strict=True) if one != other]
    return len(differing) == 1 and look_alike(*differing[0])


def _has_lost_one(left: CompanyName, right: CompanyName) -> bool:
    """上海|华|科技 of 上海|华信|科技: no brand is registered that has one character."""
    longer = len(left.brand + left.industry) - len(right.brand + right.industry)
    if longer not in (1, -1):
        return False
    name, whole = (right, left) if longer > 0 else (left, right)
    a, b = name.brand + name.industry, whole.brand + whole.industry
    if len(whole.brand) != _TELLING or len(b) < _ENOUGH or not name.place:
        return False
    return a in (b[:1] + b[2:], b[1:]) and name.place == whole.place


def _other_script(left: CompanyName, right: CompanyName, pair: dict[str, str]) -> BrandMatch:
    """华为 and Huawei: a known alias, or one is the other in pinyin."""
    if known := alias_strength(left, right, is_script_other=True):
        return BrandMatch(0.95 * known, Reason(ReasonCode.ALIAS_KNOWN, pair), known == 1.0)
    chinese, latin = (left, right) if has_chinese(left.brand) else (right, left)
    latin = without_places_of(latin, chinese)
    if _is_pinyin_of(chinese, latin):
        return BrandMatch(0.8, Reason(ReasonCode.BRAND_IN_PINYIN, pair))
    if said := translates(chinese, latin):
        return BrandMatch(said, Reason(ReasonCode.BRAND_TRANSLATED, pair), is_whole=True)
    return BrandMatch(0.0, Reason(ReasonCode.SCRIPT_DIFFERENT, pair))


def _is_pinyin_of(chinese: CompanyName, latin: CompanyName) -> bool:
    if len(chinese.brand) < 2 or chinese.is_generic:
        return False
    words = latin.brand.split()
    joined = "".join(words)
    sound = pinyin_key(chinese.brand)
    if joined.startswith(sound[0]):
        whole = pinyin_key(chinese.brand + chinese.industry)
        if joined == whole or sound in _starts(words):
            return True
    ways = spellings(chinese.brand)
    return len(ways) > 1 and not _starts(words).isdisjoint(
        way for way in ways if len(way) >= _SPELT
    )


def _starts(words: list[str]) -> set[str]:
    """The first words run together, one, two and so on."""
    return {"".join(words[:count]) for count in range(1, len(words) + 1)}

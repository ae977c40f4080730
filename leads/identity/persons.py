"""Are two people's names one? 王伟, Wang Wei and Wei Wang are; 王伟 and 王炜 may be."""

import re
from functools import lru_cache
from itertools import product
from typing import Literal

from rapidfuzz.distance import OSA

from leads.identity.characters import sound_near
from leads.identity.latin_persons import compare_latin_persons, is_pinyin
from leads.identity.romanisations import spellings
from leads.identity.text import has_chinese
from leads.identity.words import table, words

Likeness = Literal["equal", "near", "pinyin", "alike", "given", "open", "different"]

COMPOUND_SURNAMES = words("persons", "compound_surnames")
_TITLES = tuple(sorted(words("persons", "titles"), key=len, reverse=True))
_SURNAME_READINGS = table("persons", "surname_readings")
_FAMILIAR = frozenset("小老阿大")  # before a surname: 小王, 老李
_GENDERS = {"先生": "m", "女士": "f", "小姐": "f", "太太": "f"}
_SURNAMES = words("persons", "surnames")
_AHEAD = re.compile(  # 采购经理陈立群
    r"^(?:[\u4e00-\u9fff]{0,4}(?:总经理|副总经理|经理|总监|主管|主任|董事长|处长|科长|部长|工程师|会计)"
    rf"|[院校厂行局所站]长)(?=[{''.join(sorted(_SURNAMES))}][\u4e00-\u9fff]{{1,2}}$)"
)
_MARRIED = 4  # characters of a name with two family names
_LONG_SPELT, _SLIPS = 8, 2  # characters of a name written by ear, and how many may differ
_LONG_NAME = 5  # characters: 阿卜杜拉·买买提, of which the first name alone is told too
_FIRST_NAME = 3
_LONGEST_GIVEN = 4  # characters: what is longer is no Chinese given name
_WHOLE = 2


@lru_cache(maxsize=16384)
def compare_persons(left: str, right: str) -> Likeness:
    """How alike two normalised names are; "open" when one gives too little to say."""
    if left == right:
        return "equal"
    if has_chinese(left) and has_chinese(right):
        return _chinese(left, right)
    if has_chinese(left):
        return _mixed(left, right)
    if has_chinese(right):
        return _mixed(right, left)
    return compare_latin_persons(left, right)


def tells_much(name: str) -> bool:
    """Whether hardly two people have this name: neither 王伟 nor Wang Wei nor a surname alone."""
    if has_chinese(name):
        return len(split_chinese(name)[1]) > 1 and len(name) > _WHOLE
    return len(name.split()) > 1 and not is_pinyin(name)


def split_chinese(name: str) -> tuple[str, str]:
    """Surname and given name; the given name is empty for 王总."""
    for title in _TITLES:
        if name.endswith(title) and len(name) > len(title):
            name = name[: -len(title)]
            break
    if len(name) == _WHOLE and name[0] in _FAMILIAR:
        return name[1], ""
    if len(name) > _LONGEST_GIVEN and (found := _AHEAD.match(name)):
        name = name[found.end() :]
    size = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 1 else 1
    return name[:size], name[size:]


def _chinese(left: str, right: str) -> Likeness:
    (surname, given), (other_surname, other_given) = split_chinese(left), split_chinese(right)
    if _GENDERS.get(left[-2:], "") + _GENDERS.get(right[-2:], "") in ("mf", "fm"):
        return "different"
    if surname == other_surname and given == other_given:
        return "equal" if given else "open"
    if not given or not other_given:
        return "open" if surname == other_surname else "different"
    a, b = surname + given, other_surname + other_given
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(full) == _MARRIED and full[1:] == short and _SURNAMES.issuperset(full[:_WHOLE]):
        return "alike"  # 范徐丽泰: her husband's name before her own
    if len(short) >= _LONG_SPELT and OSA.distance(a, b, score_cutoff=_SLIPS) <= _SLIPS:
        return "alike"  # 古丽娜扎尔·拜合提亚尔, 古力娜扎·拜合提亚尔
    if len(full) >= _LONG_NAME and len(short) >= _FIRST_NAME and full.startswith(short):
        return "alike"
    if len(a) == len(b) and all(x == y or sound_near(x, y) for x, y in zip(a, b, strict=True)):
        return "alike"
    return "different"


def _mixed(chinese: str, latin: str) -> Likeness:
    """王伟 and wang wei, wei wang, wangwei, w wang; compound surnames; a surname's own reading."""
    surname, given = split_chinese(chinese)
    if len(given) > _LONGEST_GIVEN:
        return "different"
    parts = latin.split()
    ways = {"".join(some) for some in _with_and_without_first_name(parts)}
    is_open = False
    for family, first in product(_surname_spellings(surname), spellings(given)):
        if not ways.isdisjoint((family + first, first + family)):
            return "pinyin" if first else "open"
        is_open = is_open or parts == [family]
        if family in parts and len(parts) > 1 and first:
            others = [part for part in parts if part != family]
            if all(len(part) == 1 for part in others) and first[0] == others[0][0]:
                return "alike"
            is_open = is_open or not any(map(is_pinyin, others))
    return "open" if is_open else "different"  # 刘强东, Richard Liu


def chinese_spellings(name: str) -> list[tuple[str, ...]]:
    """Surname and given name in letters, in every way."""
    surname, given = split_chinese(name)
    if not given or len(given) > _LONGEST_GIVEN:
        return []
    return list(product(_surname_spellings(surname), spellings(given)))


def _with_and_without_first_name(parts: list[str]) -> list[list[str]]:
    """Andy Lau Tak Wah, Leung Chiu Wai Tony: an English first name beside the Chinese one."""
    return [parts, parts[1:], parts[:-1]] if len(parts) > _WHOLE else [parts]


def _surname_spellings(surname: str) -> tuple[str, ...]:
    return (*_SURNAME_READINGS.get(surname, ()), *spellings(surname))

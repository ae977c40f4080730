"""Are two people's names one? 王伟, Wang Wei and Wei Wang are; 王伟 and 王炜 may be."""

import re
from functools import lru_cache
from itertools import product
from typing import Literal

from rapidfuzz.distance import OSA, JaroWinkler

from leads.identity.characters import sound_near
from leads.identity.text import has_chinese, readings
from leads.identity.words import table, words

Likeness = Literal["equal", "pinyin", "alike", "open", "different"]

COMPOUND_SURNAMES = words("persons", "compound_surnames")
_TITLES = tuple(sorted(words("persons", "titles"), key=len, reverse=True))
_SURNAME_READINGS = table("persons", "surname_readings")
_SYLLABLE = re.compile(r"(?:[zcs]h|[b-df-hj-np-tw-z])?[aeiouv]{1,3}(?:ng|n|r)?")  # zhang
_CLOSE, _FAIRLY = 0.9, 0.8
_LONG = 6  # letters of a name that stand two slips
_CUT_SHORT = 3  # letters from which a beginning stands for the name: Rob, Robert


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
    return _latin(left.split(), right.split())


def split_chinese(name: str) -> tuple[str, str]:
    """Surname and given name; the given name is empty for 王总."""
    for title in _TITLES:
        if name.endswith(title) and len(name) > len(title):
            name = name[: -len(title)]
            break
    size = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 1 else 1
    return name[:size], name[size:]


def _chinese(left: str, right: str) -> Likeness:
    (surname, given), (other_surname, other_given) = split_chinese(left), split_chinese(right)
    if surname == other_surname and given == other_given:
        return "equal" if given else "open"
    if not given or not other_given:
        return "open" if surname == other_surname else "different"
    a, b = surname + given, other_surname + other_given
    if len(a) == len(b) and all(x == y or sound_near(x, y) for x, y in zip(a, b, strict=True)):
        return "alike"
    return "different"


def _mixed(chinese: str, latin: str) -> Likeness:
    """王伟 and wang wei, wei wang, wangwei, w wang; compound surnames; a surname's own reading."""
    surname, given = split_chinese(chinese)
    parts = latin.split()
    joined = "".join(parts)
    for family, first in product(_surname_spellings(surname), _spellings(given)):
        if joined in (family + first, first + family):
            return "pinyin" if first else "open"
        if family in parts and len(parts) > 1 and first:
            others = [part for part in parts if part != family]
            if all(len(part) == 1 for part in others) and first[0] == others[0][0]:
                return "alike"
    return "different"


def _surname_spellings(surname: str) -> tuple[str, ...]:
    return _SURNAME_READINGS.get(surname) or _spellings(surname)


@lru_cache(maxsize=4096)
def _spellings(text: str) -> tuple[str, ...]:
    sounds = (sorted(readings(character)) for character in text)
    return tuple("".join(way).replace("ü", "v") for way in product(*sounds))


def _latin(left: list[str], right: list[str]) -> Likeness:
    few, many = sorted((left, right), key=lambda words: (len(words), words))
    if not few:
        return "different"
    if sorted(few) == sorted(many) or "".join(few) == "".join(many):
        return "equal"
    if not _has_partner(few, many):
        return "different"
    says_little = len(few) == 1 and (len(few[0]) <= _CUT_SHORT or _SYLLABLE.fullmatch(few[0]))
    return "open" if says_little else "alike"


def _has_partner(few: list[str], many: list[str]) -> bool:
    """Whether every word of the shorter name stands, more or less, in the longer one."""
    left = list(many)
    for word in few:
        partner = next((other for other in left if _is_near(word, other)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def _is_near(a: str, b: str) -> bool:
    short, full = (a, b) if len(a) <= len(b) else (b, a)
    if full.startswith(short) and (len(short) == 1 or len(short) >= _CUT_SHORT):
        return True
    if len(short) > _CUT_SHORT and OSA.distance(a, b, score_cutoff=1) <= 1:
        return True
    similar = JaroWinkler.similarity(a, b)
    if similar >= _CLOSE or (len(a) >= _CUT_SHORT and sorted(a) == sorted(b)):
        return True  # Amy, Aym
    is_long = len(short) >= _LONG and a[0] == b[0] and similar >= _FAIRLY
    return is_long and OSA.distance(a, b, score_cutoff=2) <= 2

"""Characters taken for one another: by ear, by eye, or as another way to write a number."""

import re
from functools import cache

from leads.identity.text import readings
from leads.identity.words import index, table

_NUMERALS = str.maketrans(index("characters", "numerals"))
_ODD_NUMERALS = frozenset(map(chr, _NUMERALS))
_STEMS, _ONES = "甲乙丙丁戊己庚辛", "一二三四五六七八"
_STEM = re.compile(f"[{_STEMS}](?=号)")
_DIGITS = frozenset("零一二三四五六七八九十百0123456789") | _ODD_NUMERALS


def plain_numerals(text: str) -> str:
    """Numbers in one way: 第3, 第叁 and 第三 are one."""
    return text if _ODD_NUMERALS.isdisjoint(text) else text.translate(_NUMERALS)


def differ_in_number(left: str, right: str) -> bool:
    """Whether only numerals differ: 第三, 第五; 一建, 二建; 甲号, 乙号."""
    if "号" in left and "号" in right:
        left, right = _STEM.sub(_in_order, left), _STEM.sub(_in_order, right)
    if _DIGITS.isdisjoint(left) or _DIGITS.isdisjoint(right) or left == right:
        return False
    return _without_numbers(left) == _without_numbers(right)


def _in_order(stem: re.Match[str]) -> str:
    return _ONES[_STEMS.index(stem[0])]


def _without_numbers(text: str) -> str:
    return "".join("#" if character in _DIGITS else character for character in text)


@cache
def _looks() -> dict[str, frozenset[str]]:
    """Character → those that look like it."""
    found: dict[str, set[str]] = {}
    for row in table("characters", "look_alike").values():
        for group in row:
            for character in group:
                found.setdefault(character, set()).update(group)
    return {character: frozenset(others) for character, others in found.items()}


def look_alike(left: str, right: str) -> bool:
    """Whether the eye takes one character for the other: 末, 未."""
    return right in _looks().get(left, ())


def looking_like(character: str) -> frozenset[str]:
    """Those that the eye takes for it."""
    return _looks().get(character, frozenset()) - {character}


@cache
def _halves() -> dict[str, tuple[str, ...]]:
    return table("characters", "halves")


def halves_of(character: str) -> tuple[str, ...]:
    """The two characters that a scan may make of one: 木寸 of 村."""
    return _halves().get(character, ())


@cache
def _sounds_of(character: str) -> frozenset[str]:
    return frozenset(map(_blurred, readings(character)))


def _blurred(reading: str) -> str:
    """A reading as half the country says it: zhang → zan, nan → lan."""
    for plain, (other,) in _BLURS:
        if reading.startswith(other):
            reading = plain + reading[len(other) :]
            break
    return reading.replace("ng", "n")


_BLURS = tuple(table("characters", "sounds").items())


def sound_near(left: str, right: str) -> bool:
    """Whether two characters sound alike to somebody who blurs n and l, an and ang, z and zh."""
    return not _sounds_of(left).isdisjoint(_sounds_of(right))

"""When people were born, and their resident identity numbers: of private people in a file only.

A date is eight digits, 19900102; a text that can be read two ways (02/01/1990) stands for both.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

BirthLikeness = Literal["equal", "alike", "open", "different"]

_EARLIEST, _LATEST = 1880, 2099
_TIME = re.compile(r"[ t]\d{1,2}:\d\d.*$")
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"
    r"|(\d{4})\s*([-/. ])\s*(\d{1,2})\s*\5\s*(\d{1,2})|(\d{4})(\d\d)(\d\d)(?:\.0)?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_IN_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -]*([a-z]{3})[a-z]*"
    r"|([a-z]{3})[a-z]*\.? *(\d{1,2})(?:st|nd|rd|th)?)[ ,.-]*(\d{4})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SERIAL = re.compile(r"(\d{4,5})(?:\.0+)?")  # how a workbook counts days
_DAY_NOUGHT, _FIRST_SERIAL = date(1899, 12, 30), 3_000
_NO_DATES = frozenset({"19000101", "19000102", "19700101"})  # what programs put where none is known
_NEW_YEAR = "0101"  # as often only the year was known
_YEAR = 4
_FAR = 4  # digits that two ways to write one date hardly differ in
_LUNAR = 60  # days that a date of the old calendar may lie before the same one of ours
_GENERATION = 15 * 365  # days between a father and a son of one name, at least
_DOT = "."

_CITIZEN = re.compile(r"\d{17}[\dX]|\d{15}")
_CITIZEN_MARKS = re.compile(r"[\s'\"·.-]|^[^0-9]+")
_OLD_LENGTH = 15
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
_CHECKS = "10X98765432"
_SHOWN = 4


@lru_cache(maxsize=16384)
def birth_dates(text: str) -> frozenset[str]:
    """The days a text may mean; none when it is no date that a person can be born on."""
    plain = _TIME.sub("", unicodedata.normalize("NFKC", text).strip().casefold())
    plain = plain.removesuffix("生").removesuffix("出")
    return frozenset(_readings(plain)) - _NO_DATES


def _readings(text: str) -> Iterator[str]:
    if found := _YEAR_FIRST.fullmatch(text):
        parts = [int(part) for part in found.groups() if part and part.isdigit()]
        yield from _day(*parts)
    elif found := _YEAR_LAST.fullmatch(text):
        one, mark, other, year = found.groups()
        yield from _day(int(year), int(other), int(one))
        if mark != _DOT:
            yield from _day(int(year), int(one), int(other))
    elif found := _IN_WORDS.fullmatch(text):
        month = found[2] or found[3]
        if month in _MONTHS:
            yield from _day(int(found[5]), _MONTHS.index(month) + 1, int(found[1] or found[4]))
    elif (found := _SERIAL.fullmatch(text)) and int(found[1]) >= _FIRST_SERIAL:
        told = _DAY_NOUGHT + timedelta(days=int(found[1]))
        yield from _day(told.year, told.month, told.day)


def _day(year: int, month: int, day: int) -> Iterator[str]:
    if _EARLIEST <= year <= _LATEST:
        try:
            yield date(year, month, day).strftime("%Y%m%d")
        except ValueError:
            return


def compare_births(left: frozenset[str], right: frozenset[str]) -> BirthLikeness:
    """One day; a digit off or day and month exchanged; two days, or too near to say."""
    if both := left & right:
        return "alike" if all(one.endswith(_NEW_YEAR) for one in both) else "equal"
    found = {_likeness(one, other) for one in left for other in right}
    return next((said for said in ("alike", "open") if said in found), "different")


def _likeness(one: str, other: str) -> BirthLikeness:
    year, day = one[:_YEAR], one[_YEAR:]
    if year == other[:_YEAR] and _NEW_YEAR in (day, other[_YEAR:]):
        return "open"
    if year == other[:_YEAR] and day == other[6:] + other[4:6]:
        return "alike"
    differing = OSA.distance(one, other, score_cutoff=_FAR)
    if differing == 1:
        return "alike"
    apart = abs((_date(one) - _date(other)).days)
    is_near = apart <= _LUNAR or (differing < _FAR and apart < _GENERATION)
    return "open" if is_near else "different"


def _date(day: str) -> date:
    return date(int(day[:4]), int(day[4:6]), int(day[6:]))


def shown(days: frozenset[str]) -> str:
    """A date as people read it; of two readings the first."""
    day = min(days)
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


@lru_cache(maxsize=16384)
def citizen_number(text: str) -> str:
    """A resident identity number with 18 characters; empty when it is not a valid one.

    Those of 15 digits, given until 1999, get their century and check digit.
    """
    plain = _CITIZEN_MARKS.sub("", unicodedata.normalize("NFKC", text).upper())
    if not _CITIZEN.fullmatch(plain) or not _PROVINCE.match(plain):
        return ""
    if len(plain) == _OLD_LENGTH:
        plain = f"{plain[:6]}19{plain[6:]}"
        plain += _check(plain)
    is_born = any(_day(int(plain[6:10]), int(plain[10:12]), int(plain[12:14])))
    return plain if is_born and plain[-1] == _check(plain) else ""


def _check(number: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11]


def born_in(number: str) -> frozenset[str]:
    """The birth date that an identity number tells."""
    return frozenset({number[6:14]}) - _NO_DATES


def masked(number: str) -> str:
    """An identity number as a reason may show it: its end only."""
    return f"…{number[-_SHOWN:]}"

"""Mainland China's public holidays and make-up workdays.

From the package chinesecalendar, which follows the General Office of the State Council's yearly
notice on the arrangement of holidays. Years without a notice yet have none.
"""

from dataclasses import dataclass
from datetime import date

from chinese_calendar import get_holiday_detail, holidays, workdays
from django.utils.translation import gettext as _

LAST_YEAR = max(day.year for day in holidays)
MADE_UP = frozenset(workdays)


@dataclass(frozen=True)
class PublicDay:
    """A day that the notice changes: off, or a weekend day worked instead."""

    date: date
    is_off: bool
    name: str


def is_off(day: date) -> bool | None:
    """True on a public holiday, False on a make-up workday, None on every other day."""
    if day in holidays:
        return True
    return False if day in MADE_UP else None


def public_days(year: int) -> list[PublicDay]:
    """What the year's notice says, day by day; empty while there is none."""
    days = sorted(day for day in {*holidays, *MADE_UP} if day.year == year)
    return [PublicDay(day, bool(is_off(day)), holiday_name(day)) for day in days]


def holiday_name(day: date) -> str:
    """The holiday that a day belongs to, in the reader's language."""
    names = {
        "New Year's Day": _("New Year's Day"),
        "Spring Festival": _("Spring Festival"),
        "Tomb-sweeping Day": _("Qingming Festival"),
        "Labour Day": _("Labour Day"),
        "Dragon Boat Festival": _("Dragon Boat Festival"),
        "Mid-autumn Festival": _("Mid-Autumn Festival"),
        "National Day": _("National Day"),
    }
    _off, name = get_holiday_detail(day)
    return names.get(name or "", name or "")

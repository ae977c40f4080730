"""How numbers, money, days and telephones are written, in the reader's language and time zone.

Plain text only; `crm.web.markup` wraps it in HTML. The words here are locale data (what CLDR
would hold), so they live in a table and not in the message catalogue: a list formats thousands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext

EMPTY = "—"
MINUS = "−"
SYMBOLS = {
    "CNY": "¥",
    "USD": "US$",
    "EUR": "€",
    "HKD": "HK$",
    "JPY": "JP¥",
    "GBP": "£",
    "TWD": "NT$",
}
WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS = {
    "zh": ((Decimal(10) ** 8, "亿", 2), (Decimal(10) ** 4, "万", 1)),
    "en": ((Decimal(10) ** 9, "B", 2), (Decimal(10) ** 6, "M", 2), (Decimal(10) ** 3, "K", 1)),
}
# 99,995,000 rounds to ¥1 亿, never to ¥10,000 万.
STEP_FROM = Decimal("0.99995")
UNITS: tuple[tuple[int, str, str, str], ...] = (
    (86_400, "天", "d", "day"),
    (3_600, "小时", "h", "hour"),
    (60, "分钟", "min", "minute"),
)

Amount = Decimal | int


def _signed(value: Amount, write: Callable[[Amount], str]) -> str:
    return f"{MINUS}{write(-value)}" if value < 0 else write(value)


def money(amount: Amount | None, currency: str = "CNY") -> str:
    """The exact amount: ¥1,234,567.00."""
    if amount is None:
        return EMPTY
    symbol = SYMBOLS.get(currency) or f"{currency} "
    return _signed(amount, lambda value: f"{symbol}{value:,.2f}")


def number(value: Amount | float | None, places: int = 0) -> str:
    """A count or quantity with thousands separators."""
    if value is None:
        return EMPTY
    text = f"{abs(value):,.{places}f}"
    return f"{MINUS}{text}" if value < 0 else text


def percent(ratio: Decimal | float | None, places: int = 0) -> str:
    """A share of one: 0.305 is 31% (or 30.5% with one place)."""
    if ratio is None:
        return EMPTY
    unit = Decimal(1).scaleb(-places)
    value = (Decimal(str(ratio)) * 100).quantize(unit, ROUND_HALF_UP)
    return f"{number(value, places)}%"


def phone(value: str | None) -> str:
    """A mainland mobile in groups of 3-4-4; anything else as it was given."""
    if not value:
        return EMPTY
    digits = value.removeprefix("+86").strip()
    if len(digits) == 11 and digits.startswith("1") and digits.replace("*", "0").isdigit():
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return value


def size(count: int | None) -> str:
    """A file size: 3.4 MB."""
    if count is None:
        return EMPTY
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GB"


def listed(words: Iterable[Any]) -> str:
    """Several words in one line, as the reader's language parts them."""
    return pgettext("between names", ", ").join(str(word) for word in words)


@dataclass(frozen=True, slots=True)
class Formats:
    """The reader: language, time zone and the moment the page is made."""

    language: str
    zone: tzinfo
    now: datetime

    @classmethod
    def current(cls) -> "Formats":
        """The reader of the request being answered."""
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        return cls(language, timezone.get_current_timezone(), timezone.now())

    @property
    def is_chinese(self) -> bool:
        return self.language == "zh"

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def short(self, value: Amount | None) -> str:
        """A figure for a tile: 123.5 万 in Chinese, 1.24M in English."""
        if value is None:
            return EMPTY
        return _signed(value, self._short)

    def _short(self, value: Amount) -> str:
        for step, word, places in STEPS[self.language]:
            if value < step * STEP_FROM:
                continue
            shown = (Decimal(value) / step).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            text = f"{shown:,f}".rstrip("0").rstrip(".")
            return f"{text} {word}" if self.is_chinese else f"{text}{word}"
        return f"{value:,.0f}"

    def short_money(self, amount: Amount | None, currency: str = "CNY") -> str:
        """Money for a tile: ¥123.5 万 or ¥1.24M; the exact amount belongs in the title."""
        if amount is None:
            return EMPTY
        symbol = SYMBOLS.get(currency) or f"{currency} "
        return _signed(amount, lambda value: symbol + self._short(value))

    def local(self, moment: datetime) -> datetime:
        """The moment on the reader's clock."""
        return moment.astimezone(self.zone)

    def day(self, value: date | datetime | None) -> str:
        """A date: 11月2日, and with the year when it is not this one."""
        if value is None:
            return EMPTY
        on = self.local(value).date() if isinstance(value, datetime) else value
        this_year = on.year == self.today.year
        if self.is_chinese:
            return f"{on.month}月{on.day}日" if this_year else f"{on.year}年{on.month}月{on.day}日"
        text = f"{on.day} {MONTHS[on.month - 1]}"
        return text if this_year else f"{text} {on.year}"

    def clock(self, moment: datetime) -> str:
        """Hours and minutes: 09:05."""
        return f"{self.local(moment):%H:%M}"

    def moment(self, value: datetime | None) -> str:
        """Date and time: 11月2日 09:05."""
        return EMPTY if value is None else f"{self.day(value)} {self.clock(value)}"

    def instant(self, value: datetime) -> str:
        """The exact instant with its zone, for the title: 2026-11-02 09:05:00 CST (+08:00)."""
        return self.stamps(value)[1]

    def stamps(self, value: datetime) -> tuple[str, str]:
        """An instant for machines and the same for people, on the reader's clock."""
        there = value.astimezone(self.zone)
        iso = there.isoformat(timespec="seconds")
        return iso, f"{iso[:10]} {iso[11:19]} {there.tzname()} ({iso[19:]})"

    def relative(self, value: datetime | date | None) -> str:
        """How long ago or ahead within a week, beyond it the date."""
        if value is None:
            return EMPTY
        if not isinstance(value, datetime):
            return self._near_day(value) or self.day(value)
        seconds = int((value - self.now).total_seconds())
        if abs(seconds) >= 7 * 86_400:
            return self.day(value)
        return self._ago(seconds)

    def _ago(self, seconds: int) -> str:
        for length, chinese, english, _ in UNITS:
            if abs(seconds) >= length:
                count = abs(seconds) // length
                if self.is_chinese:
                    return f"{count} {chinese}{'后' if seconds > 0 else '前'}"
                return f"in {count} {english}" if seconds > 0 else f"{count} {english} ago"
        return "刚刚" if self.is_chinese else "just now"

    def _near_day(self, on: date) -> str:
        names = {
            "zh": {-1: "昨天", 0: "今天", 1: "明天"},
            "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
        }
        return names[self.language].get((on - self.today).days, "")

    def deadline(self, value: datetime | date | None, *, in_a_sentence: bool = False) -> str:
        """When it must be done, with the weekday: 周三 11月25日 18:00; due today 18:00."""
        if value is None:
            return EMPTY
        on = self.local(value).date() if isinstance(value, datetime) else value
        near = self._near_day(on)
        far = f"{WEEKDAYS[self.language][on.weekday()]} {self.day(on)}"
        word = (near if in_a_sentence else near.capitalize()) or far
        return f"{word} {self.clock(value)}" if isinstance(value, datetime) else word

    def is_overdue(self, value: datetime | date) -> bool:
        """Whether the deadline has passed; a day ends at its midnight."""
        return value < self.now if isinstance(value, datetime) else value < self.today

    def span(self, length: timedelta | None) -> str:
        """A length of time by its largest unit: 3 天, 2 hours."""
        if length is None:
            return EMPTY
        seconds = int(length.total_seconds())
        for unit, chinese, _, english in UNITS:
            if seconds >= unit:
                count = seconds // unit
                plural = "" if count == 1 else "s"
                return f"{count} {chinese}" if self.is_chinese else f"{count} {english}{plural}"
        return "不到 1 分钟" if self.is_chinese else "under a minute"

    def days(self, count: int) -> str:
        """A number of days: 3 天, 1 day."""
        if self.is_chinese:
            return f"{count} 天"
        return f"{count} day" if count == 1 else f"{count} days"

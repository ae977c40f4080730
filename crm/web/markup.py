"""Small pieces of HTML used in rows, facts and tags: money, people, times, badges.

Every function returns escaped, ready HTML, so that a list renders by joining strings.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape as escape_text
from typing import Any
from zlib import crc32

from django.utils.safestring import SafeString, mark_safe

from crm.web import formats
from crm.web.formats import EMPTY, Formats
from crm.web.icons import icon

COLOURS = ("grey", "blue", "green", "amber", "red", "teal", "purple")
NOTHING = mark_safe('<span class="tz-none">—</span>')  # noqa: S308  literal
HUES = 10


def safe(html: str) -> SafeString:
    """Mark a string whose parts were escaped by the caller."""
    return mark_safe(html)  # noqa: S308  the one door in this package; callers escape


def escape(value: object) -> str:
    """Escaped text, also of lazy translations; Django's own escape is thrice as slow."""
    return escape_text(str(value))


def as_html(value: Any) -> str:
    """Ready HTML as it is, anything else escaped."""
    if type(value) is str:
        return escape_text(value)
    found: str = value.__html__() if hasattr(value, "__html__") else escape(value)
    return found


def text(value: Any) -> SafeString:
    """Any value as escaped text; a dash when there is none."""
    return NOTHING if value is None or value == "" else safe(as_html(value))


def money(amount: Decimal | int | None, currency: str = "CNY") -> SafeString:
    """An amount for a table: right-aligned figures, red when negative."""
    if amount is None:
        return NOTHING
    css = "tz-money tz-negative" if amount < 0 else "tz-money"
    return safe(f'<span class="{css}">{escape(formats.money(amount, currency))}</span>')


def short_money(
    amount: Decimal | int | None, currency: str = "CNY", reader: Formats | None = None
) -> SafeString:
    """An amount for a tile, the exact value in its title."""
    if amount is None:
        return NOTHING
    shown = (reader or Formats.current()).short_money(amount, currency)
    exact = escape(formats.money(amount, currency))
    return safe(f'<span class="tz-money" title="{exact}">{escape(shown)}</span>')


def badge(label: object, colour: str = "grey", icon_name: str = "") -> SafeString:
    """A state as a coloured dot and its word; never colour alone."""
    mark = icon(icon_name) if icon_name else '<i class="tz-dot"></i>'
    return safe(f'<span class="tz-badge tz-{colour}">{mark}{escape(label)}</span>')


def hue(seed: object) -> int:
    """A stable colour number for a person or a tag."""
    return crc32(str(seed).encode()) % HUES


def initials(name: str) -> str:
    """What an avatar shows: the last two characters of a Chinese name, else the first letter."""
    stripped = name.strip()
    if len(stripped) > 1 and "\u4e00" <= stripped[-1] <= "\u9fff":
        return stripped[-2:]
    return stripped[:1].upper() or "?"


def avatar(name: str, seed: object = None, css: str = "") -> SafeString:
    """A round initial whose colour belongs to the person."""
    classes = f"tz-avatar tz-hue-{hue(seed if seed is not None else name)} {css}".strip()
    return safe(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')


@lru_cache(maxsize=4_096)
def person(name: str | None, seed: object = None) -> SafeString:
    """Avatar and name of a member."""
    if not name:
        return NOTHING
    return safe(f'<span class="tz-person">{avatar(name, seed)}<span>{escape(name)}</span></span>')


def moment(value: datetime | date | None, reader: Formats | None = None) -> SafeString:
    """When something happened: relative within a week, then the date; the instant in the title."""
    if value is None:
        return NOTHING
    reader = reader or Formats.current()
    return _time(value, reader.relative(value), reader)


def day(value: date | datetime | None, reader: Formats | None = None) -> SafeString:
    """A calendar date."""
    if value is None:
        return NOTHING
    reader = reader or Formats.current()
    return _time(value, reader.day(value), reader)


def deadline(
    value: datetime | date | None,
    reader: Formats | None = None,
    *,
    done: bool = False,
    in_a_sentence: bool = False,
) -> SafeString:
    """When something is due, with the weekday; cinnabar and a word when it has passed."""
    if value is None:
        return NOTHING
    reader = reader or Formats.current()
    late = not done and reader.is_overdue(value)
    shown = reader.deadline(value, in_a_sentence=in_a_sentence)
    return _time(value, shown, reader, ' class="tz-late"' if late else "")


def _time(value: datetime | date, shown: str, reader: Formats, extra: str = "") -> SafeString:
    if isinstance(value, datetime):
        stamp, title = reader.stamps(value)
    else:
        stamp = title = value.isoformat()
    return safe(f'<time datetime="{stamp}" title="{title}"{extra}>{shown}</time>')


def link(label: Any, url: str, *, drawer: bool = False, css: str = "") -> SafeString:
    """A link; with drawer=True a plain click opens the record at the side."""
    if label is None or label == "":
        label = EMPTY
    extra = f' class="{css}"' if css else ""
    opens = " data-drawer" if drawer else ""
    return safe(f'<a href="{escape(url)}"{extra}{opens}>{as_html(label)}</a>')


def phone(value: str | None, *, masked: bool = False) -> SafeString:
    """A telephone number that dials when touched, unless it is masked."""
    if not value:
        return NOTHING
    shown = escape(formats.phone(value))
    if masked or "*" in value:
        return safe(f'<span class="tz-phone">{shown}</span>')
    return safe(f'<a class="tz-phone" href="tel:{escape(value)}">{shown}</a>')


def tag(label: object, seed: object = None) -> SafeString:
    """A free label such as a source or an industry."""
    number = hue(seed if seed is not None else label)
    return safe(f'<span class="tz-tag tz-hue-{number}">{escape(label)}</span>')


def chip(label: object, tone: str = "good") -> SafeString:
    """A reason beside a proposal: good, weak or bad."""
    return safe(f'<span class="tz-chip tz-chip-{tone}">{escape(label)}</span>')


def empty() -> SafeString:
    """The dash for a value nobody has given."""
    return NOTHING

"""Columns of a list: which values they need, how they are written on screen and in an export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from crm.web import formats, markup
from crm.web.formats import Formats

Row = Mapping[str, Any]
Label = str | Promise
Render = Callable[[Row], str]
PLACEHOLDER = 999_999_999_999
# A column's choices, drawn once per language; the column is kept beside them so that its
# identity stays its own.
_drawn_choices: dict[tuple[int, str | None], tuple[Any, dict[Any, str]]] = {}


@lru_cache(maxsize=1_000)
def halves(name: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the id in a record's address below an organisation."""
    head, _sep, tail = reverse(name, args=(PLACEHOLDER,)).partition(str(PLACEHOLDER))
    return head, tail


@dataclass(frozen=True)
class Reader:
    """Who a row is written for."""

    formats: Formats

    def url_maker(self, name: str) -> Callable[[object], str]:
        """Addresses of many records: resolved once, the id filled in per row."""
        head, tail = halves(name, get_script_prefix())
        return lambda pk: f"{head}{pk}{tail}"


@dataclass(frozen=True)
class Column:
    """One column: `value` is the field path it shows; `sort` the path it may be sorted by."""

    key: str
    label: Label
    value: str = ""
    sort: str = field(default="", kw_only=True)
    nullable: bool = field(default=False, kw_only=True)
    # sorted by it, rows of one value and those without any come the latest first
    newest: bool | None = field(default=None, kw_only=True)
    align: str = field(default="", kw_only=True)
    width: str = field(default="", kw_only=True)
    hidden: bool = field(default=False, kw_only=True)
    wanted: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def path(self) -> str:
        return self.value or self.key

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field path the column reads."""
        return (self.path, *self.wanted)

    def renderer(self, reader: Reader) -> Render:
        """A function from a row to ready HTML, bound to the reader once per page."""
        path = self.path
        return lambda row: markup.text(row[path])

    def exported(self, row: Row, reader: Reader) -> object:
        """The plain value for a spreadsheet."""
        return row[self.path]


@dataclass(frozen=True)
class TextColumn(Column):
    """Plain text."""


@dataclass(frozen=True)
class LinkColumn(Column):
    """The name of the record: opens it in the drawer, with ctrl/⌘ or without script as a page."""

    url: str = field(default="", kw_only=True)
    pk: str = field(default="pk", kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.path, self.pk, *self.wanted)

    def renderer(self, reader: Reader) -> Render:
        path, pk = self.path, self.pk
        head, tail = halves(self.url, get_script_prefix())

        def write(row: Row) -> str:
            if row[pk] is None:
                return markup.NOTHING
            label = markup.as_html(row[path] or formats.EMPTY)
            return f'<a href="{head}{row[pk]}{tail}" class="tz-row-link" data-drawer>{label}</a>'

        return write


@dataclass(frozen=True)
class MoneyColumn(Column):
    """An exact amount, right-aligned; `currency` is the path of its currency code."""

    align: str = field(default="end", kw_only=True)
    currency: str = field(default="", kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.path, *((self.currency,) if self.currency else ()), *self.wanted)

    def renderer(self, reader: Reader) -> Render:
        path, currency = self.path, self.currency
        return lambda row: markup.money(row[path], row[currency] if currency else "CNY")


@dataclass(frozen=True)
class NumberColumn(Column):
    """A count or quantity."""

    align: str = field(default="end", kw_only=True)
    places: int = field(default=0, kw_only=True)

    def renderer(self, reader: Reader) -> Render:
        path, places = self.path, self.places
        return lambda row: formats.number(row[path], places)


@dataclass(frozen=True)
class PercentColumn(Column):
    """A share of one as a percentage."""

    align: str = field(default="end", kw_only=True)
    places: int = field(default=0, kw_only=True)

    def renderer(self, reader: Reader) -> Render:
        path, places = self.path, self.places
        return lambda row: formats.percent(row[path], places)


@dataclass(frozen=True)
class MomentColumn(Column):
    """When something happened: relative within a week, then the date."""

    def renderer(self, reader: Reader) -> Render:
        path, formats_ = self.path, reader.formats
        return lambda row: markup.moment(row[path], formats_)

    def exported(self, row: Row, reader: Reader) -> object:
        return _naive(row[self.path], reader)


@dataclass(frozen=True)
class DayColumn(Column):
    """A calendar date."""

    def renderer(self, reader: Reader) -> Render:
        path, formats_ = self.path, reader.formats
        return lambda row: markup.day(row[path], formats_)

    def exported(self, row: Row, reader: Reader) -> object:
        return _naive(row[self.path], reader)


@dataclass(frozen=True)
class DeadlineColumn(Column):
    """A due date with its weekday, cinnabar when passed; `done` is a path that silences it."""

    done: str = field(default="", kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.path, *((self.done,) if self.done else ()), *self.wanted)

    def renderer(self, reader: Reader) -> Render:
        path, done, formats_ = self.path, self.done, reader.formats
        return lambda row: markup.deadline(
            row[path], formats_, done=bool(row[done]) if done else False
        )

    def exported(self, row: Row, reader: Reader) -> object:
        return _naive(row[self.path], reader)


@dataclass(frozen=True)
class PersonColumn(Column):
    """A member: `value` is the name's path, `seed` the id's path that fixes the colour."""

    seed: str = field(default="", kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.path, *((self.seed,) if self.seed else ()), *self.wanted)

    def renderer(self, reader: Reader) -> Render:
        path, seed = self.path, self.seed or self.path
        return lambda row: markup.person(row[path], row[seed])


@dataclass(frozen=True)
class BadgeColumn(Column):
    """A state: `choices` gives the words, `colours` the colour of each stored value."""

    choices: Any = field(default=(), kw_only=True)
    colours: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def _words(self) -> dict[Any, Any]:
        return dict(getattr(self.choices, "choices", self.choices))

    def _drawn(self, value: Any, label: Any) -> str:
        return markup.badge(label, self.colours.get(value, "grey"))

    def renderer(self, reader: Reader) -> Render:
        path, slot = self.path, (id(self), get_language())
        if slot not in _drawn_choices:
            drawn = {value: self._drawn(value, label) for value, label in self._words().items()}
            _drawn_choices[slot] = (self, drawn)
        ready = _drawn_choices[slot][1]
        return lambda row: ready.get(row[path], markup.NOTHING)

    def exported(self, row: Row, reader: Reader) -> object:
        value = row[self.path]
        return self._words().get(value, value)


@dataclass(frozen=True)
class ChoiceColumn(BadgeColumn):
    """A choice shown as plain words."""

    def _drawn(self, value: Any, label: Any) -> str:
        return markup.text(label)


@dataclass(frozen=True)
class PhoneColumn(Column):
    """A telephone number."""

    def renderer(self, reader: Reader) -> Render:
        path = self.path
        return lambda row: markup.phone(row[path])


@dataclass(frozen=True)
class HtmlColumn(Column):
    """Anything else: `html(row, reader)` returns ready HTML (built with crm.web.markup).

    It reads the paths in `wanted`; `plain(row)` is what an export shows.
    """

    html: Callable[[Row, Reader], str] = field(default=lambda row, reader: "", kw_only=True)
    plain: Callable[[Row], object] | None = field(default=None, kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        return (*((self.value,) if self.value else ()), *self.wanted)

    def renderer(self, reader: Reader) -> Render:
        return lambda row: self.html(row, reader)

    def exported(self, row: Row, reader: Reader) -> object:
        if self.plain:
            return self.plain(row)
        found = (row[path] for path in self.fields)
        return " ".join(str(value) for value in found if value not in (None, ""))


def _naive(value: date | datetime | None, reader: Reader) -> date | datetime | None:
    if isinstance(value, datetime):
        return reader.formats.local(value).replace(tzinfo=None)
    return value

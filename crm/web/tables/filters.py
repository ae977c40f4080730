"""Filters of a list: what the address says, the control that asks for it, the query it makes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.money import LARGEST
from crm.web.asked import record_ids
from crm.web.formats import Formats, listed
from crm.web.tables.periods import fiscal_periods, period, periods

Label = str | Promise
Option = tuple[str, str]
UNKNOWN = "-"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Who filters: their member id (for "me"), formats (for "today"), fiscal year's first month."""

    member_id: int
    formats: Formats
    fiscal_start: int = 1


@dataclass(frozen=True)
class Filter:
    """One condition; `path` is the field it looks at (the key unless given)."""

    key: str
    label: Label
    path: str = field(default="", kw_only=True)
    control = "text"

    @property
    def field_path(self) -> str:
        return self.path or self.key

    def values(self, query: QueryDict) -> list[str]:
        """What the address asks for; empty strings do not count."""
        return [value for value in query.getlist(self.key) if value]

    def apply(self, queryset: QuerySet[Any], values: Sequence[str], scope: Scope) -> QuerySet[Any]:
        """Narrow the list; a value that makes no sense narrows nothing."""
        return queryset.filter(self.condition(values, scope))

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        raise NotImplementedError

    def options(self, scope: Scope) -> list[Option]:
        """Choices for the control, as (value, words)."""
        return []

    def words(self, values: Sequence[str], scope: Scope) -> str:
        """The chosen values in words, for the chip."""
        known = dict(self.options(scope))
        return listed(known.get(value, value) for value in values)


@dataclass(frozen=True)
class TextFilter(Filter):
    """Text that a field contains (or starts with, which an index can serve)."""

    lookup: str = field(default="startswith", kw_only=True)

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        return Q(**{f"{self.field_path}__{self.lookup}": values[0].strip()})


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One or more of the stored choices; `choices` is a TextChoices, pairs, or a function."""

    choices: Any = field(default=(), kw_only=True)
    nullable: bool = field(default=False, kw_only=True)
    control = "choices"

    def options(self, scope: Scope) -> list[Option]:
        source = (
            self.choices()
            if callable(self.choices) and not isinstance(self.choices, type)
            else getattr(self.choices, "choices", self.choices)
        )
        found = [(str(value), str(label)) for value, label in source]
        return [*found, (UNKNOWN, _("None"))] if self.nullable else found

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        offered = {value for value, _words in self.options(scope)} - {UNKNOWN}
        known = [value for value in values if value in offered]
        found = Q(**{f"{self.field_path}__in": known})
        return found | Q(**{f"{self.field_path}__isnull": True}) if UNKNOWN in values else found


@dataclass(frozen=True)
class BooleanFilter(Filter):
    """Yes or no."""

    control = "select"

    def options(self, scope: Scope) -> list[Option]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        return Q(**{self.field_path: values[0] == "yes"})


@dataclass(frozen=True)
class SwitchFilter(Filter):
    """A named condition that is on or off: `when(scope)` gives the Q."""

    when: Callable[[Scope], Q] = field(default=lambda scope: Q(), kw_only=True)
    control = "switch"

    def options(self, scope: Scope) -> list[Option]:
        return [("yes", _("Yes"))]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        return self.when(scope)


@dataclass(frozen=True)
class MemberFilter(Filter):
    """The member in a role such as owner: me, nobody, or members chosen by id.

    `people(scope)` lists the members that may be offered, as (id, name).
    """

    people: Callable[[Scope], Iterable[tuple[int, str]]] = field(
        default=lambda scope: (), kw_only=True
    )
    nullable: bool = field(default=False, kw_only=True)
    control = "choices"

    def options(self, scope: Scope) -> list[Option]:
        nobody = [(UNKNOWN, _("Nobody"))] if self.nullable else []
        people = [(str(pk), name) for pk, name in self.people(scope)]
        return [("me", _("Me")), *nobody, *people]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        ids = record_ids(values)
        ids += [scope.member_id] if "me" in values else []
        found = Q(**{f"{self.field_path}_id__in": ids})
        if UNKNOWN in values:
            found |= Q(**{f"{self.field_path}_id__isnull": True})
        return found


@dataclass(frozen=True)
class DepartmentFilter(Filter):
    """A department; `departments(scope)` lists (id, name), `expand(id)` gives its whole tree."""

    departments: Callable[[Scope], Iterable[tuple[int, str]]] = field(
        default=lambda scope: (), kw_only=True
    )
    expand: Callable[[int], Iterable[int]] = field(default=lambda pk: (pk,), kw_only=True)
    control = "choices"

    def options(self, scope: Scope) -> list[Option]:
        return [(str(pk), name) for pk, name in self.departments(scope)]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        ids = {pk for one in record_ids(values) for pk in self.expand(one)}
        return Q(**{f"{self.field_path}_id__in": ids})


@dataclass(frozen=True)
class DateFilter(Filter):
    """A period: a named one (this week) or from..to, half open, in the reader's time zone."""

    is_date: bool = field(default=False, kw_only=True)
    control = "period"

    def options(self, scope: Scope) -> list[Option]:
        return periods(scope.fiscal_start)

    def values(self, query: QueryDict) -> list[str]:
        start, end = query.get(f"{self.key}-from", ""), query.get(f"{self.key}-to", "")
        return [f"{start}..{end}"] if start or end else super().values(query)

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        start, end = period(values[0], scope.formats.today, scope.fiscal_start)
        found = Q()
        if start:
            found &= Q(**{f"{self.field_path}__gte": self._edge(start, scope)})
        if end:
            found &= Q(**{f"{self.field_path}__lt": self._edge(end, scope)})
        return found

    def _edge(self, on: date, scope: Scope) -> date:
        if self.is_date:
            return on
        return datetime.combine(on, time.min, tzinfo=scope.formats.zone)

    def words(self, values: Sequence[str], scope: Scope) -> str:
        named = (dict(self.options(scope)) | fiscal_periods()).get(values[0])
        if named:
            return named
        start, _dots, end = values[0].partition("..")
        return f"{start or '…'} – {end or '…'}"


@dataclass(frozen=True)
class AmountFilter(Filter):
    """An amount from..to, both included."""

    control = "range"

    def values(self, query: QueryDict) -> list[str]:
        start, end = query.get(f"{self.key}-from", ""), query.get(f"{self.key}-to", "")
        return [f"{start}..{end}"] if start or end else super().values(query)

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        start, _dots, end = values[0].partition("..")
        found = Q()
        for lookup, text in (("gte", start), ("lte", end)):
            amount = _amount(text)
            if amount is not None:
                found &= Q(**{f"{self.field_path}__{lookup}": amount})
        return found

    def words(self, values: Sequence[str], scope: Scope) -> str:
        start, _dots, end = values[0].partition("..")
        return f"{start or '…'} – {end or '…'}"


def _amount(text: str) -> Decimal | None:
    """The amount typed; None for what is no amount that anybody could have."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= LARGEST else None

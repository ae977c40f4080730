"""Stored values in the reader's words, for histories and for telling two versions apart."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from crm.money import MoneyField
from crm.people.models import Department, Member
from crm.web import formats
from crm.web.formats import Formats

Names = Mapping[tuple[str, int], str]


def in_words(record: Model, name: str) -> str:
    """One field of a record as people read it."""
    field = record._meta.get_field(name)
    if field.is_relation:
        return str(getattr(record, name) or "—")
    return value_in_words(type(record), name, getattr(record, name), {})


def value_in_words(model: type[Model], name: str, value: Any, names: Names) -> str:
    """A stored value as people read it; references are looked up in `names`."""
    if value is None or value == "":
        return "—"
    field: Any = model._meta.get_field(name)
    if field.is_relation:
        return names.get((field.related_model._meta.label_lower, value), f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, MoneyField):
        return formats.money(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return Formats.current().moment(value)
    if isinstance(value, date):
        return Formats.current().day(value)
    return str(value)


def names_of(wanted: Iterable[tuple[type[Model], int]]) -> dict[tuple[str, int], str]:
    """The names of referenced members, departments and other records, one query per kind."""
    ids: dict[type[Model], set[int]] = {}
    for model, pk in wanted:
        ids.setdefault(model, set()).add(pk)
    found: dict[tuple[str, int], str] = {}
    for model, pks in ids.items():
        label = model._meta.label_lower
        rows = model._default_manager.filter(pk__in=pks)
        if model in (Member, Department):
            found |= {(label, pk): name for pk, name in rows.values_list("pk", "name")}
        else:
            found |= {(label, row.pk): str(row) for row in rows}
    return found

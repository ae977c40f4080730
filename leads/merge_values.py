"""Columns of rows as the journal of merges keeps them: JSON there, Python here."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

Values = Mapping[str, Any]


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def column(model: type[Model], name: str) -> Any:
    """The column behind a field's or a reference's own name."""
    found: Any = next(one for one in model._meta.concrete_fields if name in (one.name, one.attname))
    return found


def read(row: Model, name: str) -> Any:
    """A column of a row, as JSON keeps it."""
    return plain(getattr(row, column(type(row), name).attname))


def stored(model: type[Model], values: Values) -> dict[str, Any]:
    """Values out of the journal, as the columns want them."""
    found = {}
    for name, value in values.items():
        one = column(model, name)
        found[one.attname] = None if value is None else one.to_python(value)
    return found


def everything(record: Model) -> dict[str, Any]:
    """Every column of a record as it is."""
    return {one.attname: read(record, one.name) for one in record._meta.concrete_fields}

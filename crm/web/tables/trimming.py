"""A list cut to what its reader may see of single fields: see crm.access.fields.

A hidden field's column is not there at all. A masked one shows its mask and can be neither sorted
nor filtered by: the order of the rows, or a list that grows shorter, would tell the value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Model

from crm.access import fields
from crm.people.enums import Right
from crm.people.models import Member
from crm.web import markup
from crm.web.tables.columns import Column, Reader, Render, Row
from crm.web.tables.filters import Filter

MASK = "mask:"


@dataclass(frozen=True)
class MaskedColumn(Column):
    """A column whose values the reader sees masked; it reads what the real one reads."""

    real: Column | None = field(default=None, kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        return self.real.fields if self.real else (self.path,)

    def renderer(self, reader: Reader) -> Render:
        path = MASK + self.path
        return lambda row: markup.text(row[path])

    def exported(self, row: Row, reader: Reader) -> object:
        return row[MASK + self.path]


@dataclass(frozen=True)
class Trim:
    """What one member may see of the rows of one model."""

    member: Member
    model: type[Model]

    def right(self, path: str) -> Right:
        return fields.right_to(self.member, fields.key_at(self.model, path))

    @cached_property
    def is_needed(self) -> bool:
        """Whether any field is restricted for the member: for most, none is."""
        return bool(self.member.field_rights)

    def columns(self, columns: Sequence[Column]) -> list[Column]:
        """The columns the member may have."""
        if not self.is_needed:
            return list(columns)
        return [kept for column in columns if (kept := self._column(column)) is not None]

    def _column(self, column: Column) -> Column | None:
        right = self.right(column.path)
        if right == Right.HIDDEN:
            return None
        if right == Right.MASKED:
            options = {"hidden": column.hidden, "align": column.align, "width": column.width}
            return MaskedColumn(column.key, column.label, column.path, real=column, **options)  # type: ignore[arg-type]
        if column.sort and self.right(column.sort) < Right.READ:
            return replace(column, sort="")
        return column

    def filters(self, filters: Sequence[Filter]) -> list[Filter]:
        """The filters the member may use."""
        if not self.is_needed:
            return list(filters)
        return [one for one in filters if self.right(one.field_path) >= Right.READ]

    def rows(self, rows: Sequence[Any], paths: Sequence[str]) -> None:
        """Take restricted values out of the rows, in place; the masks lie beside them."""
        if not self.is_needed:
            return
        keys = {path: fields.key_at(self.model, path) for path in paths}
        cut = [path for path, key in keys.items() if fields.right_to(self.member, key) < Right.READ]
        for row in rows:
            for path in cut:
                shown = fields.shown_by_key(self.member, keys[path], row[path])
                row[MASK + path] = shown
                row[path] = shown if isinstance(row[path], str) else None

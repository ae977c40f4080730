"""The effect of a change of roles, ready for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access.effects import Effect, Group, PermissionChange, RecordColumn, Way
from crm.access.words import department_names, field_label, reach_words, right_words

COLOURS = {
    Way.GAINED: "green",
    Way.WIDENED: "green",
    Way.CHANGED: "blue",
    Way.NARROWED: "amber",
    Way.LOST: "red",
}


def way_words(way: Way) -> str:
    """One word for what happens."""
    return {
        Way.GAINED: pgettext("permission", "gained"),
        Way.WIDENED: pgettext("permission", "wider"),
        Way.CHANGED: pgettext("permission", "otherwise"),
        Way.NARROWED: pgettext("permission", "narrower"),
        Way.LOST: pgettext("permission", "lost"),
    }[way]


@dataclass(frozen=True)
class ChangeLine:
    """A permission or field: what it was, what it will be, in one word and a colour."""

    label: str
    before: str
    after: str
    way: str
    colour: str


@dataclass(frozen=True)
class Cell:
    """A member's difference in one kind of record, each number with the address of its rows."""

    gained: int
    lost: int
    gained_url: str
    lost_url: str


@dataclass(frozen=True)
class ColumnHead:
    """A kind of record and what may be done with it."""

    label: str
    hint: str


@dataclass(frozen=True)
class MemberLine:
    """A member and their numbers."""

    member: Any
    cells: Sequence[Cell]


@dataclass(frozen=True)
class ShownGroup:
    """Members who share the same changes."""

    permissions: Sequence[ChangeLine]
    fields: Sequence[ChangeLine]
    heads: Sequence[ColumnHead]
    members: Sequence[MemberLine]

    @property
    def count(self) -> int:
        return len(self.members)

    @property
    def has_numbers(self) -> bool:
        return bool(self.heads)


@dataclass(frozen=True)
class ShownEffect:
    """Every group, and for how many members nothing changes."""

    groups: Sequence[ShownGroup]
    touched: int
    unchanged: int


def in_words(effect: Effect, rows_url: str) -> ShownEffect:
    """The effect for a page; `rows_url` opens the rows behind a number."""
    names = department_names()
    groups = [_group(group, names, rows_url) for group in effect.groups]
    return ShownEffect(groups, effect.touched, effect.unchanged)


def _group(group: Group, names: Mapping[int, str], rows_url: str) -> ShownGroup:
    fields = [
        ChangeLine(
            field_label(one.field),
            right_words(one.before),
            right_words(one.after),
            way_words(one.way),
            COLOURS[one.way],
        )
        for one in group.fields
    ]
    members = [
        MemberLine(
            row.member,
            [
                _cell(row.member.pk, column, number, rows_url)
                for column, number in zip(group.columns, row.numbers, strict=True)
            ],
        )
        for row in group.rows
    ]
    heads = [_head(column) for column in group.columns]
    return ShownGroup([_line(one, names) for one in group.permissions], fields, heads, members)


def _line(change: PermissionChange, names: Mapping[int, str]) -> ChangeLine:
    whole = change.permission.whole
    return ChangeLine(
        str(change.permission.label),
        reach_words(change.before, names, whole=whole),
        reach_words(change.after, names, whole=whole),
        way_words(change.way),
        COLOURS[change.way],
    )


def _head(column: RecordColumn) -> ColumnHead:
    hint = _("; ").join(str(one.label) for one in column.permissions)
    return ColumnHead(capfirst(column.label), hint)


def _cell(member_id: int, column: RecordColumn, number: Any, rows_url: str) -> Cell:
    joint = "&" if "?" in rows_url else "?"
    asked: dict[str, int | str] = {"member": member_id, "permission": column.permissions[0].name}
    gained, lost = (
        f"{rows_url}{joint}{urlencode(asked | {'way': way})}" if rows_url else ""
        for way in ("gained", "lost")
    )
    return Cell(number.gained, number.lost, gained, lost)

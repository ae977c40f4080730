"""A line of the log in the reader's words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from crm.access import fields
from crm.access.registry import is_whole, permissions
from crm.audit.actions import ACTIONS
from crm.audit.detail_words import DETAILS, MORE, WAYS
from crm.audit.field_words import REASONS, TECHNICAL, field_words
from crm.coded import in_words
from crm.money import MoneyField
from crm.people.enums import Right, Scope
from crm.people.models import Department, Member, Role
from crm.web import formats
from crm.web.formats import Formats, listed

Names = Mapping[tuple[str, int], str]
SILENT = frozenset(
    {"fields", "findings", "head", "run", "flow", "query", "balance", "page", "hidden"}
)


def words_of(action: str) -> str:
    """What was done; an action without words of its own is shown as it is written."""
    return str(ACTIONS.get(action, action))


def model_of(kind: str) -> type[Model] | None:
    """The model of a kind of record, None when there is no such kind any more."""
    try:
        return apps.get_model(kind) if kind else None
    except (LookupError, ValueError):
        return None


def references(kind: str, details: Mapping[str, Any]) -> Iterator[tuple[type[Model], int]]:
    """The members, departments and other records that a change names by id."""
    model = model_of(kind)
    for name, values in changed(details):
        related = getattr(_field(model, name), "related_model", None)
        if related is not None:
            yield from ((related, value) for value in values if isinstance(value, int))


def names_of(wanted: Iterable[tuple[type[Model], int]]) -> dict[tuple[str, int], str]:
    """The names of the members and departments among these, one query per kind."""
    ids: dict[type[Model], set[int]] = {}
    for model, pk in wanted:
        if model in (Member, Department):
            ids.setdefault(model, set()).add(pk)
    found: dict[tuple[str, int], str] = {}
    for model, pks in ids.items():
        rows = model._default_manager.filter(pk__in=pks).values_list("pk", "name")
        found |= {(model._meta.label_lower, pk): name for pk, name in rows}
    return found


def changed(details: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """The fields of a change with their values before and after."""
    found = details.get("fields")
    return sorted(found.items()) if isinstance(found, dict) else []


def differences(
    viewer: Member | None, kind: str, details: Mapping[str, Any], names: Names
) -> list[tuple[str, str, str]]:
    """(label, from, to) of each changed field as the viewer may see it."""
    model, found = model_of(kind), []
    for name, values in changed(details):
        field = _field(model, name)
        if name in TECHNICAL or (model and fields.right(viewer, model, name) == Right.HIDDEN):
            continue
        label = field_words(model, field, name)
        before, after = (value_in_words(field, value, names) for value in values)
        if model is not None:
            before = fields.shown(viewer, model, name, before)
            after = fields.shown(viewer, model, name, after)
        found.append((label, before or "—", after or "—"))
    return found


def other_details(
    details: Mapping[str, Any],
    *,
    brief: bool = False,
    mentioned: Mapping[str, Any] = MappingProxyType({}),
) -> list[tuple[str, Any]]:
    """Everything else a line says; in brief what a list has room for.

    `mentioned` are the names of records that stand there by id.
    """
    return [
        (
            str(DETAILS.get(name) or MORE.get(name, name)),
            mentioned[name] if name in mentioned else _plain(_in_words(name, value)),
        )
        for name, value in details.items()
        if name not in SILENT and value not in (None, "", [], {}) and (name in DETAILS or not brief)
    ]


def _in_words(name: str, value: Any) -> Any:
    """The ways of signing in and the system's reasons by name; everything else as it is."""
    if name == "ways" and isinstance(value, list):
        return [str(WAYS.get(one, one)) for one in value]
    return str(REASONS.get(value, value)) if name == "reason" else value


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return listed(_plain(one) for one in value[:20])
    if isinstance(value, dict):
        return listed(f"{key}: {_plain(one)}" for key, one in list(value.items())[:20])
    return in_words(str(value))


def _field(model: type[Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _grants_in_words(grants: Any) -> str:
    """A role's permissions and how far each of them carries."""
    known = {one.name: one for one in permissions()}
    found = []
    for name, stored in sorted(grants.items()) if isinstance(grants, dict) else ():
        label = str(known[name].label) if name in known else name
        scope: Any = stored.get("scope") if isinstance(stored, dict) else stored
        how_far = "" if is_whole(name) else str(dict(Scope.choices).get(scope, ""))
        found.append(f"{label} ({how_far})" if how_far else label)
    return _(", ").join(found)


def value_in_words(field: Any, value: Any, names: Names) -> str:
    """A value as the trigger wrote it (JSON of the column), as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if field is None:
        return _plain(value)
    if field.model is Role and field.name == "grants":
        return _grants_in_words(value)
    if field.is_relation:
        return names.get((field.related_model._meta.label_lower, value), f"#{value}")
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, MoneyField):
        return str(formats.money(Decimal(value) / 100)) if isinstance(value, int) else str(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _moment(field.get_internal_type(), value)


def _moment(kind: str, value: Any) -> str:
    parsed: date | datetime | None = None
    if isinstance(value, str) and kind in {"DateTimeField", "DateField"}:
        parsed = parse_datetime(value) if kind == "DateTimeField" else parse_date(value)
    if isinstance(parsed, datetime):
        return f"{Formats.current().local(parsed):%Y-%m-%d %H:%M}"
    return parsed.isoformat() if parsed else _plain(value)

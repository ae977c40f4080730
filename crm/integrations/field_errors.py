"""What does not fit in a request, field by field, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

from crm.integrations.problems import Problem, invalid


def problem_of(error: ValidationError) -> Problem:
    """What pydantic found wrong with the shape of a request."""
    return invalid([(_field_of(one["loc"]), _words(one)) for one in error.errors])


def problem_of_form(form: BaseForm, names: Mapping[str, str] | None = None) -> Problem:
    """What a form found wrong with the values; `names` are the fields called otherwise here."""
    told = names or {}
    errors = [
        ("" if field == "__all__" else told.get(field, field), str(message))
        for field, messages in form.errors.as_data().items()
        for error in messages
        for message in error.messages
    ]
    return invalid(errors)


def _field_of(place: tuple[Any, ...]) -> str:
    """The field's own path: without where it came in and what our parameter is called."""
    source, *path = place
    if source == "body" or source == "query" and len(path) > 1:
        path = path[1:]
    return ".".join(str(one) for one in path)


def _words(error: Mapping[str, Any]) -> str:
    kind, more = error["type"], error.get("ctx", {})
    if kind in ("enum", "literal_error"):
        return _("Choose one of: %(values)s.") % {"values": more.get("expected", "")}
    if kind == "string_too_long":
        return _("At most %(count)s characters.") % {"count": more["max_length"]}
    if kind == "too_long":
        return _("At most %(count)s entries.") % {"count": more["max_length"]}
    if kind in ("greater_than_equal", "greater_than"):
        return _("At least %(count)s.") % {"count": more.get("ge", more.get("gt"))}
    if kind in ("less_than_equal", "less_than"):
        return _("At most %(count)s.") % {"count": more.get("le", more.get("lt"))}
    for beginning, words in _beginnings():
        if kind.startswith(beginning):
            return words
    return _("This value does not fit here.")


def _beginnings() -> list[tuple[str, str]]:
    moment = _("Give a moment with its time zone, such as 2026-11-30T09:30:00+08:00.")
    return [
        ("missing", _("This field is required.")),
        ("extra_forbidden", _("There is no such field.")),
        ("string_type", _("Give a text in quotation marks.")),
        ("string_too_short", _("This field is required.")),
        ("int", _("Give a whole number.")),
        ("bool", _("Give true or false.")),
        ("list", _("Give a list.")),
        ("dict", _("Give an object.")),
        ("model", _("Give an object.")),
        ("timezone", moment),
        ("datetime", moment),
    ]

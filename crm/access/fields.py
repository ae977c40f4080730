"""Field rights: what a member may see and change of one field, whoever owns the record.

Apps declare the fields that can be restricted in their permissions.py; a role stores a right for
some of them, of several roles the widest right counts. Lists, record pages, forms, exports,
history and search ask here, and nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from crm.people.enums import Right

if TYPE_CHECKING:
    from crm.people.models import Member

Mask = Callable[[Any], str]
HIDDEN_TEXT = ""


@dataclass(frozen=True)
class GuardedField:
    """A field that roles may restrict. `also` are columns derived from it, guarded alike."""

    key: str
    mask: Mask
    also: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        app, model, _field = self.key.split(".")
        return apps.get_model(app, model)

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def label(self) -> str:
        """What the field is called, in the reader's language."""
        return str(self.model._meta.get_field(self.name).verbose_name)  # type: ignore[union-attr]

    @property
    def group(self) -> str:
        """What the record is called."""
        return str(self.model._meta.verbose_name_plural)


_guarded: dict[str, GuardedField] = {}
_by_column: dict[str, str] = {}


def guard(key: str, mask: Mask, *, also: tuple[str, ...] = ()) -> GuardedField:
    """Declare that roles may restrict `<app>.<model>.<field>`."""
    if key in _guarded:
        raise ValueError(f"{key} is guarded twice")
    found = GuardedField(key.lower(), mask, also)
    _guarded[found.key] = found
    head = found.key.rpartition(".")[0]
    for column in (found.name, *also):
        _by_column[f"{head}.{column}"] = found.key
    return found


def guarded_fields() -> list[GuardedField]:
    """Every field that roles may restrict, by record."""
    return [_guarded[key] for key in sorted(_guarded)]


def is_guarded(key: str) -> bool:
    return key in _guarded


def stored_rights(stored: Any) -> dict[str, Right]:
    """What a role says of restricted fields; a damaged entry shows nothing, nor do damaged rights.

    A field that nobody guards (any more) is left out.
    """
    if not isinstance(stored, Mapping):
        return dict.fromkeys(_guarded, Right.HIDDEN)
    return {key: _stored_right(value) for key, value in stored.items() if key in _guarded}


def _stored_right(value: Any) -> Right:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return Right(value) if is_number and value in Right.values else Right.HIDDEN


def combined(rights: list[Any]) -> dict[str, Right]:
    """What several roles leave of each restricted field: the widest right counts.

    A role that does not name a field may write it; no role at all may see none.
    """
    if not rights:
        return dict.fromkeys(_guarded, Right.HIDDEN)
    read = [stored_rights(one) for one in rights]
    named = set.intersection(*(set(one) for one in read))
    found = {key: max(one[key] for one in read) for key in named}
    return {key: right for key, right in found.items() if right < Right.WRITE}


def key_of(model: type[Model], column: str) -> str | None:
    """The guarded field behind a column of a model, also of its history; None for free ones."""
    tracked = getattr(model, "pgh_tracked_model", model)
    return _by_column.get(f"{tracked._meta.label_lower}.{column}")


@lru_cache(maxsize=5_000)
def key_at(model: type[Model], path: str) -> str | None:
    """The guarded field that a query path ("customer__phone") ends at."""
    *steps, column = path.split("__")
    current = model
    for step in steps:
        try:
            related = current._meta.get_field(step).related_model
        except FieldDoesNotExist:
            return None
        if not isinstance(related, type):
            return None
        current = related
    return key_of(current, column)


def right_to(member: "Member | None", key: str | None) -> Right:
    """The member's right to a guarded field; the system itself (None) may everything."""
    if member is None or key is None:
        return Right.WRITE
    return member.field_rights.get(key, Right.WRITE)


def right(member: "Member | None", model: type[Model], column: str) -> Right:
    """The member's right to a column of a model."""
    return right_to(member, key_of(model, column))


def masked(key: str, value: Any) -> str:
    """The value as those see it who may not; nothing stays nothing."""
    return _guarded[key].mask(value) if value not in (None, "") else ""


def shown(member: "Member | None", model: type[Model], column: str, value: Any) -> Any:
    """The value as the member may see it: itself, masked, or empty when hidden."""
    key = key_of(model, column)
    return shown_by_key(member, key, value)


def shown_by_key(member: "Member | None", key: str | None, value: Any) -> Any:
    """The same for a key that `key_at` found."""
    granted = right_to(member, key)
    if granted >= Right.READ or key is None:
        return value
    return masked(key, value) if granted == Right.MASKED else HIDDEN_TEXT


def unwritable(member: "Member | None", model: type[Model], names: Mapping[str, Any]) -> list[str]:
    """Those of a form's fields that the member may not change."""
    return [name for name in names if right(member, model, name) < Right.WRITE]

"""What points at customers, leads and contacts, and what a merge does with it.

References by TenantForeignKey are found from the models themselves and move. References by kind
and id are declared, here by `generic` or by an upper app from its AppConfig.ready(); what must
not move is declared with `stays`, with the reason. tests/architecture/test_references.py fails on
a reference that nobody declared.

    generic("teamwork.task", "subject", label=_("Tasks"), written=label_of)
    stays("leads.assignmentdecision", "lead", why="tells how that very lead got its owner")
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint
from django.utils.functional import Promise

from crm.tenancy.schema import is_history, tenant_models, tenant_references

Label = str | Promise
Record = Model
# Rows of both sides that could not both point at the kept record: (of the one that goes, kept's).
Pairs = Sequence[tuple[Any, Any]]
Changes = Sequence[tuple[Any, dict[str, Any]]]
Combine = Callable[[Pairs], Changes]
# Raises the app's refusal when these two may not become one, or not be parted again, now.
Obstacle = Callable[[Any, Any], None]


def label_of(model: type[Model]) -> str:
    """Kinds written as "leads.customer"."""
    return model._meta.label_lower


def name_of(model: type[Model]) -> str:
    """Kinds written as "customer", as leads.enums.RecordKind does."""
    return str(model._meta.model_name)


@dataclass(frozen=True)
class Reference:
    """A column of a model that holds the id of a record, perhaps with its kind beside it."""

    label: str
    column: str
    kind_column: str = ""
    written: Callable[[type[Model]], str] = field(default=label_of)
    called: Label = ""

    @cached_property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def title(self) -> str:
        """What the rows are called on the screen."""
        return str(self.called or self.model._meta.verbose_name_plural)

    @property
    def attname(self) -> str:
        return str(self.model._meta.get_field(self.column).attname)  # type: ignore[union-attr]

    def points_at(self, target: type[Model], pk: int) -> dict[str, Any]:
        """The filter for rows that point at this record."""
        found: dict[str, Any] = {self.attname: pk}
        if self.kind_column:
            found[self.kind_column] = self.written(target)
        return found

    def rows(self, target: type[Model], pk: int) -> QuerySet[Any]:
        """Everything that points at the record, what lists leave out included."""
        return self.model._base_manager.filter(**self.points_at(target, pk))

    def moving(
        self, target: type[Model], before: int, after: int, *, leave: Sequence[int] = ()
    ) -> QuerySet[Any]:
        """What points at the one record and can point at the other."""
        rows = self.rows(target, before).exclude(pk__in=leave)
        found = rows
        for clash, _same in self.clashing(rows, target, after):
            found = found.exclude(pk__in=clash.values("pk"))
        return found

    def clashing(
        self, rows: QuerySet[Any], target: type[Model], pk: int
    ) -> Iterator[tuple[QuerySet[Any], Sequence[str]]]:
        """Of `rows`, those that cannot point at record `pk` too, with what they have in common."""
        mine = {self.column, self.kind_column, "organization"}
        for one in self.model._meta.constraints:
            if not isinstance(one, UniqueConstraint) or self.column not in one.fields:
                continue
            same = [name for name in one.fields if name not in mine]
            condition = one.condition or Q()
            others = self.rows(target, pk).filter(condition)
            taken = others.filter(**{name: OuterRef(name) for name in same})
            yield rows.filter(condition).filter(Exists(taken)), same


_generic: list[Reference] = []
_stays: dict[tuple[str, str], str] = {}
_combine: dict[tuple[str, str], Combine] = {}
_obstacles: list[Obstacle] = []
_counted: dict[tuple[str, str], tuple[Label, Q | None]] = {}


def generic(
    label: str,
    prefix: str,
    *,
    called: Label = "",
    written: Callable[[type[Model]], str] = label_of,
) -> None:
    """Rows with <prefix>_kind and <prefix>_id move with the record they are about."""
    _generic.append(Reference(label, f"{prefix}_id", f"{prefix}_kind", written, called))


def stays(label: str, column: str, *, why: str) -> None:
    """This reference keeps its record through a merge, for that reason."""
    if not why:
        raise ValueError(f"{label}.{column} stays for no reason")
    _stays[label, column] = why


def combine(label: str, column: str, how: Combine) -> None:
    """What becomes of the kept record's row when the one that goes has such a row too.

    `how` gets the pairs and gives (kept's row, its new values); the other row is left where it is.
    """
    _combine[label, column] = how


def counted(label: str, column: str, called: Label, *, unfinished: Q | None = None) -> None:
    """What the rows are called in a preview, and which of them are not finished."""
    _counted[label, column] = (called, unfinished)


def obstacle(why_not: Obstacle) -> None:
    """Ask this before two records become one, and before they are parted again."""
    _obstacles.append(why_not)


def check_obstacles(kept: Any, gone: Any) -> None:
    """Raise the first refusal of any app."""
    for why_not in _obstacles:
        why_not(kept, gone)


def combination_of(one: Reference) -> Combine | None:
    return _combine.get((one.label, one.column))


def name_and_open(one: Reference) -> tuple[str, Q | None]:
    """What a preview calls the rows, and which of them are unfinished."""
    called, unfinished = _counted.get((one.label, one.column), ("", None))
    return str(called or one.title), unfinished


def foreign_keys_to(target: type[Model]) -> Iterator[Reference]:
    """Every TenantForeignKey to the model, what stays included."""
    for model in tenant_models():
        if not is_history(model):
            for key in tenant_references(model):
                if key.related_model is target:
                    yield Reference(model._meta.label_lower, key.name)


def references_to(target: type[Model]) -> list[Reference]:
    """Everything that moves when one record of this model becomes part of another."""
    found = [*foreign_keys_to(target), *_generic]
    return [one for one in found if (one.label, one.column) not in _stays]


def declared() -> set[tuple[str, str]]:
    """Every column that somebody decided about."""
    return {(one.label, one.column) for one in _generic} | set(_stays)

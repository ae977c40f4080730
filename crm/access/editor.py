"""What the role editor shows: controls for every permission and field, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access.drafts import (
    RoleDraft,
    departments_field,
    permission_field,
    right_field,
)
from crm.access.fields import GuardedField
from crm.access.modules import Module, guarded_records, modules
from crm.access.reach import Reach
from crm.access.registry import Permission
from crm.access.words import sample_of
from crm.people.enums import Right, Scope
from crm.people.models import Department

# As the control offers them, from nothing to everything.
SCOPES = (Scope.OWN, Scope.DEPARTMENT, Scope.TREE, Scope.CHOSEN, Scope.ALL)
RIGHTS = (Right.WRITE, Right.READ, Right.MASKED, Right.HIDDEN)


@dataclass(frozen=True)
class Node:
    """A department in the tree picker."""

    pk: int
    name: str
    depth: int
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """A permission's control; `was` is what is saved, for the count of unsaved changes."""

    permission: Permission
    value: str
    was: str
    tree: Sequence[Node]
    error: str

    @property
    def name(self) -> str:
        return permission_field(self.permission.name)

    @property
    def departments_name(self) -> str:
        return departments_field(self.permission.name)


@dataclass(frozen=True)
class FieldRow:
    """A restrictable field's control and what its mask does to an example."""

    field: GuardedField
    value: str
    was: str

    @property
    def name(self) -> str:
        return right_field(self.field.key)

    @property
    def sample(self) -> str:
        return sample_of(self.field)[0]

    @property
    def masked(self) -> str:
        return sample_of(self.field)[1]


class Editor:
    """One draft against the role as it is saved."""

    def __init__(self, draft: RoleDraft, saved: RoleDraft | None, *, check: bool = False) -> None:
        self.draft = draft
        self.saved = saved
        self.errors = problems(draft, self.department_ids) if check else {}

    @cached_property
    def departments(self) -> list[Department]:
        return list(Department.objects.order_by("path"))

    @cached_property
    def department_ids(self) -> set[int]:
        return {one.pk for one in self.departments}

    @cached_property
    def blank_tree(self) -> list[Node]:
        """The tree with nothing chosen, which the script copies where it is asked for."""
        return self._tree(frozenset())

    @property
    def scopes(self) -> list[tuple[str, str]]:
        """The choices of a scope control."""
        nothing = ("", pgettext("data scope", "None"))
        return [nothing, *((str(int(one)), str(one.label)) for one in SCOPES)]

    @property
    def rights(self) -> list[tuple[str, str]]:
        return [(str(int(one)), str(one.label)) for one in RIGHTS]

    @cached_property
    def modules(self) -> list[tuple[Module, list[Row]]]:
        return [
            (module, [self._row(permission) for permission in module.permissions])
            for module in modules()
        ]

    @cached_property
    def records(self) -> list[tuple[str, list[FieldRow]]]:
        return [
            (group.label, [self._field(field) for field in group.fields])
            for group in guarded_records()
        ]

    def _row(self, permission: Permission) -> Row:
        given = self.draft.reach_of(permission.name)
        was = self.saved.reach_of(permission.name) if self.saved else None
        chooses = given is not None and Scope.CHOSEN in given.scopes
        return Row(
            permission,
            value=value_of(given),
            was=as_compared(was),
            tree=self._tree(given.chosen) if given is not None and chooses else (),
            error=self.errors.get(permission.name, ""),
        )

    def _field(self, field: GuardedField) -> FieldRow:
        was = self.saved.right_to(field.key) if self.saved else Right.WRITE
        return FieldRow(field, str(int(self.draft.right_to(field.key))), str(int(was)))

    def _tree(self, chosen: frozenset[int]) -> list[Node]:
        return [
            Node(one.pk, one.name, max(len(one.path) - 1, 0), one.pk in chosen)
            for one in self.departments
        ]


def value_of(reach: Reach | None) -> str:
    """The value of the control that stands for a reach."""
    return "" if reach is None else str(int(reach.widest))


def as_compared(reach: Reach | None) -> str:
    """The same with its departments: "5:12,14"."""
    chosen = ",".join(str(one) for one in sorted(reach.chosen)) if reach else ""
    return f"{value_of(reach)}:{chosen}" if chosen else value_of(reach)


def problems(draft: RoleDraft, departments: set[int]) -> dict[str, str]:
    """What must be put right before the effect can be shown: field or permission → why."""
    found = {}
    if not draft.name:
        found["name"] = _("Give the role a name.")
    for name in draft.grants:
        reach = draft.reach_of(name)
        if reach is None or Scope.CHOSEN not in reach.scopes:
            continue
        if not reach.chosen:
            found[name] = _("Choose at least one department.")
        elif not reach.chosen <= departments:
            found[name] = _("A department you chose does not exist any more.")
    return found

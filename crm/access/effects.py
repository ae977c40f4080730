"""Who gains and loses what when roles change: worked out before anything is saved."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crm.access import grants
from crm.access.counting import (
    Cover,
    Difference,
    Receivers,
    Tally,
    exact_difference,
    record_of,
)
from crm.access.drafts import NEW, RoleDraft
from crm.access.fields import GuardedField, guarded_fields
from crm.access.reach import EVERYTHING, Reach
from crm.access.registry import Permission, permissions
from crm.people.enums import Right, Scope
from crm.people.models import Member, MemberRole, Role
from crm.people.models.holding import HeldRole


class Way(StrEnum):
    """What happens to a permission or a field."""

    GAINED = "gained"
    WIDENED = "widened"
    CHANGED = "changed"
    NARROWED = "narrowed"
    LOST = "lost"


@dataclass(frozen=True)
class PermissionChange:
    """One permission, from how far to how far."""

    permission: Permission
    before: Reach | None
    after: Reach | None
    way: Way


@dataclass(frozen=True)
class FieldChange:
    """One restrictable field, from which right to which."""

    field: GuardedField
    before: Right
    after: Right

    @property
    def way(self) -> Way:
        return Way.WIDENED if self.after > self.before else Way.NARROWED


@dataclass(frozen=True)
class RecordColumn:
    """Permissions over one kind of record that change alike, counted once."""

    model: Any
    permissions: tuple[Permission, ...]

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)


@dataclass(frozen=True)
class MemberNumbers:
    """One member's differences, in the order of the group's columns."""

    member: Member
    numbers: tuple[Difference, ...]


@dataclass
class Group:
    """Members for whom the same permissions and fields change in the same way."""

    permissions: tuple[PermissionChange, ...]
    fields: tuple[FieldChange, ...]
    columns: tuple[RecordColumn, ...]
    rows: list[MemberNumbers] = field(default_factory=list)

    @property
    def ways(self) -> set[Way]:
        return {one.way for one in self.permissions} | {one.way for one in self.fields}


@dataclass
class Effect:
    """What happens to whom; members for whom nothing changes are only counted."""

    groups: list[Group] = field(default_factory=list)
    unchanged: int = 0

    @property
    def touched(self) -> int:
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True)
class Trial:
    """A member with the roles they hold and the roles they would hold."""

    member: Member
    before: tuple[HeldRole, ...]
    after: tuple[HeldRole, ...]


def as_held(role: Role) -> HeldRole:
    return HeldRole(role.code, role.grants, role.field_rights)


def with_roles(member: Member, roles: Iterable[Any]) -> Member:
    """The same person, trying other roles on."""
    twin = copy.copy(member)
    twin.hold(roles)
    return twin


def role_effect_on_holders(draft: RoleDraft) -> Effect:
    """What a changed role does to the active members who hold it."""
    if draft.role_id == NEW:
        return Effect()
    before = {role.pk: as_held(role) for role in Role.objects.all()}
    code = before[draft.role_id].code
    after = before | {draft.role_id: HeldRole(code, draft.grants, draft.field_rights)}
    held = {pk: ids for pk, ids in roles_of_members().items() if draft.role_id in ids}
    members = Member.objects.filter(pk__in=held).select_related("department")
    return effect_of(
        [
            Trial(
                member,
                tuple(before[pk] for pk in held[member.pk]),
                tuple(after[pk] for pk in held[member.pk]),
            )
            for member in members.order_by("sort_key", "pk")
        ]
    )


def roles_of_members() -> dict[int, list[int]]:
    """Active member → the ids of their roles, none left out who has one."""
    found: dict[int, list[int]] = {}
    rows = MemberRole.objects.filter(member__is_active=True).order_by("member_id", "role_id")
    for member_id, role_id in rows.values_list("member_id", "role_id"):
        found.setdefault(member_id, []).append(role_id)
    return found


def role_effect(member: Member, new_role_ids: Iterable[int]) -> Effect:
    """What changes for one member who would hold exactly these roles."""
    return effect_of([trial_of(member, new_role_ids)])


def trial_of(member: Member, new_role_ids: Iterable[int]) -> Trial:
    """The member with their present roles and with these."""
    now = Role.objects.filter(member_roles__member=member).order_by("pk")
    then = Role.objects.filter(pk__in=set(new_role_ids)).order_by("pk")
    return Trial(member, tuple(map(as_held, now)), tuple(map(as_held, then)))


def effect_of(trials: Sequence[Trial]) -> Effect:
    """The effect on everybody named, members with equal changes together."""
    counter = _Counter()
    groups: dict[tuple[Any, ...], Group] = {}
    known: dict[tuple[Any, ...], _Comparison] = {}
    unchanged = 0
    for trial in trials:
        key = (trial.member.department_id, *map(id, trial.before), 0, *map(id, trial.after))
        if key not in known:
            known[key] = _Comparison(trial, counter)
        compared = known[key]
        if not compared.permissions and not compared.fields:
            unchanged += 1
            continue
        group = groups.setdefault(
            compared.key,
            Group(compared.permissions, compared.fields, compared.columns),
        )
        group.rows.append(counter.numbers(trial, compared, group.columns))
    return Effect(list(groups.values()), unchanged)


class _Comparison:
    """Two sets of roles in one department, compared once for everybody who shares them."""

    def __init__(self, trial: Trial, counter: "_Counter") -> None:
        self.before = with_roles(trial.member, trial.before)
        self.after = with_roles(trial.member, trial.after)
        self.permissions = tuple(self._permissions())
        self.fields = tuple(self._fields())
        changes = (
            (one.permission.name, one.before, one.after, one.way) for one in self.permissions
        )
        self.key = (*changes, *self.fields)
        self.columns = columns_of(self.permissions, counter)
        self.covers = {
            change.permission.name: (
                Cover.of(self.before, change.before),
                Cover.of(self.after, change.after),
            )
            for change in self.permissions
        }

    def _permissions(self) -> Iterable[PermissionChange]:
        for permission in permissions():
            before = simplest(self.before.scopes.get(permission.name))
            after = simplest(self.after.scopes.get(permission.name))
            if before != after:
                yield PermissionChange(permission, before, after, self._way(before, after))

    def _way(self, before: Reach | None, after: Reach | None) -> Way:
        old, new = Cover.of(self.before, before), Cover.of(self.after, after)
        if old is None or new is None:
            return Way.GAINED if old is None else Way.LOST
        if old.narrower_than(new):
            return Way.WIDENED
        return Way.NARROWED if new.narrower_than(old) else Way.CHANGED

    def _fields(self) -> Iterable[FieldChange]:
        before, after = self.before.field_rights, self.after.field_rights
        for guarded in guarded_fields():
            old = before.get(guarded.key, Right.WRITE)
            new = after.get(guarded.key, Right.WRITE)
            if old != new:
                yield FieldChange(guarded, old, new)


def simplest(reach: Reach | None) -> Reach | None:
    """The same reach without scopes that a wider one of them includes anyway."""
    if reach is None or reach.is_all:
        return reach and EVERYTHING
    scopes = reach.scopes
    if Scope.TREE in scopes:
        scopes -= {Scope.DEPARTMENT}
    return Reach(scopes - {Scope.OWN} or scopes, reach.chosen)


def columns_of(
    changes: Sequence[PermissionChange], counter: "_Counter"
) -> tuple[RecordColumn, ...]:
    """One column for each kind of record and change of reach."""
    found: dict[tuple[Any, ...], list[Permission]] = {}
    for change in changes:
        model = record_of(change.permission)
        if model is None:
            continue
        # shares add to seeing and to editing, not to the rest: then these count apart
        verb = change.permission.name.partition(".")[2].partition("_")[0]
        kind = verb if verb in grants.CARRIED_BY and counter.shares(model) else ""
        found.setdefault((model, change.before, change.after, kind), []).append(change.permission)
    return tuple(RecordColumn(key[0], tuple(names)) for key, names in found.items())


class _Counter:
    """Counts for many members; each table is read once."""

    def __init__(self) -> None:
        self.tallies: dict[Any, Tally] = {}
        self.receivers: dict[Any, Receivers] = {}

    def shares(self, model: Any) -> bool:
        """Whether any record of this kind is shared with anybody."""
        if model not in self.receivers:
            self.receivers[model] = Receivers(model)
        return bool(self.receivers[model].users or self.receivers[model].departments)

    def numbers(
        self, trial: Trial, compared: _Comparison, columns: Sequence[RecordColumn]
    ) -> MemberNumbers:
        found = tuple(self._difference(trial, compared, column) for column in columns)
        return MemberNumbers(trial.member, found)

    def _difference(self, trial: Trial, compared: _Comparison, column: RecordColumn) -> Difference:
        model, permission = column.model, column.permissions[0]
        if model not in self.tallies:
            self.tallies[model] = Tally(model)
        member = trial.member
        if self.shares(model) and self.receivers[model].include(member, member.department_path):
            before, after = with_roles(member, trial.before), with_roles(member, trial.after)
            return exact_difference(before, after, permission, model)
        return self.tallies[model].difference(member.pk, *compared.covers[permission.name])

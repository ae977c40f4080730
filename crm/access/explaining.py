"""Why somebody may do something: what one member may, and who reaches one record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.access import grants, policy
from crm.access.counting import grant_holder
from crm.access.drafts import RoleDraft
from crm.access.fields import GuardedField, guarded_fields
from crm.access.modules import Module, modules
from crm.access.reach import Reach
from crm.access.registry import Permission, is_declared
from crm.access.words import department_names, reach_words
from crm.people.enums import Right, Scope
from crm.people.models import Department, Member, MemberRole, Role
from crm.people.selectors import active_members


@dataclass(frozen=True)
class Source:
    """A role that gives something, and how far."""

    role: RoleDraft
    words: str


@dataclass(frozen=True)
class HeldPermission:
    """A permission, how far it carries altogether, and through which roles."""

    permission: Permission
    words: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class HeldField:
    """A restrictable field, what may be done with it, and what each role says."""

    field: GuardedField
    right: Right
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Share:
    """One record shared with the member or with their department."""

    title: str
    may_edit: bool
    through: str
    until: datetime | None


@dataclass(frozen=True)
class SharedKind:
    """The shares of one kind of record; `hidden` are those the reader may not see."""

    label: str
    shares: tuple[Share, ...]
    hidden: int


def roles_of(member: Member) -> list[RoleDraft]:
    held = Role.objects.filter(member_roles__member_id=member.pk)
    return [RoleDraft.of(role) for role in held.order_by("pk")]


def held_permissions(member: Member, roles: Sequence[RoleDraft]) -> list[tuple[Module, list[Any]]]:
    """What the member may do, by module; permissions without any role are left out."""
    names = department_names()
    found = []
    for module in modules():
        held = []
        for permission in module.permissions:
            together = policy.reach_of(member, permission.name)
            if together is not None:
                words = reach_words(together, names, whole=permission.whole)
                sources = tuple(_sources(permission, roles, names))
                held.append(HeldPermission(permission, words, sources))
        if held:
            found.append((module, held))
    return found


def _sources(
    permission: Permission, roles: Sequence[RoleDraft], names: Mapping[int, str]
) -> Iterable[Source]:
    for role in roles:
        given = role.reach_of(permission.name)
        if given is not None:
            yield Source(role, reach_words(given, names, whole=permission.whole))


def held_fields(member: Member, roles: Sequence[RoleDraft]) -> list[HeldField]:
    """What the member may do with each field that roles can restrict."""
    return [
        HeldField(
            one,
            member.field_rights.get(one.key, Right.WRITE),
            tuple(Source(role, str(role.right_to(one.key).label)) for role in roles),
        )
        for one in guarded_fields()
    ]


MOST_SHARES = 50


def shares_with(member: Member, reader: Member) -> list[SharedKind]:
    """The records shared with a member, named only where the reader may see them."""
    kinds = (model for model in apps.get_models() if hasattr(model, "access_grants"))
    found = (_shared_kind(model, member, reader) for model in kinds)
    return [kind for kind in found if kind.shares or kind.hidden]


def _shared_kind(model: Any, member: Member, reader: Member) -> SharedKind:
    people, departments = model.access_grants()
    own = _valid(people).filter(user_id=member.user_id).select_related("permission")
    theirs = _valid(departments).filter(department_id__in=member.department_path)
    rows = [
        (one.content_object_id, one.permission.codename.startswith("edit"), "", one.expires_at)
        for one in own.order_by("-pk")[:MOST_SHARES]
    ]
    rows += [
        (one.content_object_id, one.action == grants.EDIT, one.department.name, one.expires_at)
        for one in theirs.select_related("department").order_by("-pk")[:MOST_SHARES]
    ]
    view = f"{model._meta.app_label}.view_{model._meta.model_name}"
    seen = policy.visible(reader, model._default_manager.all(), view)
    titles = seen.in_bulk([row[0] for row in rows])
    shares = tuple(Share(str(titles[row[0]]), *row[1:]) for row in rows if row[0] in titles)
    return SharedKind(
        capfirst(str(model._meta.verbose_name_plural)), shares, len(rows) - len(shares)
    )


def _valid(table: Any) -> Any:
    return table.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()))


@dataclass
class Viewer:
    """A member who reaches a record, and why."""

    member: Member
    reasons: list[str] = field(default_factory=list)
    may_edit: bool = False


class RecordAccess:
    """Who may see, and who may change, one record."""

    def __init__(self, record: Any) -> None:
        model = type(record)
        self.record = record
        self.view = f"{model._meta.app_label}.view_{model._meta.model_name}"
        self.edit = f"{model._meta.app_label}.edit_{model._meta.model_name}"
        department: Department | None = self.record.department
        self.path = set(department.path) if department else set()
        self.department_id: int | None = self.record.department_id
        self.owner_id: int | None = self.record.owner_id

    def viewers(self) -> list[Viewer]:
        """Every active member who sees the record, the owner first."""
        roles = {role.pk: RoleDraft.of(role) for role in Role.objects.order_by("pk")}
        held: dict[int, list[RoleDraft]] = {}
        for member_id, role_id in MemberRole.objects.order_by("role_id").values_list(
            "member_id", "role_id"
        ):
            held.setdefault(member_id, []).append(roles[role_id])
        shares = self._shares()
        names = department_names()
        found = []
        for member in active_members().select_related("department"):
            viewer = self._viewer(member, held.get(member.pk, []), shares, names)
            if viewer.reasons:
                found.append(viewer)
        return sorted(found, key=lambda one: one.member.pk != self.owner_id)

    def _viewer(
        self,
        member: Member,
        roles: Sequence[RoleDraft],
        shares: "Shares",
        names: Mapping[int, str],
    ) -> Viewer:
        viewer = Viewer(member)
        # a share opens nothing to those whose roles hold no such permission
        sees = any(role.reach_of(self.view) for role in roles)
        edits = any(role.reach_of(self.edit) for role in roles)
        if sees and member.pk == self.owner_id:
            viewer.reasons.append(_("owner"))
            viewer.may_edit = edits
        for role in roles:
            words = self._reason(member, role, role.reach_of(self.view), names)
            viewer.reasons += [words] if words else []
            viewer.may_edit |= bool(self._reason(member, role, role.reach_of(self.edit), names))
        for words, editing in shares.to(member) if sees else ():
            viewer.reasons.append(words)
            viewer.may_edit |= editing and edits
        return viewer

    def _reason(
        self, member: Member, role: RoleDraft, reach: Reach | None, names: Mapping[int, str]
    ) -> str:
        """Why this role's reach includes the record, "" when it does not."""
        if reach is None:
            return ""
        scope = next((one for one in reach.scopes if self._includes(member, one, reach)), None)
        if scope is None:
            return ""
        return _("%(scope)s, by the role “%(role)s”") % {
            "scope": reach_words(reach, names) if scope == Scope.CHOSEN else scope.label,
            "role": role.label,
        }

    def _includes(self, member: Member, scope: Scope, reach: Reach) -> bool:
        own = member.department_id
        if scope == Scope.ALL:
            return True
        if scope == Scope.DEPARTMENT:
            return own is not None and own == self.department_id
        if scope == Scope.TREE:
            return own in self.path
        return scope == Scope.CHOSEN and not reach.chosen.isdisjoint(self.path)

    def _shares(self) -> "Shares":
        holder = grant_holder(type(self.record))
        if holder is None:
            return Shares([], [])
        people, departments = holder.access_grants()
        return Shares(
            list(_valid(people).filter(content_object=self.record).select_related("permission")),
            list(
                _valid(departments).filter(content_object=self.record).select_related("department")
            ),
        )


class Shares:
    """The valid grants on one record."""

    def __init__(self, people: Sequence[Any], departments: Sequence[Any]) -> None:
        self.people = people
        self.departments = departments

    def to(self, member: Member) -> Iterable[tuple[str, bool]]:
        """Each share that reaches the member, in words, and whether it lets them change."""
        path = member.department.path if member.department_id and member.department else []
        for one in self.people:
            if one.user_id == member.user_id:
                editing = one.permission.codename.startswith("edit")
                yield _shared_words(_("shared with them"), one.expires_at), editing
        for one in self.departments:
            if one.department_id in path:
                words = _("shared with “%(department)s”") % {"department": one.department.name}
                yield _shared_words(words, one.expires_at), one.action == grants.EDIT


def _shared_words(words: str, until: datetime | None) -> str:
    if until is None:
        return words
    shown = timezone.localtime(until).strftime("%Y-%m-%d %H:%M")
    return _("%(shared)s until %(moment)s") % {"shared": words, "moment": shown}


def explainable(kind: str) -> type[Model] | None:
    """The model behind "leads.customer", if records of it have an owner and can be viewed."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    app, _dot, name = kind.partition(".")
    has_owner = hasattr(model, "owner_id") and hasattr(model, "department_id")
    return model if has_owner and is_declared(f"{app}.view_{name}") else None

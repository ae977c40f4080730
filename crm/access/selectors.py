"""Questions about roles: the list, who holds one, how it came to be what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from crm.access.drafts import RoleDraft
from crm.access.fields import guarded_fields
from crm.access.modules import Module, modules
from crm.access.registry import Permission, permissions
from crm.access.words import department_names, field_label, reach_words, right_words
from crm.audit.selectors import changes_of
from crm.people.enums import Right
from crm.people.models import Member, Role
from crm.people.words import role_name
from crm.web.components import Change, Entry


@dataclass(frozen=True)
class ListedRole:
    """A line of the list of roles."""

    role: Role
    members: int
    changed_at: datetime | None
    changed_by: Member | None

    @property
    def label(self) -> str:
        return role_name(self.role.code, self.role.name)


def listed_roles() -> list[ListedRole]:
    """Every role, the built-in ones first, with its active members and its last change."""
    events: Any = Role._meta.get_field("history").related_model
    last = events.objects.filter(pgh_obj_id=OuterRef("pk")).order_by("-pgh_id")
    rows = Role.objects.annotate(
        active=Count("member_roles", filter=Q(member_roles__member__is_active=True)),
        changed_at=Subquery(last.values("pgh_created_at")[:1]),
        context=Subquery(last.values("pgh_context")[:1]),
    ).order_by("-is_builtin", "pk")
    found: list[Any] = list(rows)
    authors = Member.objects.in_bulk({pk for one in found if (pk := _author(one.context))})
    return [
        ListedRole(one, one.active, one.changed_at, authors.get(_author(one.context) or 0))
        for one in found
    ]


def _author(context: Mapping[str, Any] | None) -> int | None:
    return (context or {}).get("member")


def holders_of(role: Role) -> QuerySet[Member]:
    """The members who hold the role, active ones first."""
    people = Member.objects.filter(member_roles__role=role).select_related("department")
    return people.order_by("-is_active", "sort_key", "pk")


def role_in_words(draft: RoleDraft) -> list[tuple[Module, list[tuple[Permission, str]]]]:
    """What a role gives, by module; what it does not give is left out."""
    names = department_names()
    found = []
    for module in modules():
        given = [
            (one, reach_words(reach, names, whole=one.whole))
            for one in module.permissions
            if (reach := draft.reach_of(one.name)) is not None
        ]
        if given:
            found.append((module, given))
    return found


def restrictions_in_words(draft: RoleDraft) -> list[tuple[str, str]]:
    """The fields a role does not let write: field, right."""
    return [
        (field_label(one), right_words(right))
        for one in guarded_fields()
        if (right := draft.right_to(one.key)) < Right.WRITE
    ]


def differences(before: RoleDraft, after: RoleDraft) -> list[Change]:
    """Everything that differs between two states of a role, in words."""
    names = department_names()
    found = []
    if before.name != after.name:
        found.append(Change(_("Role name"), before.label, after.label))
    if before.description != after.description:
        found.append(Change(_("Description"), before.description, after.description))
    for one in permissions():
        old, new = before.reach_of(one.name), after.reach_of(one.name)
        if old != new:
            words = (reach_words(reach, names, whole=one.whole) for reach in (old, new))
            found.append(Change(one.label, *words))
    for field in guarded_fields():
        rights = before.right_to(field.key), after.right_to(field.key)
        if rights[0] != rights[1]:
            found.append(Change(field_label(field), *map(right_words, rights)))
    return found


def role_history(role: Role) -> list[Entry]:
    """Who changed the role when, from what to what."""
    current: dict[str, Any] = {
        "code": role.code,
        "name": role.name,
        "description": role.description,
        "grants": role.grants,
        "field_rights": role.field_rights,
    }
    entries = []
    changes = changes_of(role)
    authors = Member.objects.in_bulk({one.member_id for one in changes if one.member_id})
    for change in changes:
        before = current | {one.field: one.before for one in change.fields if one.field in current}
        shown = differences(RoleDraft(**before), RoleDraft(**current))
        current = before
        if shown:
            author = authors.get(change.member_id or 0)
            who = author.name if author else _("The system")
            entries.append(
                Entry(
                    change.at,
                    _("changed the role"),
                    who=who,
                    icon="shield-check",
                    tone="blue",
                    changes=shown,
                )
            )
    return entries

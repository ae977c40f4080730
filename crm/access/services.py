"""Changing roles: always against the version that was read, always with its effect known."""

import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.access.administrators import check_somebody_may
from crm.access.drafts import RoleDraft
from crm.access.registry import builtin_grants
from crm.audit import services as audit
from crm.people.models import Invitation, MemberRole, Role
from crm.refusals import Refused


class StaleRole(Refused):
    """Somebody saved the role meanwhile; `current` is what it is now."""

    def __init__(self, current: Role) -> None:
        super().__init__(str(_("Somebody changed this role while you were editing it.")))
        self.current = current


@transaction.atomic
def create_role(draft: RoleDraft) -> Role:
    """A new role that nobody holds yet."""
    _lock_roles()
    check_name(draft)
    role = Role.objects.create(
        code=f"role-{secrets.token_hex(4)}",
        name=draft.name,
        description=draft.description,
        grants=dict(draft.grants),
        field_rights=dict(draft.field_rights),
    )
    audit.record("role.created", target=role, name=role.name)
    return role


@transaction.atomic
def save_role(draft: RoleDraft) -> Role:
    """Save a changed role; raises StaleRole when it is no longer the version that was edited."""
    roles = _lock_roles()
    role = roles.get(draft.role_id)
    if role is None:
        raise Refused(_("This role was deleted meanwhile."))
    if role.version != draft.version:
        raise StaleRole(role)
    check_name(draft)
    changed = _changes(role, draft)
    if not changed:
        return role
    role.name, role.description = draft.name, draft.description
    role.grants, role.field_rights = dict(draft.grants), dict(draft.field_rights)
    role.version += 1
    role.save(update_fields=["name", "description", "grants", "field_rights", "version"])
    check_somebody_may()
    audit.record("role.changed", target=role, name=role.name, **changed)
    return role


@transaction.atomic
def delete_role(role_id: int) -> None:
    """Delete a role of one's own making that nobody holds."""
    # against everybody who would give it at this moment
    role = Role.objects.select_for_update(of=("self",)).get(pk=role_id)
    if role.is_builtin:
        raise Refused(_("A built-in role cannot be deleted."))
    if MemberRole.objects.filter(role=role).exists():
        raise Refused(_("Members still hold this role. Take it from them first."))
    if Invitation.objects.filter(role_ids__contains=[role.pk], state="open").exists():
        raise Refused(_("An open invitation gives this role. Withdraw the invitation first."))
    audit.record("role.deleted", target=role, name=role.name)
    role.delete()


def default_of(role: Role) -> RoleDraft:
    """A built-in role as it was delivered, as a draft of the present version."""
    return RoleDraft(
        name=role.name,
        description=role.description,
        grants=builtin_grants(role.code),
        role_id=role.pk,
        version=role.version,
        code=role.code,
    )


def check_name(draft: RoleDraft) -> None:
    """A role has a name, and no other has it."""
    if not draft.name:
        raise Refused(_("Give the role a name."))
    if Role.objects.filter(name=draft.name).exclude(pk=draft.role_id).exists():
        raise Refused(_("Another role has this name."))


def _lock_roles() -> dict[int, Role]:
    """Every role, locked: two changes together could take what each alone leaves."""
    rows = Role.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {role.pk: role for role in rows}


def _changes(role: Role, draft: RoleDraft) -> dict[str, Any]:
    """What differs, for the operation log: each from what to what."""
    found: dict[str, Any] = {}
    for name in ("name", "description"):
        before, after = getattr(role, name), getattr(draft, name)
        if before != after:
            found[f"{name}_change"] = [before, after]
    known = RoleDraft.of(role)
    for name in ("grants", "field_rights"):
        before, after = dict(getattr(known, name)), dict(getattr(draft, name))
        keys = sorted(key for key in before | after if before.get(key) != after.get(key))
        if keys:
            found[name] = {key: [before.get(key), after.get(key)] for key in keys}
    return found

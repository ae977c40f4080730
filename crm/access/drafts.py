"""A role as it would be: what the editor sends, kept in the session until it is confirmed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.http import QueryDict

from crm.access import reach
from crm.access.fields import guarded_fields, stored_rights
from crm.access.reach import Reach, Stored
from crm.access.registry import Permission, is_declared, permissions
from crm.people.enums import Right, Scope
from crm.people.models import Role
from crm.people.models.holding import stored_grants, stored_reach
from crm.people.words import role_name
from crm.tenancy.http import TenantRequest
from crm.web.asked import record_id, record_ids

NEW = 0


@dataclass(frozen=True)
class RoleDraft:
    """The wished state of a role; `role_id` is NEW for one that does not exist yet."""

    name: str
    description: str = ""
    grants: Mapping[str, Stored] = field(default_factory=dict)
    field_rights: Mapping[str, int] = field(default_factory=dict)
    role_id: int = NEW
    version: int = 0
    code: str = ""

    def __post_init__(self) -> None:
        # a role is read here too, and its history: what is damaged gives nothing
        object.__setattr__(self, "grants", stored_grants(self.grants))
        object.__setattr__(self, "field_rights", stored_rights(self.field_rights))

    @classmethod
    def of(cls, role: Role) -> "RoleDraft":
        """The role as it is."""
        return cls(
            name=role.name,
            description=role.description,
            grants=role.grants,
            field_rights=role.field_rights,
            role_id=role.pk,
            version=role.version,
            code=role.code,
        )

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return role_name(self.code, self.name)

    @property
    def digest(self) -> str:
        """Changes with anything in it: what was shown is what is saved."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def reach_of(self, permission: str) -> Reach | None:
        """How far the role carries a permission; damaged entries give nothing."""
        stored = self.grants.get(permission)
        return None if stored is None else stored_reach(permission, stored)

    def right_to(self, key: str) -> Right:
        return Right(self.field_rights.get(key, Right.WRITE))


def permission_field(name: str) -> str:
    """The name of a permission's control in the editor."""
    return f"p-{name}"


def departments_field(name: str) -> str:
    return f"d-{name}"


def right_field(key: str) -> str:
    return f"f-{key}"


def read_posted(data: QueryDict, known: RoleDraft) -> RoleDraft:
    """What the editor sent, read as a draft; whatever is no choice is none."""
    grants: dict[str, Stored] = {
        name: stored for name, stored in known.grants.items() if not is_declared(name)
    }
    for permission in permissions():
        wanted = _posted_reach(data, permission)
        if wanted is not None:
            same = wanted == known.reach_of(permission.name)
            name = permission.name
            grants[name] = known.grants[name] if same else reach.store(wanted)
    version = record_id(data.get("version", ""))
    return replace(
        known,
        name=_posted_name(data, known),
        description=data.get("description", "").replace("\0", "").strip()[:200],
        grants=grants,
        field_rights=_posted_rights(data),
        version=known.version if version is None else version,
    )


def _posted_name(data: QueryDict, known: RoleDraft) -> str:
    """What was typed; a built-in role's name in another language is no change."""
    sent = " ".join(data.get("name", "").replace("\0", "").split())[:80]
    return known.name if sent == known.label else sent


def _posted_reach(data: QueryDict, permission: Permission) -> Reach | None:
    sent = data.get(permission_field(permission.name), "")
    if permission.whole:
        return reach.EVERYTHING if sent else None
    if sent not in map(str, Scope.values):
        return None
    scope = Scope(int(sent))
    if scope != Scope.CHOSEN:
        return reach.reach(scope)
    chosen = data.getlist(departments_field(permission.name))
    return reach.reach(scope, chosen=record_ids(chosen))


def _posted_rights(data: QueryDict) -> dict[str, int]:
    found = {}
    for guarded in guarded_fields():
        sent = data.get(right_field(guarded.key), "")
        if sent in map(str, Right.values) and int(sent) != Right.WRITE:
            found[guarded.key] = int(sent)
    return found


def with_module(draft: RoleDraft, wanted: list[Permission], scope: Scope | None) -> RoleDraft:
    """The draft with all of these permissions given that far, or taken."""
    grants = dict(draft.grants)
    for permission in wanted:
        grants.pop(permission.name, None)
        if scope is not None:
            grants[permission.name] = int(Scope.ALL if permission.whole else scope)
    return replace(draft, grants=grants)


def _slot(request: TenantRequest, role_id: int) -> str:
    return f"role-draft:{request.organization.pk}:{role_id}"


def keep(request: TenantRequest, draft: RoleDraft) -> None:
    """Remember the draft in this session until it is saved or dropped."""
    request.session[_slot(request, draft.role_id)] = asdict(draft)


def kept(request: TenantRequest, role_id: int) -> RoleDraft | None:
    """The draft of this role in this session."""
    found: dict[str, Any] | None = request.session.get(_slot(request, role_id))
    return None if found is None else RoleDraft(**found)


def drop(request: TenantRequest, role_id: int) -> None:
    request.session.pop(_slot(request, role_id), None)

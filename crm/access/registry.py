"""Permission names, declared once by each app's permissions.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.people.enums import RoleCode, Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ANY_MEMBER = "any member"


@dataclass(frozen=True)
class Permission:
    """`name` is <app>.<action>[_<noun>]; `roles` gives the built-in roles' scopes.

    A `whole` permission is held or not: it concerns no rows with an owner.
    """

    name: str
    label: "_StrPromise | str"
    roles: Mapping[str, Scope]
    whole: bool = False

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]


_declared: dict[str, Permission] = {}


def declare(
    name: str, label: "_StrPromise | str", *, whole: bool = False, **roles: Scope
) -> Permission:
    """Declare a permission and which built-in roles start with it, and how far."""
    unknown = set(roles) - set(RoleCode.values)
    if unknown:
        raise ValueError(f"{name}: unknown roles {sorted(unknown)}")
    if name in _declared:
        raise ValueError(f"{name} is declared twice")
    permission = Permission(name, label, dict(roles), whole)
    _declared[name] = permission
    return permission


def permissions() -> list[Permission]:
    """Every declared permission, by name."""
    return [_declared[name] for name in sorted(_declared)]


def is_declared(name: str) -> bool:
    return name in _declared


def is_whole(name: str) -> bool:
    """Whether the permission is held or not, without a scope; unknown names have none."""
    return name in _declared and _declared[name].whole


def builtin_grants(role: str) -> dict[str, int]:
    """The permissions a built-in role starts with and their scopes."""
    return {
        permission.name: int(permission.roles[role])
        for permission in permissions()
        if role in permission.roles
    }

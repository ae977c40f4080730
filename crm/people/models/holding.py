from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crm.access import reach
from crm.access.reach import Reach
from crm.access.registry import is_whole
from crm.people.enums import Right, Scope
from crm.people.models.departments import Department
from crm.people.models.roles import MemberRole, Role


@dataclass(frozen=True)
class HeldRole:
    """What a role gives, as it was read."""

    code: str
    grants: Mapping[str, Any]
    field_rights: Mapping[str, int]


class RoleHolder:
    """What a member's roles give together, read once per member and request."""

    pk: Any
    department_id: int | None
    department: Any

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The codes of the member's roles."""
        return frozenset(role.code for role in self._roles)

    @cached_property
    def scopes(self) -> dict[str, Reach]:
        """Permission name → how far the member's roles carry it together."""
        found: dict[str, Reach] = {}
        for role in self._roles:
            for permission, stored in stored_grants(role.grants).items():
                given = stored_reach(permission, stored)
                if given is not None:
                    found[permission] = found[permission] | given if permission in found else given
        return found

    @cached_property
    def field_rights(self) -> dict[str, Right]:
        """Restricted field → what the member may do with it; all others may be written."""
        from crm.access.fields import combined  # noqa: PLC0415 - it looks at the models

        return combined([role.field_rights for role in self._roles])

    def hold(self, roles: Iterable[Role]) -> None:
        """Take over roles that were read together with the member, or are being tried on."""
        for name in ("role_codes", "scopes", "field_rights"):
            self.__dict__.pop(name, None)
        self._roles = [HeldRole(role.code, role.grants, role.field_rights) for role in roles]

    def narrow(self, permissions: Iterable[str]) -> None:
        """Hold only these of the permissions from here on: a program may do less than its owner."""
        wanted = frozenset(permissions)
        held = {name: reach for name, reach in self.scopes.items() if name in wanted}
        self.__dict__["scopes"] = held

    @cached_property
    def _roles(self) -> list[HeldRole]:
        rows = MemberRole.objects.filter(member_id=self.pk).order_by("role_id")
        found = rows.values_list("role__code", "role__grants", "role__field_rights")
        return [HeldRole(*row) for row in found]

    def departments_within(self, wanted: Reach) -> list[int]:
        """The departments whose records a reach covers, those below included where it says so."""
        own = {self.department_id} if self.department_id else set()
        roots = (own if Scope.TREE in wanted.scopes else set()) | wanted.chosen
        found = {one for root in roots for one in self._below(root)}
        return sorted(found | (own if Scope.DEPARTMENT in wanted.scopes else set()))

    @cached_property
    def department_tree_ids(self) -> list[int]:
        """The member's department and everything below it."""
        return sorted(self._below(self.department_id)) if self.department_id else []

    def _below(self, root: int) -> list[int]:
        if root not in self._trees:
            rows = Department.objects.filter(path__contains=[root])
            self._trees[root] = list(rows.values_list("id", flat=True))
        return self._trees[root]

    @cached_property
    def _trees(self) -> dict[int, list[int]]:
        return {}

    @cached_property
    def department_path(self) -> list[int]:
        """The member's department and those above it."""
        return list(self.department.path) if self.department_id else []

    @cached_property
    def granted(self) -> dict[Any, tuple[list[int] | None, list[int] | None]]:
        """Ids of records granted to the member and their departments, kept by crm.access.grants."""
        return {}


def stored_grants(stored: Any) -> Mapping[str, Any]:
    """A role's permissions as they were stored; what is no list of permissions gives none."""
    return stored if isinstance(stored, Mapping) else {}


def stored_reach(permission: str, stored: Any) -> Reach | None:
    """How far a role carries a permission; a damaged entry gives nothing."""
    if is_whole(permission):
        return reach.EVERYTHING
    try:
        return reach.parse(stored)
    except ValueError:
        return None

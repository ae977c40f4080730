"""How many records a change of reach opens and closes, for many members at once.

One query per kind of record says how many each owner and department has; every member's difference
is then an addition. Members who hold grants are asked about one by one, by the policy's own filter.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, QuerySet

from crm.access import policy
from crm.access.reach import Reach
from crm.access.registry import Permission
from crm.people.models import Member

# Actions that make records rather than reach them.
NOT_COUNTED = {"create", "import"}


@dataclass(frozen=True)
class Difference:
    """So many records more, so many fewer."""

    gained: int = 0
    lost: int = 0

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


@dataclass(frozen=True)
class Cover:
    """What a member's reach covers beside their own records."""

    is_all: bool
    departments: frozenset[int]

    @classmethod
    def of(cls, member: Member, reach: Reach | None) -> "Cover | None":
        """None where the member has no reach at all."""
        if reach is None:
            return None
        return cls(reach.is_all, frozenset(member.departments_within(reach)))

    def includes(self, department_id: int | None) -> bool:
        return self.is_all or (department_id is not None and department_id in self.departments)

    def narrower_than(self, other: "Cover") -> bool:
        """Whether the other covers all of this and more."""
        if self.is_all or self == other:
            return False
        return other.is_all or self.departments < other.departments


def record_of(permission: Permission) -> type[Model] | None:
    """The records a permission is about, if they have an owner: <app>.<action>_<noun>."""
    return None if permission.whole else _record_named(permission.name)


@lru_cache(maxsize=500)
def _record_named(name: str) -> type[Model] | None:
    app, _dot, action = name.partition(".")
    verb, _underscore, noun = action.partition("_")
    if verb in NOT_COUNTED or not noun:
        return None
    try:
        models = list(apps.get_app_config(app).get_models())
    except LookupError:
        return None
    names = {str(model._meta.model_name): model for model in models}
    found = names.get(noun) or next(
        (model for name, model in sorted(names.items()) if name.endswith(noun)), None
    )
    return found if found is not None and _has_owner(found) else None


def _has_owner(model: type[Model]) -> bool:
    if getattr(model, "access_via", ""):
        return True
    try:
        model._meta.get_field(getattr(model, "access_owner", "owner"))
        model._meta.get_field("department")
    except FieldDoesNotExist:
        return False
    return True


class Tally:
    """How many records of one kind there are, by owner and department."""

    def __init__(self, model: type[Model]) -> None:
        via: str = getattr(model, "access_via", "")
        owner: str = getattr(model, "access_owner", "owner_id")
        rows = model._default_manager.order_by().values_list(f"{via}{owner}", f"{via}department_id")
        self.by_department: Counter[int | None] = Counter()
        self.by_owner: dict[int, Counter[int | None]] = defaultdict(Counter)
        for owner_id, department_id, number in rows.annotate(number=Count("pk")):
            self.by_department[department_id] += number
            if owner_id is not None:
                self.by_owner[owner_id][department_id] += number

    def difference(self, member_id: int, before: Cover | None, after: Cover | None) -> Difference:
        """What a member without grants gains and loses."""
        return Difference(
            self._only_in(member_id, after, before), self._only_in(member_id, before, after)
        )

    def _only_in(self, member_id: int, one: Cover | None, other: Cover | None) -> int:
        """How many records the one covers that the other does not."""
        if one is None:
            return 0
        own = self.by_owner.get(member_id, Counter())
        found = own.total() if other is None else 0
        for department_id, number in self.by_department.items():
            covered = other is not None and other.includes(department_id)
            if one.includes(department_id) and not covered:
                found += number - own[department_id]
        return found


def exclusive(
    member: Member, other: Member, permission: Permission, model: type[Model]
) -> QuerySet[Any]:
    """The rows that `member` reaches and `other` does not: the same person with other roles."""
    rows: QuerySet[Any] = model._default_manager.all()
    reached = policy.visible(member, rows, permission.name)
    covered = policy.visible(other, rows.order_by(), permission.name)
    return reached.exclude(pk__in=covered.values("pk"))


def exact_difference(
    before: Member, after: Member, permission: Permission, model: type[Model]
) -> Difference:
    """What a member gains and loses, asked of the policy itself."""
    return Difference(
        exclusive(after, before, permission, model).order_by().count(),
        exclusive(before, after, permission, model).order_by().count(),
    )


def grant_holder(model: type[Model]) -> Any:
    """The records whose grants open rows of this model, at the end of `access_via`."""
    current: Any = model
    via: str = getattr(model, "access_via", "")
    for step in via.removesuffix("__").split("__") if via else ():
        current = current._meta.get_field(step).related_model
    return current if hasattr(current, "access_grants") else None


class Receivers:
    """Who holds any grant on records of one kind: persons and departments."""

    def __init__(self, model: type[Model]) -> None:
        holder = grant_holder(model)
        self.users: set[int] = set()
        self.departments: set[int] = set()
        if holder is not None:
            people, departments = holder.access_grants()
            self.users.update(
                people.objects.order_by().values_list("user_id", flat=True).distinct()
            )
            self.departments.update(
                departments.objects.order_by().values_list("department_id", flat=True).distinct()
            )

    def include(self, member: Member, path: Collection[int]) -> bool:
        """Whether something of this kind is shared with the member."""
        return member.user_id in self.users or not self.departments.isdisjoint(path)

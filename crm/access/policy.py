"""The one place that decides who may see and do what.

Role (named permissions) → data scope compiled to columns → exception grants. `visible` filters,
`allowed` decides on one record, and both ask the same `scope_filter`.
"""

from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404

from crm.access.registry import is_declared
from crm.people.enums import Scope
from crm.people.models import Member

M = TypeVar("M", bound=Model)


class UnknownPermission(LookupError):
    """A permission name that no app declares: a programming error, never an answer."""


def scope_of(member: Member, permission: str) -> Scope | None:
    """How far the member's roles carry this permission, None for not at all."""
    if not is_declared(permission):
        raise UnknownPermission(permission)
    return member.scopes.get(permission)


def scope_filter(member: Member, permission: str, model: type[Model]) -> Q | None:
    """The member's scope as a filter on `model`: Q() for everything, None for nothing.

    `model.access_via` ("customer__") says whose owner and department count; grants on shared
    single records come from `model.access_grants`, when there is such a table.
    """
    scope = scope_of(member, permission)
    if scope is None:
        return None
    if scope == Scope.ALL:
        return Q()
    via: str = getattr(model, "access_via", "")
    owned = Q(**{f"{via}owner_id": member.pk})
    if scope == Scope.DEPARTMENT and member.department_id:
        owned |= Q(**{f"{via}department_id": member.department_id})
    if scope == Scope.TREE and member.department_tree_ids:
        owned |= Q(**{f"{via}department_id__in": member.department_tree_ids})
    return owned | granted_filter(member, permission, model)


def granted_filter(member: Member, permission: str, model: type[Model]) -> Q:
    """Records shared with the member one by one; matches nothing where none can be."""
    grants = getattr(model, "access_grants", None)
    if grants is None:
        return Q(pk__in=[])
    table = grants()
    held = table.objects.filter(user_id=member.user_id)
    if not held.exists():
        return Q(pk__in=[])
    codename = permission.partition(".")[2]
    return Q(Exists(held.filter(content_object_id=OuterRef("pk"), permission__codename=codename)))


def visible(member: Member, queryset: QuerySet[M], permission: str) -> QuerySet[M]:
    """The rows of `queryset` that the member may reach with this permission."""
    condition = scope_filter(member, permission, queryset.model)
    return queryset.none() if condition is None else queryset.filter(condition)


def allowed(member: Member, permission: str, obj: Any = None) -> bool:
    """Whether the member has the permission at all, or on this record."""
    if obj is None:
        return scope_of(member, permission) is not None
    if scope_of(member, permission) == Scope.ALL:
        return True
    manager = type(obj)._default_manager
    return visible(member, manager.filter(pk=obj.pk), permission).exists()


def get_or_404(member: Member, queryset: QuerySet[M], permission: str, pk: int) -> M:
    """The record, if the member may reach it; otherwise 404, as if it did not exist."""
    found = visible(member, queryset, permission).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found

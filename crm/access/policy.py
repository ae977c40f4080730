"""The one place that decides who may see and do what.

Role (named permissions) → reach compiled to columns → grants on single records. `visible` filters,
`allowed` decides on one record, and both ask the same `reach_filter`.
"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from crm.access import grants
from crm.access.reach import Reach
from crm.access.registry import is_declared
from crm.people.models import Member

M = TypeVar("M", bound=Model)
NOTHING = Q(pk__in=[])
# not Q(): joined by "or" to a condition, that would be the condition alone
EVERYTHING = ~NOTHING


class UnknownPermission(LookupError):
    """A permission name that no app declares: a programming error, never an answer."""


class MovedOn(Http404):
    """The record became part of another one, which the member may reach."""

    def __init__(self, record: Model) -> None:
        super().__init__()
        self.record = record


def reach_of(member: Member, permission: str) -> Reach | None:
    """How far the member's roles carry this permission, None for not at all."""
    if not is_declared(permission):
        raise UnknownPermission(permission)
    return member.scopes.get(permission)


def reach_filter(member: Member, permission: str, model: type[Model]) -> Q | None:
    """The member's reach as a filter on `model`: EVERYTHING, or None for nothing.

    `model.access_via` ("customer__") says whose owner and department count; a grant on that
    record reaches what hangs on it. `model.access_owner` names an owner's column of another name,
    `model.access_parties` the rows by any of which several people reach one record.
    """
    reach = reach_of(member, permission)
    if reach is None:
        return None
    if reach.is_all:
        return EVERYTHING
    if parties := getattr(model, "access_parties", ""):
        relation: Any = model._meta.get_field(parties)
        rows = visible(member, relation.related_model._default_manager.all(), permission)
        return Q(pk__in=rows.values(relation.field.attname))
    via: str = getattr(model, "access_via", "")
    owner: str = getattr(model, "access_owner", "owner_id")
    owned = Q(**{f"{via}{owner}": member.pk})
    departments = member.departments_within(reach)
    if departments:
        owned |= Q(**{f"{via}department_id__in": departments})
    granted = grants.granted_filter(member, permission, model)
    return owned if granted is None else owned | granted


def visible(member: Member, queryset: QuerySet[M], permission: str) -> QuerySet[M]:
    """The rows of `queryset` that the member may reach with this permission."""
    condition = reach_filter(member, permission, queryset.model)
    return queryset.none() if condition is None else queryset.filter(condition)


def allowed(member: Member, permission: str, obj: Any = None) -> bool:
    """Whether the member has the permission at all, or on this record."""
    reach = reach_of(member, permission)
    if reach is None or obj is None or reach.is_all:
        return reach is not None
    manager = type(obj)._default_manager
    return visible(member, manager.filter(pk=obj.pk), permission).exists()


def get_or_404(member: Member, queryset: QuerySet[M], permission: str, pk: int) -> M:
    """The record, if the member may reach it; otherwise 404, as if it did not exist.

    A model whose records can become part of others has `successor_of(pk)`: the way on, for those
    who reach it.
    """
    found = visible(member, queryset, permission).filter(pk=pk).first()
    if found is not None:
        return found
    successor_of = getattr(queryset.model, "successor_of", None)
    successor = successor_of(pk) if successor_of is not None else None
    if successor is not None and allowed(member, permission, successor):
        raise MovedOn(successor)
    raise Http404

"""Grants on single shared records, to a person or a department, for good or until a moment.

Guardian's tables, one per noun, by direct foreign key; a department's grants lie in a table of
the same shape beside it. The only module that uses guardian.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from crm.people.models import Department, Member, User
from crm.tenancy.managers import TenantManager
from crm.tenancy.models import TenantForeignKey, TenantModel

VIEW, EDIT = "view", "edit"
# Which grants carry a permission, by the first word of its action; all others need a role.
CARRIED_BY = {"view": (VIEW, EDIT), "edit": (EDIT,)}
FEW = 1_000  # so many granted ids stand in the query itself, where every index still serves


class GrantManager(TenantManager["Grant"], UserObjectPermissionManager):
    """Guardian's own manager, sealed like every other tenant's manager."""


class Terms(TenantModel):
    """Abstract: since when and until when, by whom and why."""

    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = TenantForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True


class Grant(Terms, UserObjectPermissionBase):
    """Abstract: subclasses add `content_object = TenantForeignKey(<noun>, CASCADE)`."""

    # guardian's own columns, without the indexes that would not begin with the tenant
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    permission = models.ForeignKey(Permission, models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar[Any] = GrantManager()

    class Meta(Terms.Meta):
        abstract = True


class DepartmentGrant(Terms):
    """Abstract: one record shared with a department and those below it."""

    department = TenantForeignKey(Department, models.CASCADE, related_name="+")
    action = models.CharField(max_length=4, choices=[(VIEW, VIEW), (EDIT, EDIT)])

    class Meta(Terms.Meta):
        abstract = True


def grant(
    receiver: Member | Department,
    action: str,
    record: models.Model,
    *,
    until: datetime | None = None,
) -> None:
    """Let a person or a department `view` or `edit` this one record, until then or for good."""
    grant_each([receiver], action, type(record), [record.pk], until=until)


def grant_each(
    receivers: Iterable[Member | Department],
    action: str,
    model: type[models.Model],
    ids: Sequence[int],
    *,
    until: datetime | None = None,
    by: Member | None = None,
    reason: str = "",
) -> None:
    """The same for many receivers and records at once; a grant that was there takes the new terms.

    Two statements, however many there are.
    """
    everybody = list(receivers)
    terms = {"expires_at": until, "granted_by": by, "reason": reason[:200]}
    people = _members(everybody)
    if people:
        table, permission = _people_table(model), permission_for(model, action)
        rows = [
            table(user_id=one.user_id, permission=permission, content_object_id=pk, **terms)
            for one in people
            for pk in ids
        ]
        _put(rows, table, key=("organization", "user", "permission", "content_object"))
    departments = [one for one in everybody if isinstance(one, Department)]
    if departments:
        table = _departments_table(model)
        rows = [
            table(department=one, action=action, content_object_id=pk, **terms)
            for one in departments
            for pk in ids
        ]
        _put(rows, table, key=("organization", "department", "action", "content_object"))


def _members(receivers: Iterable[Member | Department]) -> list[Member]:
    """The people among them, who forget what they knew of their grants."""
    found = [one for one in receivers if isinstance(one, Member)]
    for one in found:
        one.granted.clear()
    return found


def _put(rows: list[Any], table: Any, *, key: Sequence[str]) -> None:
    """Write the grants; where one is, its terms are replaced."""
    table.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=["granted_at", "expires_at", "granted_by", "reason"],
        batch_size=2_000,
    )


def revoke(receiver: Member | Department, action: str, record: models.Model) -> None:
    """Take a grant back; nothing happens where there is none."""
    revoke_each([receiver], action, type(record), [record.pk])


def revoke_each(
    receivers: Iterable[Member | Department],
    action: str,
    model: type[models.Model],
    ids: Sequence[int],
) -> int:
    """Take back what these receivers hold of these records; returns how many grants it was."""
    everybody = list(receivers)
    people = [one.user_id for one in _members(everybody)]
    departments = [one.pk for one in everybody if isinstance(one, Department)]
    own = _people_table(model).objects.filter(
        user_id__in=people, permission=permission_for(model, action), content_object_id__in=ids
    )
    theirs = _departments_table(model).objects.filter(
        department_id__in=departments, action=action, content_object_id__in=ids
    )
    return sum(rows.delete()[0] for rows, some in ((own, people), (theirs, departments)) if some)


def permission_for(model: type[models.Model], action: str) -> Permission:
    """Guardian's name for an action on this noun."""
    found: Permission = Permission.objects.get(
        content_type=ContentType.objects.get_for_model(model), codename=_codename_of(model, action)
    )
    return found


def granted_filter(member: Member, permission: str, model: type[models.Model]) -> Q | None:
    """The rows of `model` that grants open for this permission; None when none does.

    Few ids stand in the query. Of many, each row looks up its own: a scalar subquery, because the
    planner would read all grants of an EXISTS for a hash table before the first row (P10). The
    permissions stand in it by their keys: joined by name, each row would look those up too. It asks
    IS NOT NULL, which the planner takes for likely; "= 1" it takes for one row in two hundred, and
    then sorts what it could have walked through.
    """
    verb = permission.partition(".")[2].partition("_")[0]
    actions = CARRIED_BY.get(verb)
    via: str = getattr(model, "access_via", "")
    holder = _holder(model, via)
    if actions is None or holder is None:
        return None
    key = (holder, actions)
    if key not in member.granted:
        member.granted[key] = _few_ids(member, holder, actions)
    path, given = f"{via}pk", member.granted[key]
    few = sorted({pk for ids in given for pk in ids or ()})
    found = Q(**{f"{path}__in": few}) if few else Q()
    for rows, ids in zip(_held(member, *key), given, strict=True):
        if ids is not None:
            continue
        if rows.model is _people_table(holder):
            keys = [_permission_key(holder, action) for action in actions]
            rows = _own(member, holder).filter(permission_id__in=keys)
        one = rows.order_by().filter(content_object_id=OuterRef(path)).values(given=Value(1))[:1]
        found |= Q(IsNull(Subquery(one), False))
    return found or None


def _few_ids(
    member: Member, holder: type[models.Model], actions: Sequence[str]
) -> tuple[list[int] | None, list[int] | None]:
    """The ids of records granted to the member, and to their departments; None for more than FEW.

    Apart, so that rows look up grants only where there are many.
    """
    people, departments = (
        rows.order_by()
        .annotate(place=Value(place))
        .values_list("place", "content_object_id")[: FEW + 1]
        for place, rows in enumerate(_held(member, holder, actions))
    )
    found: tuple[list[int], list[int]] = ([], [])
    for place, pk in people.union(departments, all=True):
        found[place].append(pk)
    own, theirs = (ids if len(ids) <= FEW else None for ids in found)
    return own, theirs


def _held(
    member: Member, holder: type[models.Model], actions: Sequence[str]
) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The member's own valid grants and those of the departments they belong to."""
    codenames = [_codename_of(holder, action) for action in actions]
    own = _own(member, holder).filter(permission__codename__in=codenames)
    theirs = _departments_table(holder).objects.filter(
        _valid(), department_id__in=member.department_path, action__in=actions
    )
    return own, theirs


def _own(member: Member, holder: type[models.Model]) -> QuerySet[Any]:
    """The member's own valid grants, whatever they carry."""
    found: QuerySet[Any] = _people_table(holder).objects.filter(_valid(), user_id=member.user_id)
    return found


def _valid() -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())


@lru_cache
def _permission_key(model: type[models.Model], action: str) -> int:
    """The key of a permission's row: written once by a migration, the same for all tenants."""
    found: int = permission_for(model, action).pk
    return found


def _holder(model: type[models.Model], via: str) -> type[models.Model] | None:
    """The model whose records can be shared, at the end of `access_via`."""
    current: Any = model
    for step in via.removesuffix("__").split("__") if via else ():
        current = current._meta.get_field(step).related_model
    return current if hasattr(current, "access_grants") else None


def _people_table(holder: Any) -> Any:
    return holder.access_grants()[0]


def _departments_table(holder: Any) -> Any:
    return holder.access_grants()[1]


def _codename_of(holder: type[models.Model], action: str) -> str:
    return f"{action}_{holder._meta.model_name}"

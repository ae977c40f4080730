from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from crm.people.models import Department, Member, MemberRole, User
from crm.tenancy.bypass import as_user
from crm.tenancy.current import current_organization
from crm.tenancy.models import Organization

ORGANIZATION_CACHE_SECONDS = 30


def organization_id_at(slug: str) -> int | None:
    """The organisation at this address; remembered for half a minute.

    Only the id: whether it is suspended is read anew with each request's member.
    """
    key = f"organization-id:{slug}"
    found: int | None = cache.get(key)
    if found is None:
        found = find_organization_id(slug)
        if found is not None:
            cache.set(key, found, ORGANIZATION_CACHE_SECONDS)
    return found


def find_organization_id(slug: str) -> int | None:
    """The same, asked of the database each time: it costs as much whether there is one or not."""
    return Organization.objects.filter(slug=slug).values_list("id", flat=True).first()


def own_currency() -> str:
    """The current organisation's currency."""
    return current_organization().currency


def member_of(user: Any) -> Member | None:
    """The user's active membership in the current organisation, with it and the roles."""
    rows = MemberRole.objects.filter(member__user_id=user.pk, member__is_active=True)
    held = list(rows.select_related("member__department", "role").order_by("role_id"))
    member: Member | None
    if held:
        member = held[0].member
        member.hold([one.role for one in held])
    else:
        member = (
            Member.objects.select_related("department")
            .filter(user_id=user.pk, is_active=True)
            .first()
        )
    if member is not None:
        member.user = user
    return member


def organizations_of(user: User) -> list[Organization]:
    """Every organisation the user is an active member of, by name."""
    with as_user(user.pk):
        own: QuerySet[Member] = QuerySet(Member).filter(user_id=user.pk, is_active=True)
        ids = list(own.values_list("organization_id", flat=True))
    return list(Organization.objects.filter(id__in=ids).order_by("name", "id"))


def belongs_anywhere(user: User) -> bool:
    """Whether the user is or was a member of any organisation that still exists."""
    with as_user(user.pk):
        own: QuerySet[Member] = QuerySet(Member).filter(user_id=user.pk)
        return own.exists()


def first_habits() -> dict[str, str]:
    """Language and time zone of an account that the current organisation brings about."""
    own = current_organization()
    return {"language": own.language, "time_zone": own.time_zone}


def active_members() -> QuerySet[Member]:
    """Members who can still act, by Chinese reading order."""
    return Member.objects.filter(is_active=True).order_by("sort_key", "id")


def departments() -> QuerySet[Department]:
    """The tree, parents before children."""
    return Department.objects.order_by("path")

from django.db import transaction

from crm.access.registry import builtin_grants
from crm.people.enums import RoleCode
from crm.people.models import Department, Member, MemberRole, Role, User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import RESERVED_SLUGS, Organization


class AddressTaken(ValueError):
    """The organisation's address is reserved or in use."""


def reading_key(name: str) -> str:
    """A key that sorts Chinese names by pinyin and others by their letters."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB of readings, loaded on first use

    return " ".join(lazy_pinyin(name)).lower()[:160]


@transaction.atomic
def create_organization(*, slug: str, name: str, currency: str = "CNY") -> Organization:
    """Found an organisation with the seven built-in roles."""
    if slug in RESERVED_SLUGS or Organization.objects.filter(slug=slug).exists():
        raise AddressTaken(slug)
    organization = Organization(slug=slug, name=name, currency=currency)
    organization.full_clean()
    organization.save()
    with tenant_context(organization.id, reason="organisation founded"):
        sync_builtin_roles()
    return organization


def sync_builtin_roles() -> None:
    """Bring the current organisation's built-in roles in line with the declared permissions."""
    for code in RoleCode:
        Role.objects.update_or_create(
            code=code.value,
            defaults={
                "name": str(code.label),
                "grants": builtin_grants(code.value),
                "is_builtin": True,
            },
        )


@transaction.atomic
def create_department(
    *, name: str, parent: Department | None = None, provinces: list[str] | None = None
) -> Department:
    """Add a department below `parent`, or a root."""
    department = Department.objects.create(name=name, parent=parent, provinces=provinces or [])
    department.path = [*(parent.path if parent else []), department.id]
    department.save(update_fields=["path"])
    return department


@transaction.atomic
def add_member(
    *,
    user: User,
    department: Department | None,
    roles: list[str],
    title: str = "",
    phone: str = "",
    name: str = "",
) -> Member:
    """Take a person into the current organisation with these roles."""
    shown = name or user.name
    member = Member.objects.create(
        user=user,
        name=shown,
        sort_key=reading_key(shown),
        department=department,
        title=title,
        phone=phone,
    )
    held = Role.objects.filter(code__in=roles)
    MemberRole.objects.bulk_create(MemberRole(member=member, role=role) for role in held)
    return member

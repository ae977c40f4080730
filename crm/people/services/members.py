from django.db import transaction

from crm.people.models import Department, Member, MemberRole, Role, User


def reading_key(name: str) -> str:
    """A key that sorts Chinese names by pinyin and others by their letters."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB of readings, loaded on first use

    return " ".join(lazy_pinyin(name)).lower()[:160]


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

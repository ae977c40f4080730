"""Members: taking in, changing, roles."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.access import policy
from crm.access.administrators import check_somebody_may
from crm.audit import services as audit
from crm.people.hierarchy import makes_a_circle
from crm.people.locks import hold_administrators, hold_tree
from crm.people.models import Department, Member, MemberRole, Role, User
from crm.people.presence import away_now
from crm.refusals import Refused

# What the form of a member may change; roles and activity have services of their own.
FACTS = frozenset(
    {
        "name", "title", "phone", "department", "superior", "deputy", "capacity",
        "is_receiving_leads", "skills", "provinces", "industries",
    }
)  # fmt: skip


class MayNotGiveRoles(Refused):
    """Roles are given by those who may give roles, whatever a form says."""

    def __init__(self) -> None:
        super().__init__(_("You may not give roles."))


def reading_key(name: str) -> str:
    """A key that sorts Chinese names by pinyin and others by their letters."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB of readings, loaded on first use

    return " ".join(lazy_pinyin(name)).lower()[:160]


@transaction.atomic
def add_member(
    *,
    user: User,
    department: Department | None,
    roles: Iterable[str],
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


@transaction.atomic
def update_member(*, member_id: int, **facts: Any) -> Member:
    """Change a member's facts; the named superior may not stand below the member."""
    unknown = set(facts) - FACTS
    if unknown:
        raise TypeError(f"No such facts: {sorted(unknown)}")
    if facts.get("superior") is not None:
        hold_tree()
    member = locked_member(member_id)
    _check_people(member, facts)
    changed = [name for name, value in facts.items() if getattr(member, name) != value]
    for name in changed:
        setattr(member, name, facts[name])
    if "name" in changed:
        member.sort_key = reading_key(member.name)
        changed.append("sort_key")
    if changed:
        member.save(update_fields=changed)
        audit.record("member.changed", target=member, fields=sorted({*changed} - {"sort_key"}))
    if "deputy" in changed:
        away_now(member)
    return member


@transaction.atomic
def save_member(
    *, member_id: int, facts: dict[str, Any], roles: Iterable[Role] | None, by: Member
) -> None:
    """Change facts and, unless None, the roles: both or neither."""
    if roles is not None:
        set_roles(member_id=member_id, roles=roles, by=by)
    update_member(member_id=member_id, **facts)


@transaction.atomic
def set_roles(*, member_id: int, roles: Iterable[Role], by: Member) -> None:
    """Give a member exactly these roles."""
    _check_may_give(by)
    hold_administrators()
    member = locked_member(member_id)
    wanted = {role.pk: role for role in roles}
    held = {one.role_id: one for one in member.member_roles.select_related("role")}
    added = [role for pk, role in wanted.items() if pk not in held]
    removed = [one.role for pk, one in held.items() if pk not in wanted]
    if not added and not removed:
        return
    MemberRole.objects.filter(member=member, role__in=removed).delete()
    MemberRole.objects.bulk_create(MemberRole(member=member, role=role) for role in added)
    if removed and member.is_active:
        check_somebody_may()
    _record_roles(member, added, removed)


@transaction.atomic
def add_role(*, member_ids: Sequence[int], role: Role, by: Member) -> int:
    """Give one more role to several members; returns how many did not have it."""
    _check_may_give(by)
    members = _locked_members(member_ids)
    have = set(MemberRole.objects.filter(role=role).values_list("member_id", flat=True))
    fresh = [member for member in members if member.pk not in have]
    MemberRole.objects.bulk_create(MemberRole(member=member, role=role) for member in fresh)
    for member in fresh:
        _record_roles(member, [role], [])
    return len(fresh)


@transaction.atomic
def set_department(*, member_ids: Sequence[int], department: Department) -> int:
    """Move several members into a department; returns how many were elsewhere."""
    moved = [one for one in _locked_members(member_ids) if one.department_id != department.pk]
    for member in moved:
        before = member.department_id
        member.department = department
        member.save(update_fields=["department"])
        audit.record("member.changed", target=member, fields=["department"], before=before)
    return len(moved)


def locked_member(member_id: int) -> Member:
    """The member, locked."""
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    found: Member = rows.get(pk=member_id)
    return found


def _locked_members(member_ids: Sequence[int]) -> list[Member]:
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=member_ids).order_by("pk"))


def _check_may_give(by: Member) -> None:
    if not policy.allowed(by, "people.assign_role"):
        raise MayNotGiveRoles


def _check_people(member: Member, facts: dict[str, Any]) -> None:
    superior, deputy = facts.get("superior"), facts.get("deputy")
    if superior is not None and makes_a_circle(member.pk, superior.pk):
        raise Refused(
            _("%(superior)s already stands below %(name)s.")
            % {"superior": superior.name, "name": member.name}
        )
    if deputy is not None and deputy.pk == member.pk:
        raise Refused(_("Nobody can be their own deputy."))


def _record_roles(member: Member, added: Sequence[Role], removed: Sequence[Role]) -> None:
    audit.record(
        "member.roles_changed",
        target=member,
        added=[role.code for role in added],
        removed=[role.code for role in removed],
    )

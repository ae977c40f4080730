"""Members and departments as lists and pages show them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject, Replace
from django.utils import timezone

from crm.access import policy
from crm.people.models import Absence, Department, Invitation, Member, MemberRole, Role
from crm.people.presence import absences_at

LETTERS = re.compile(r"[a-z]{1,12}")


def members_listed(*, inactive: bool = False) -> QuerySet[Member]:
    """Members with their roles and until when they are away, read with the row."""
    held = MemberRole.objects.filter(member_id=OuterRef("pk")).order_by("role_id")
    away = absences_at(timezone.now()).filter(member_id=OuterRef("pk"))
    rows = Member.objects.annotate(
        role_list=ArraySubquery(held.values(pair=JSONObject(code="role__code", name="role__name"))),
        away_until=Subquery(away.order_by("-end_at").values("end_at")[:1]),
    )
    return rows if inactive else rows.filter(is_active=True)


def sees_everybody(member: Member) -> bool:
    """Whether the member sees every member's details, not the directory alone."""
    reach = policy.reach_of(member, "people.view_member")
    return reach is not None and reach.is_all


def find_members(rows: QuerySet[Member], text: str, *, details: bool) -> QuerySet[Member]:
    """Members by name, by its pinyin or initials, by title; with details by address or phone."""
    wanted = text.strip().lower()
    found = Q(name__icontains=text) | Q(title__icontains=text)
    flat = wanted.replace(" ", "")
    if flat:
        found |= Q(flat_key__startswith=flat)
    if LETTERS.fullmatch(flat):
        # wl finds wang lei
        found |= Q(sort_key__regex=r"^" + r"\S* ".join(flat))
    if details:
        found |= Q(user__email__istartswith=wanted) | Q(phone__startswith=text)
    return rows.annotate(flat_key=Replace("sort_key", Value(" "), Value(""))).filter(found)


def departments_to_give(by: Member, member: Member | None = None) -> QuerySet[Department]:
    """Where one may put members: within one's own reach, so that nobody widens it by moving."""
    reach = policy.reach_of(by, "people.edit_member")
    rows = Department.objects.order_by("path")
    if reach is None or reach.is_all:
        return rows if reach else rows.none()
    own = {member.department_id} if member and member.department_id else set()
    return rows.filter(pk__in={*by.departments_within(reach), *own})


def skills_known() -> list[str]:
    """Every skill that somebody has."""
    lists = Member.objects.exclude(skills=[]).values_list("skills", flat=True)
    return sorted({skill for skills in lists for skill in skills})


def roles_known() -> list[Role]:
    """The organisation's roles, the built-in ones first."""
    return list(Role.objects.order_by("-is_builtin", "id"))


def reports_of(member: Member) -> QuerySet[Member]:
    """The active members who name this one as their superior."""
    return Member.objects.filter(superior=member, is_active=True).order_by("sort_key", "id")


def heads(member: Member) -> QuerySet[Department]:
    """The departments that the member is the head of."""
    return Department.objects.filter(head=member).order_by("path")


def absences_of(member: Member, *, since: datetime) -> QuerySet[Absence]:
    """A member's absences that end after a moment, the next first."""
    rows = Absence.objects.filter(member=member, end_at__gt=since)
    return rows.select_related("deputy").order_by("start_at", "id")


def invitations_listed() -> QuerySet[Invitation]:
    """Every invitation."""
    return Invitation.objects.all()


@dataclass
class Node:
    """A department in the tree: how many belong to it, and with everything below."""

    department: Department
    own: int = 0
    total: int = 0
    children: list["Node"] = field(default_factory=list)


def department_tree() -> list[Node]:
    """The departments as a tree with the number of their active members; three queries."""
    rows = list(Department.objects.select_related("head").order_by("position", "id"))
    counted = (
        Member.objects.filter(is_active=True, department__isnull=False)
        .order_by()
        .values_list("department_id")
        .annotate(number=Count("id"))
    )
    counts = dict(counted)
    nodes = {row.pk: Node(row, own=counts.get(row.pk, 0)) for row in rows}
    roots: list[Node] = []
    for row in rows:
        parent = nodes.get(row.parent_id) if row.parent_id else None
        (parent.children if parent else roots).append(nodes[row.pk])
        for above in row.path:
            if above in nodes:
                nodes[above].total += counts.get(row.pk, 0)
    return roots


def department_choices(scope: object = None) -> Iterable[tuple[int, str]]:
    """The departments, indented as a tree."""
    rows = Department.objects.order_by("path")
    return [(one.pk, f"{'　' * max(len(one.path) - 1, 0)}{one.name}") for one in rows]

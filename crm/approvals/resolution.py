"""Who decides a step. Nobody is an answer too, and never means approved."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.approvals.enums import StepKind
from crm.people.enums import RoleCode
from crm.people.models import Department, Member, Role


def approvers(kind: str, parameters: Mapping[str, Any], submitter: Member) -> list[Member]:
    """The active members any one of whom may decide; never the submitter."""
    if kind == StepKind.SUPERIOR:
        superior = superior_of(submitter)
        return [superior] if superior else []
    active = Member.objects.filter(is_active=True).exclude(pk=submitter.pk)
    if kind == StepKind.ROLE:
        active = active.filter(member_roles__role__code=parameters["role"])
    else:
        active = active.filter(pk=parameters["member"])
    return list(active.order_by("sort_key", "id"))


def superior_of(member: Member) -> Member | None:
    """The head of the member's department, or the next one up whose seat is filled by another."""
    if member.department_id is None:
        return None
    department = Department.objects.get(pk=member.department_id)
    above = Department.objects.filter(pk__in=department.path).select_related("head")
    for seat in sorted(above, key=lambda one: department.path.index(one.pk), reverse=True):
        if seat.head is not None and seat.head.is_active and seat.head_id != member.pk:
            return seat.head  # type: ignore[no-any-return]
    return None


def step_words(kind: str, parameters: Mapping[str, Any]) -> str:
    """What a step asks for: the superior, a role, a person."""
    if kind == StepKind.SUPERIOR:
        return _("Superior")
    if kind == StepKind.ROLE:
        return role_name(parameters["role"])
    member = Member.objects.filter(pk=parameters["member"]).first()
    return member.name if member else _("A member who is gone")


def role_name(code: str) -> str:
    """A built-in role's name in the reader's language, another's as it was given."""
    if code in RoleCode.values:
        return str(RoleCode(code).label)
    role = Role.objects.filter(code=code).first()
    return role.name if role else code


def why_nobody(kind: str, parameters: Mapping[str, Any], submitter: Member) -> str:
    """Why a step has nobody to decide it, and so what to put right."""
    if kind == StepKind.SUPERIOR:
        return _("%(name)s has no superior: no department above has a head.") % {
            "name": submitter.name
        }
    if kind == StepKind.ROLE:
        return _("Nobody else has the role “%(role)s”.") % {"role": step_words(kind, parameters)}
    return _("%(name)s cannot decide this.") % {"name": step_words(kind, parameters)}

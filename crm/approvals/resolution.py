"""Who decides a step. Nobody is an answer too, and never means approved."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.approvals.enums import StepKind
from crm.people.enums import RoleCode
from crm.people.hierarchy import superior_of
from crm.people.models import Member, Role
from crm.people.presence import acting_deputies


def approvers(kind: str, parameters: Mapping[str, Any], submitter: Member) -> list[Member]:
    """The active members any one of whom may decide; never the submitter."""
    if kind == StepKind.SUPERIOR:
        superior = superior_for(parameters, submitter)
        return [superior] if superior else []
    active = Member.objects.filter(is_active=True).exclude(pk=submitter.pk)
    if kind == StepKind.ROLE:
        active = active.filter(member_roles__role__code=parameters["role"])
    else:
        active = active.filter(pk=parameters["member"])
    return list(active.order_by("sort_key", "id"))


def superior_for(parameters: Mapping[str, Any], submitter: Member) -> Member | None:
    """The superior of the submitter, or of whom the step names; never the submitter."""
    found = superior_of(_below(parameters, submitter))
    return superior_of(found) if found is not None and found.pk == submitter.pk else found


def _below(parameters: Mapping[str, Any], submitter: Member) -> Member:
    """Whose superior is asked."""
    named = parameters.get("of")
    return (Member.objects.filter(pk=named).first() if named else None) or submitter


def stand_ins(asked: list[Member], submitter: Member) -> dict[int, Member]:
    """Deputy's id → for whom of those asked they stand in; never the submitter, nor asked twice."""
    deputies = acting_deputies(asked)
    own = {submitter.pk, *(one.pk for one in asked)}
    return {
        deputies[one.pk].pk: one
        for one in asked
        if one.pk in deputies and deputies[one.pk].pk not in own
    }


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
            "name": _below(parameters, submitter).name
        }
    if kind == StepKind.ROLE:
        return _("Nobody else has the role “%(role)s”.") % {"role": step_words(kind, parameters)}
    return _("%(name)s cannot decide this.") % {"name": step_words(kind, parameters)}

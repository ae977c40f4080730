"""Administrators: whoever may edit roles and give them, by whichever of their roles."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from crm.people.models import Member, MemberRole
from crm.refusals import Refused

# Without these nobody could ever give them back.
VITAL = ("people.edit_role", "people.assign_role")


class LastAdministrator(Refused):
    """Nobody would be left who can manage the organisation."""

    def __init__(self) -> None:
        super().__init__(
            _("Nobody would be left who may edit roles and give them; somebody must stay.")
        )


def is_administrator(member: Member) -> bool:
    """Whether the member's roles together let them edit roles and give them."""
    return all(permission in member.scopes for permission in VITAL)


def administrators() -> QuerySet[Member]:
    """Every active member of whom `is_administrator` holds."""
    rows = Member.objects.filter(is_active=True)
    for permission in VITAL:
        held = MemberRole.objects.filter(member_id=OuterRef("pk"), role__grants__has_key=permission)
        rows = rows.filter(Exists(held))
    return rows


def check_somebody_may() -> None:
    """Raise unless somebody can still edit roles and give them.

    Call after the change, holding the administrators: see crm.people.locks.
    """
    held = MemberRole.objects.filter(member__is_active=True)
    for permission in VITAL:
        if not held.filter(role__grants__has_key=permission).exists():
            raise LastAdministrator

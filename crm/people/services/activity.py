"""Leaving and coming back."""

from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.administrators import check_somebody_may
from crm.audit import services as audit
from crm.people import holdings
from crm.people.locks import hold_administrators
from crm.people.models import Member
from crm.people.selectors import organizations_of
from crm.people.services.members import locked_member
from crm.refusals import Refused
from crm.signin.sessions import end_sessions


@transaction.atomic
def deactivate_member(*, member_id: int, by: Member, reason: str = "") -> Member:
    """End a member's access at once; what they hold stays theirs until it is handed over.

    With their last active membership all their sessions end too.
    """
    hold_administrators()
    member = locked_member(member_id)
    if member.pk == by.pk:
        raise Refused(_("You cannot deactivate yourself. Ask another administrator."))
    if not member.is_active:
        return member
    member.is_active = False
    member.save(update_fields=["is_active"])
    check_somebody_may()
    audit.record("member.deactivated", target=member, reason=reason[:200])
    holdings.left(member)
    if not organizations_of(member.user):
        user_id = member.user_id
        transaction.on_commit(lambda: end_sessions(user_id))
    return member


@transaction.atomic
def reactivate_member(*, member_id: int) -> Member:
    """Let a member in again, with the roles they had."""
    member = locked_member(member_id)
    if not member.is_active:
        member.is_active = True
        member.save(update_fields=["is_active"])
        audit.record("member.reactivated", target=member)
    return member

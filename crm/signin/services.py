"""What administrators do for others, and to the rules; each written into the log."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.people.models import Member, Role
from crm.people.selectors import organizations_of
from crm.people.words import role_name
from crm.signin import locks, lost_factors, sessions
from crm.signin.enums import SecondFactor
from crm.signin.models import SignInPolicy
from crm.signin.policy import forget_policy


class NotYours(ValueError):
    """The person also belongs to other organisations, which one administrator cannot speak for."""


@transaction.atomic
def change_policy(**changes: Any) -> SignInPolicy:
    """Set how members sign in; a stricter second factor gives everybody the days of grace."""
    policy, _made = SignInPolicy.objects.get_or_create()
    policy = SignInPolicy.objects.select_for_update(of=("self",), no_key=True).get(pk=policy.pk)
    before = {name: getattr(policy, name) for name in changes}
    for name, value in changes.items():
        setattr(policy, name, value)
    if is_stricter(before, policy):
        policy.required_since = timezone.now()
    policy.full_clean(validate_constraints=False)
    policy.save()
    changed = {
        name: {"from": old, "to": getattr(policy, name)}
        for name, old in before.items()
        if old != getattr(policy, name)
    }
    if changed:
        audit.record("signin.policy_changed", target=policy, changes=changed)
    forget_policy()
    return policy


def is_stricter(before: dict[str, Any], policy: SignInPolicy) -> bool:
    """Whether somebody has to set up something today that they did not have to yesterday."""
    if policy.second_factor == SecondFactor.NONE:
        return False
    if before.get("second_factor", policy.second_factor) != policy.second_factor:
        return True
    return not set(policy.role_codes) <= set(before.get("role_codes", policy.role_codes))


@transaction.atomic
def end_member_sessions(*, member: Member) -> int:
    """Sign the member out everywhere."""
    ended = sessions.end_sessions(member.user_id)
    audit.record("member.sessions_ended", target=member, count=ended)
    return ended


@transaction.atomic
def unlock_member(*, member: Member) -> None:
    """Let a member who was locked after failures try again at once."""
    audit.record("member.unlocked", target=member)
    email, user_id = member.user.email, member.user_id
    transaction.on_commit(lambda: locks.unlock(email, user_id))


@transaction.atomic
def remove_second_factor(*, member: Member) -> None:
    """Take away a lost second factor; the member sets up a new one, and signs in again."""
    if len(organizations_of(member.user)) > 1:
        raise NotYours(
            _(
                "This person also belongs to other organisations. They have to use a recovery code,"
                " or ask the operator of the platform."
            )
        )
    removed = lost_factors.take_away(member.user)
    audit.record("member.second_factor_removed", target=member, count=removed)


def role_choices() -> list[tuple[str, str]]:
    """Every role of the organisation by its code."""
    rows = Role.objects.order_by("id").values_list("code", "name")
    return [(code, role_name(code, name)) for code, name in rows]

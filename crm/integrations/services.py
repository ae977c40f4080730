"""Access tokens: made, revoked, ended with their member."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access import policy
from crm.audit import services as audit
from crm.integrations.models import AccessToken, ApiSwitch
from crm.integrations.secrets import digest_of, hint_of, make_secret
from crm.integrations.selectors import MANAGE
from crm.people.holdings import Passed
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.current import current_organization

LONGEST_DAYS = 365
MOST = 20


@transaction.atomic
def create_token(
    *, by: Member, name: str, days: int, may_write: bool, permissions: Collection[str] = ()
) -> tuple[AccessToken, str]:
    """A token that acts as its maker, and its secret, which nobody can read again."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("A token lasts between 1 and %(days)s days.") % {"days": LONGEST_DAYS})
    if set(permissions) - set(by.scopes):
        raise Refused(_("A token cannot do more than you may yourself."))
    Member.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    now = timezone.now()
    if AccessToken.objects.filter(member=by, revoked_at=None, expires_at__gt=now).count() >= MOST:
        raise Refused(
            _("You have %(most)s valid tokens already: revoke one first.") % {"most": MOST}
        )
    secret = make_secret()
    token = AccessToken.objects.create(
        member=by,
        name=name.strip(),
        hint=hint_of(secret),
        secret_digest=digest_of(secret),
        permissions=sorted(permissions),
        may_write=may_write,
        expires_at=now + timedelta(days=days),
    )
    audit.record(
        "access_token.created",
        target=by,
        token=token.label,
        until=token.expires_at.isoformat(),
        access="write" if may_write else "read",
        permissions=token.permissions,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, by: Member) -> AccessToken:
    """End a token for good, at once: one's own, or anybody's for those who manage them."""
    rows = AccessToken.objects.select_for_update(of=("self",), no_key=True)
    token: AccessToken = rows.get(pk=token_id)
    if token.member_id != by.pk and not policy.allowed(by, MANAGE):
        raise Refused(_("Only its owner or an administrator revokes a token."))
    if token.revoked_at is None:
        _revoke(token, by)
    return token


@transaction.atomic
def switch_api(*, is_off: bool) -> None:
    """Shut every program of the organisation out until it is switched on again, or let them in."""
    kept, _is_new = ApiSwitch.objects.get_or_create()
    switch = ApiSwitch.objects.select_for_update(of=("self",), no_key=True).get(pk=kept.pk)
    if switch.is_off == is_off:
        return
    switch.is_off = is_off
    switch.save(update_fields=["is_off", "changed_at"])
    audit.record("api.switched_off" if is_off else "api.switched_on", target=current_organization())


def end_with_member(member: Member) -> Sequence[Passed]:
    """Whoever leaves takes their tokens along; one who comes back makes new ones."""
    rows = AccessToken.objects.filter(member=member, revoked_at=None).order_by("pk")
    for token in rows.select_for_update(of=("self",), no_key=True):
        _revoke(token, None)
    return []


def _revoke(token: AccessToken, by: Member | None) -> None:
    token.revoked_at, token.revoked_by = timezone.now(), by
    token.save(update_fields=["revoked_at", "revoked_by"])
    audit.record("access_token.revoked", target=token.member, token=token.label)

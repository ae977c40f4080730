"""Who calls: the member behind a token, as far as the token reaches."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.integrations.enums import Hold
from crm.integrations.models import AccessToken
from crm.integrations.problems import Problem, unauthorized
from crm.integrations.secrets import PREFIX, digest_of
from crm.integrations.selectors import all_tokens
from crm.people.models import Member
from crm.people.selectors import member_of

LONGEST = 100
# when a token was used last is written down this often
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """A token and the member it acts as."""

    token: AccessToken
    member: Member


def secret_of(request: HttpRequest) -> str:
    """The token that was sent; 401 without one."""
    scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized(is_given=bool(scheme))
    return secret.strip()


def identify(secret: str) -> Caller:
    """The caller behind a secret of the current organisation; 401 where there is none.

    The member is read as the pages read them: who is deactivated has no programs either.
    """
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        raise unauthorized(is_given=True)
    rows = all_tokens().select_related("member__user")
    token = rows.filter(
        secret_digest=digest_of(secret), revoked_at=None, expires_at__gt=timezone.now()
    ).first()
    if token is None or not token.member.user.is_active:
        raise unauthorized(is_given=True)
    member = member_of(token.member.user)
    if member is None:
        raise unauthorized(is_given=True)
    if token.permissions:
        member.narrow(token.permissions)
    return Caller(token, member)


def check_standing(caller: Caller) -> None:
    """Whether programs of this member may work now; 403 where a page would stop them too."""
    if not caller.member.organization.is_open:
        raise Problem(403, "organization-closed", _("This organisation is closed at present."))
    if caller.token.hold:
        raise Problem(403, caller.token.hold, Hold(caller.token.hold).label)


def note_use(token: AccessToken) -> None:
    """Remember that the token was used: once a minute, so that calls do not wait for each other."""
    if cache.add(f"token-used:{token.organization_id}:{token.pk}", 1, NOTED_EVERY.seconds):
        now = timezone.now()
        fresh = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        AccessToken.objects.filter(fresh, pk=token.pk).update(last_used_at=now)

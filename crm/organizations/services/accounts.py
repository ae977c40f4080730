"""What operators do for a person's account: help where no administrator may."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from crm.organizations.services import operator_log
from crm.people.models import User
from crm.refusals import Refused
from crm.signin import journal, lost_factors


@dataclass(frozen=True)
class Account:
    """A person as the platform knows them: nothing of what they do in an organisation."""

    user: User
    kinds: frozenset[str]
    sessions: int
    seen_at: datetime | None

    @property
    def has_app(self) -> bool:
        return Authenticator.Type.TOTP in self.kinds

    @property
    def has_passkey(self) -> bool:
        return Authenticator.Type.WEBAUTHN in self.kinds


def account_of(email: str) -> Account | None:
    """The account with exactly this address."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        return None
    held = Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True)
    places = UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at")
    seen = list(places.values_list("last_seen_at", flat=True))
    return Account(user, frozenset(held), len(seen), seen[0] if seen else None)


@transaction.atomic
def remove_second_factor(user_id: int, *, by: User, reason: str) -> User:
    """Take away a lost second factor; every organisation of the person reads it in its log."""
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    if user.is_staff:
        raise Refused(_("An operator's own second factor is not removed here."))
    removed = lost_factors.take_away(user)
    if not removed:
        raise Refused(_("There is no second factor to remove."))
    operator_log.record(
        "account.second_factor_removed", by=by, email=user.email, user=user.pk, reason=reason
    )
    journal.note(user, "member.second_factor_removed", by_them=False, by_operator=True)
    return user

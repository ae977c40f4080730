"""What administrators see of how their members sign in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from crm.people.models import Member
from crm.people.selectors import active_members
from crm.signin import locks


@dataclass(frozen=True)
class Standing:
    """One member's way in."""

    passkeys: int
    has_app: bool
    codes_left: int | None
    sessions: int
    seen_at: datetime | None
    locked_until: datetime | None

    @property
    def has_factor(self) -> bool:
        return bool(self.passkeys) or self.has_app


def members_with_factors() -> QuerySet[Member]:
    """Active members with what they have set up and when they were last seen."""
    held = Authenticator.objects.filter(user_id=OuterRef("user_id"))
    seen = UserSession.objects.filter(user_id=OuterRef("user_id")).values("user_id")
    return active_members().annotate(
        has_passkey=Exists(held.filter(type=Authenticator.Type.WEBAUTHN)),
        has_app=Exists(held.filter(type=Authenticator.Type.TOTP)),
        seen_at=Subquery(seen.annotate(at=Max("last_seen_at")).values("at")),
    )


def standing_of(member: Member) -> Standing:
    """How this member can sign in, and where they are."""
    held = list(Authenticator.objects.filter(user_id=member.user_id))
    codes = [one for one in held if one.type == Authenticator.Type.RECOVERY_CODES]
    rows = UserSession.objects.filter(user_id=member.user_id)
    return Standing(
        passkeys=sum(one.type == Authenticator.Type.WEBAUTHN for one in held),
        has_app=any(one.type == Authenticator.Type.TOTP for one in held),
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
        sessions=rows.count(),
        seen_at=rows.aggregate(at=Max("last_seen_at"))["at"],
        locked_until=locks.locked_until(member.user.email, member.user_id),
    )

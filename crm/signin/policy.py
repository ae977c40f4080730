"""What an organisation asks of a session, and whether this session has it.

A session knows how it came about (allauth keeps the records). One that was opened by an
organisation's identity provider proves nothing to another organisation.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from crm.access.administrators import is_administrator
from crm.people.models import Member, MemberRole
from crm.signin.enums import SecondFactor
from crm.signin.models import SignInPolicy
from crm.tenancy.context import current_organization_id

SSO_METHOD = "sso"
REMEMBERED_SECONDS = 300
ACCEPTED = {
    SecondFactor.ANY: {"totp", "webauthn", "recovery_codes"},
    SecondFactor.PASSKEY: {"webauthn", "recovery_codes"},
}
DEVICES = {SecondFactor.ANY: ["totp", "webauthn"], SecondFactor.PASSKEY: ["webauthn"]}


class Verdict(Enum):
    """What becomes of a request."""

    PASS = auto()
    REMIND = auto()  # passes, and hears until when the second factor has to be there
    SIGN_IN_AGAIN = auto()  # the session was opened by another organisation's identity provider
    THROUGH_PROVIDER = auto()  # this organisation takes only its own
    SECOND_FACTOR = auto()


@dataclass(frozen=True)
class Proof:
    """How the person of this session has shown who they are.

    `is_own`: by their own password or device, with the second factor where they have one; not
    only by the word of some organisation's identity provider.
    """

    is_own: bool
    providers_of: frozenset[int]
    factors: frozenset[str]


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    asked: SecondFactor = SecondFactor.NONE
    due_at: datetime | None = None


def current_policy() -> SignInPolicy:
    """The current organisation's policy, the usual one where none was set; remembered briefly."""
    key = _key(current_organization_id())
    policy: SignInPolicy | None = cache.get(key)
    if policy is None:
        policy = SignInPolicy.objects.first() or SignInPolicy()
        cache.set(key, policy, REMEMBERED_SECONDS)
    return policy


def forget_policy() -> None:
    """Let every process read the changed policy, once the change is committed."""
    key = _key(current_organization_id())
    transaction.on_commit(lambda: cache.delete(key))


def proof_of(request: HttpRequest) -> Proof:
    """What the session's records say; one without any was made by the password alone."""
    records = get_authentication_records(request, request.user)
    by_provider = [one for one in records if one.get("method") == SSO_METHOD]
    factors = frozenset(str(one["type"]) for one in records if one.get("method") == "mfa")
    is_own = bool(factors) or not by_provider
    if not is_own and len(by_provider) < len(records):
        is_own = not has_device(request.user.pk, SecondFactor.ANY)
    return Proof(is_own, frozenset(int(one["organization"]) for one in by_provider), factors)


def note_second_factor(request: HttpRequest, user: Any, kind: str) -> None:
    """Whoever has just set up a second factor need not be asked for it in the same session."""
    record_authentication(request, user, "mfa", type=kind, added=True)


def judge(request: HttpRequest, member: Member) -> Answer:
    """Whether this session may work in the current organisation."""
    policy, proof = current_policy(), proof_of(request)
    is_through_provider = current_organization_id() in proof.providers_of
    if is_through_provider:
        return Answer(Verdict.PASS)
    if not proof.is_own:
        return Answer(Verdict.SIGN_IN_AGAIN)
    if policy.sso_only and not _may_break_glass(member, proof):
        return Answer(Verdict.THROUGH_PROVIDER)
    asked = policy.asks(member)
    if asked == SecondFactor.NONE or proof.factors & ACCEPTED[asked]:
        return Answer(Verdict.PASS)
    due_at = policy.due_at(member)
    if timezone.now() < due_at and not has_device(member.user_id, asked):
        return Answer(Verdict.REMIND, asked, due_at)
    return Answer(Verdict.SECOND_FACTOR, asked, due_at)


def has_device(user_id: int | None, asked: SecondFactor) -> bool:
    """Whether the person has set up what is asked for."""
    found: bool = Authenticator.objects.filter(user_id=user_id, type__in=DEVICES[asked]).exists()
    return found


def lacking_second_factor() -> QuerySet[Member]:
    """The members who should have set up a second factor by now: programs of theirs wait too.

    What `SignInPolicy.asks` and `due_at` say of one, of all at once.
    """
    policy, latest = current_policy(), timezone.now()
    latest -= timedelta(days=policy.grace_days)
    asked = SecondFactor(policy.second_factor)
    is_early = policy.required_since is not None and policy.required_since > latest
    if asked == SecondFactor.NONE or is_early:
        return Member.objects.none()
    held = MemberRole.objects.filter(member=OuterRef("pk"), role__code__in=policy.role_codes)
    devices = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=DEVICES[asked])
    return Member.objects.filter(Exists(held), ~Exists(devices), joined_at__lte=latest)


def _may_break_glass(member: Member, proof: Proof) -> bool:
    """An administrator with a second factor gets in when the identity provider is broken."""
    return is_administrator(member) and bool(proof.factors)


def _key(organization_id: int) -> str:
    return f"sign-in-policy:{organization_id}"

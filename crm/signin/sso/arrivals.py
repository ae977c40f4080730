"""Who somebody is whom a provider vouches for: found, linked, taken in, or turned away.

A provider speaks for its own organisation only. Its name for the person (the subject) decides;
an e-mail address links by itself only where nothing can be stolen by it: confirmed by the
provider, of the connection's domains, and of a member who belongs to no other organisation.
Everybody else shows once that the account is theirs, by signing in to it.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.audit import services as audit
from crm.people import services as people
from crm.people.models import Department, Member, Role, User
from crm.people.selectors import first_habits, member_of, organizations_of
from crm.signin.enums import Joining
from crm.signin.models import SsoIdentity
from crm.signin.sso.terms import Claimed, Facts, SignInFailed
from crm.tenancy.context import tenant_context


@dataclass(frozen=True)
class Welcome:
    """`user` comes in; without one they first sign in to the account they have."""

    user: User | None
    is_new: bool = False


def welcome(facts: Facts, claimed: Claimed) -> Welcome:
    """Decide about somebody who came by this connection; raises SignInFailed."""
    with tenant_context(facts.organization_id, reason="single sign-on"):
        if known := known_user(facts, claimed):
            return Welcome(known)
        if claimed.email and not is_of_domains(facts, claimed.email):
            raise SignInFailed("domain", claimed.email)
        if not claimed.is_email_verified or not claimed.email:
            return Welcome(None)
        user = User.objects.filter(email=claimed.email).first()
        if user is None:
            return Welcome(take_in(facts, claimed), is_new=True)
        member = member_of(user)
        if member is None:
            if facts.joining != Joining.CREATE or has_left(user):
                raise SignInFailed("inactive" if has_left(user) else "unknown")
            return Welcome(None)
        if len(organizations_of(user)) > 1 or not user.is_active:
            return Welcome(None)
        link_member(facts, claimed, member)
        return Welcome(user)


def link_account(facts: Facts, claimed: Claimed, user: User) -> Member:
    """Link the account somebody has signed in to; whoever may join becomes a member by it."""
    with tenant_context(facts.organization_id, reason="single sign-on"):
        known = known_user(facts, claimed)
        if known is not None and known.pk != user.pk:
            raise SignInFailed("taken")
        member = member_of(user) or join(facts, claimed, user)
        if known is None:
            link_member(facts, claimed, member)
        return member


def known_user(facts: Facts, claimed: Claimed) -> User | None:
    """The member already linked with this subject."""
    identity = (
        SsoIdentity.objects.select_related("member__user")
        .filter(connection_id=facts.id, subject=claimed.subject)
        .first()
    )
    if identity is None:
        return None
    member: Member = identity.member
    if not member.is_active or not member.user.is_active:
        raise SignInFailed("inactive")
    identity.used_at = timezone.now()
    identity.save(update_fields=["used_at"])
    return member.user


def link_member(facts: Facts, claimed: Claimed, member: Member) -> SsoIdentity:
    """Remember the provider's name for the member."""
    try:
        with transaction.atomic():
            identity = SsoIdentity.objects.create(
                connection_id=facts.id,
                member=member,
                subject=claimed.subject,
                email=claimed.email,
                used_at=timezone.now(),
            )
    except IntegrityError as error:
        raise SignInFailed("taken") from error
    audit.record("member.account_linked", target=member, provider=facts.name)
    return identity


def take_in(facts: Facts, claimed: Claimed) -> User:
    """A new person with an account of no password, and their membership."""
    if facts.joining != Joining.CREATE:
        raise SignInFailed("unknown")
    try:
        with transaction.atomic():
            name = claimed.name or claimed.email.partition("@")[0]
            user = User.objects.create_user(claimed.email, None, name=name, **first_habits())
    except IntegrityError as error:
        raise SignInFailed("state") from error
    link_member(facts, claimed, add_member(facts, user))
    return user


def join(facts: Facts, claimed: Claimed, user: User) -> Member:
    """Take a person in who has an account but no membership, where the connection allows it."""
    if has_left(user):
        raise SignInFailed("inactive")
    may = facts.joining == Joining.CREATE and claimed.is_email_verified
    if not may or claimed.email != user.email or not is_of_domains(facts, claimed.email):
        raise SignInFailed("unknown")
    return add_member(facts, user)


def add_member(facts: Facts, user: User) -> Member:
    """Membership with the connection's role and department."""
    department = Department.objects.get(pk=facts.department_id or 0)
    role = Role.objects.get(pk=facts.role_id or 0)
    member = people.add_member(user=user, department=department, roles=[role.code])
    audit.record("member.joined", target=member, provider=facts.name)
    return member


def has_left(user: User) -> bool:
    """Whether the person was a member whom somebody deactivated."""
    return Member.objects.filter(user_id=user.pk, is_active=False).exists()


def is_of_domains(facts: Facts, email: str) -> bool:
    """Whether the address is of one of the connection's domains; none listed means any."""
    return not facts.domains or email.rpartition("@")[2].lower() in facts.domains

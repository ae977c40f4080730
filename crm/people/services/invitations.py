"""Invitations: asked by mail, accepted with the link's secret.

The secret is made of the server's key and a nonce, so that the mail's job can make it again; the
database keeps its hash. Whoever invites learns nothing about the address.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from crm import jobs
from crm.access import policy
from crm.audit import services as audit
from crm.people.enums import RoleCode
from crm.people.hierarchy import makes_a_circle
from crm.people.models import Department, Invitation, InvitationState, Member, Role, User
from crm.people.models.invitations import VALID_FOR
from crm.people.selectors import first_habits
from crm.people.services.members import MayNotGiveRoles, add_member
from crm.refusals import Refused

SALT = "crm.people.invitation"
TOKEN = re.compile(r"([1-9]\d{0,17})\.([0-9a-f]{64})")
MOST_PER_HOUR = 300
NOT_AGAIN_BEFORE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Whom somebody invites, and as what."""

    email: str
    name: str
    department: Department | None = None
    title: str = ""
    phone: str = ""
    roles: Sequence[Role] = ()
    superior_email: str = ""


def default_roles() -> list[Role]:
    """What somebody becomes who is invited without a word about roles."""
    return list(Role.objects.filter(code=RoleCode.REP))


@transaction.atomic
def invite(*, invited: Invited, by: Member) -> Invitation:
    """Ask a person by mail to join; the mail goes out after the commit."""
    return invite_all(invited=[invited], by=by)[0]


@transaction.atomic
def invite_all(*, invited: Sequence[Invited], by: Member) -> list[Invitation]:
    """Ask several people, all or none."""
    check_pace(len(invited))
    may_give = policy.allowed(by, "people.assign_role")
    usual = default_roles()
    found = []
    for one in invited:
        roles = list(one.roles) or usual
        if not may_give and {role.pk for role in roles} != {role.pk for role in usual}:
            raise MayNotGiveRoles
        found.append(_invite(one, roles, by))
    return found


def _invite(invited: Invited, roles: Iterable[Role], by: Member) -> Invitation:
    email = invited.email.strip().lower()
    if Member.objects.filter(user__email=email).exists():
        raise Refused(_("%(email)s is a member already.") % {"email": email})
    now = timezone.now()
    _end_expired(email, now)
    invitation = Invitation(
        email=email,
        name=invited.name,
        department=invited.department,
        title=invited.title,
        phone=invited.phone,
        role_ids=sorted(role.pk for role in roles),
        superior_email=invited.superior_email.strip().lower(),
        invited_by=by,
        asked_at=now,
        expires_at=now + VALID_FOR,
        token_hash=secrets.token_hex(32),
    )
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise Refused(
            _("%(email)s has been invited already. Send that invitation again.") % {"email": email}
        ) from error
    audit.record("member.invited", target=invitation, email=email)
    _send(invitation)
    return invitation


def _end_expired(email: str, now: datetime) -> None:
    """An invitation that ran out stands in nobody's way."""
    old = Invitation.objects.filter(email=email, state=InvitationState.OPEN, expires_at__lte=now)
    old.update(state=InvitationState.REVOKED)


@transaction.atomic
def resend(*, invitation_id: int) -> Invitation:
    """Send a new link, valid for another week; the old one ends."""
    invitation = _locked(invitation_id)
    _check_open(invitation)
    now = timezone.now()
    if now < invitation.asked_at + NOT_AGAIN_BEFORE:
        raise Refused(_("The mail has just been sent. Wait a minute before sending it again."))
    check_pace(1)
    invitation.asked_at, invitation.expires_at, invitation.sent_at = now, now + VALID_FOR, None
    invitation.save(update_fields=["asked_at", "expires_at", "sent_at"])
    audit.record("member.invited_again", target=invitation, email=invitation.email)
    _send(invitation)
    return invitation


@transaction.atomic
def revoke(*, invitation_id: int) -> Invitation:
    """Take an invitation back; its link opens nothing any more."""
    invitation = _locked(invitation_id)
    _check_open(invitation)
    invitation.state = InvitationState.REVOKED
    invitation.save(update_fields=["state"])
    audit.record("member.invitation_revoked", target=invitation, email=invitation.email)
    return invitation


@transaction.atomic
def accept(*, secret: str, user: User | None = None, name: str = "", password: str = "") -> Member:
    """Join the current organisation: as the person who is signed in, or as a new one.

    Raises Refused when the link cannot be used (any more) or is another person's.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .filter(token_hash=hash_of(secret))
        .first()
    )
    if invitation is None or not invitation.is_usable(timezone.now()):
        raise Refused(_("This invitation cannot be used any more."))
    if user is None:
        user = _new_user(invitation.email, name, password)
    elif user.email != invitation.email:
        raise Refused(_("This invitation is for another person."))
    member = _join(invitation, user, name or invitation.name)
    invitation.state, invitation.accepted_at = InvitationState.ACCEPTED, timezone.now()
    invitation.member = member
    invitation.save(update_fields=["state", "accepted_at", "member"])
    _place(invitation, member)
    audit.record("member.joined", target=member, invitation=invitation.pk)
    return member


def check_pace(count: int) -> None:
    """Raise when an organisation sends more invitations than any company needs."""
    since = timezone.now() - timedelta(hours=1)
    if Invitation.objects.filter(asked_at__gt=since).count() + count > MOST_PER_HOUR:
        raise Refused(
            _("No more than %(count)s invitations an hour. Go on later.") % {"count": MOST_PER_HOUR}
        )


def secret_of(invitation: Invitation) -> str:
    """The link's secret, for the mail alone."""
    value = f"{invitation.organization_id}:{invitation.pk}:{invitation.nonce}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()


def token_of(invitation: Invitation) -> str:
    """What the link carries: the organisation, then the secret."""
    return f"{invitation.organization_id}.{secret_of(invitation)}"


def read_token(token: str) -> tuple[int, str] | None:
    """The organisation and the secret in a link; None for what is no link of ours."""
    found = TOKEN.fullmatch(token)
    return (int(found[1]), found[2]) if found else None


def hash_of(secret: str) -> str:
    """What the database keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _send(invitation: Invitation) -> None:
    invitation.nonce = secrets.token_hex(16)
    invitation.token_hash = hash_of(secret_of(invitation))
    invitation.save(update_fields=["nonce", "token_hash"])
    jobs.enqueue(
        "people.send_invitation",
        key=f"invitation:{invitation.pk}:{invitation.token_hash[:16]}",
        invitation_id=invitation.pk,
    )


def _locked(invitation_id: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    found: Invitation = rows.get(pk=invitation_id)
    return found


def _check_open(invitation: Invitation) -> None:
    if invitation.state != InvitationState.OPEN:
        raise Refused(_("This invitation is no longer open."))


def _new_user(email: str, name: str, password: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, **first_habits())
    except IntegrityError as error:
        raise Refused(_("You have an account already. Sign in to join.")) from error


def _join(invitation: Invitation, user: User, name: str) -> Member:
    member = Member.objects.filter(user=user).first()
    if member is not None:
        if not member.is_active:
            raise Refused(_("Your access has been ended. Ask an administrator to renew it."))
        return member
    codes = Role.objects.filter(pk__in=invitation.role_ids).values_list("code", flat=True)
    return add_member(
        user=user,
        department=invitation.department,
        roles=list(codes),
        title=invitation.title,
        phone=invitation.phone,
        name=name,
    )


def _place(invitation: Invitation, member: Member) -> None:
    """Put the new member below their superior, and above those who came before them."""
    if invitation.superior_email and invitation.superior_email != invitation.email:
        member.superior = Member.objects.filter(user__email=invitation.superior_email).first()
        member.save(update_fields=["superior"])
    waiting = Invitation.objects.filter(
        superior_email=invitation.email, state=InvitationState.ACCEPTED, member__superior=None
    ).exclude(member=member)
    for one in waiting.select_related("member"):
        if one.member is not None and not makes_a_circle(one.member.pk, member.pk):
            one.member.superior = member
            one.member.save(update_fields=["superior"])

"""From a wish to an organisation: nothing is made before the e-mail address is proved."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone, translation

from crm.audit import services as audit
from crm.organizations import mails
from crm.organizations.models import SignUp
from crm.organizations.services.addresses import is_free
from crm.people import services as people
from crm.people.models import Department, User
from crm.tenancy.context import acting_as, tenant_context
from crm.tenancy.models import Organization

VALID_FOR = timedelta(hours=48)


class SignUpClosed(Exception):
    """This installation does not let anybody found an organisation."""


class LinkInvalid(Exception):
    """The link of a sign-up is unknown, used or too old."""


@dataclass(frozen=True)
class Founded:
    """The new organisation, its administrator, and whether their account is new too."""

    organization: Organization
    user: User
    is_new_user: bool


def is_open() -> bool:
    return bool(settings.SIGN_UP_OPEN)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def ask_to_sign_up(
    *, company: str, slug: str, name: str, email: str, password: str, language: str
) -> None:
    """Send the link that founds the organisation; whoever has an account is told so by mail.

    Both ways do the same work, so that neither answer nor time tells whether an account exists.
    """
    if not is_open():
        raise SignUpClosed
    address, hashed = email.strip().lower(), make_password(password)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        SignUp.objects.filter(email=address).delete()
        has_account = User.objects.filter(email=address).exists()
        if not has_account:
            SignUp.objects.create(
                email=address, name=name, company=company, slug=slug, language=language,
                password=hashed, token_hash=hash_of(token), expires_at=timezone.now() + VALID_FOR,
            )  # fmt: skip
    if has_account:
        mails.send_known_account(address, language=language)
    else:
        mails.send_confirmation(address, token=token, company=company, language=language)


def sign_up_of(token: str) -> SignUp:
    """The wish a link stands for; LinkInvalid when there is none any more."""
    found = SignUp.objects.filter(token_hash=hash_of(token)).first()
    if found is None or found.is_expired or not is_open():
        raise LinkInvalid
    return found


@transaction.atomic
def confirm_sign_up(*, token: str, slug: str = "") -> Founded:
    """The link was followed: account and organisation are made, or neither.

    Raises LinkInvalid, or AddressTaken when somebody was quicker; the link then works on with
    another `slug`.
    """
    wish = SignUp.objects.select_for_update(of=("self",)).filter(token_hash=hash_of(token)).first()
    if wish is None or wish.is_expired or not is_open():
        raise LinkInvalid
    user = User.objects.filter(email=wish.email).first()
    is_new = user is None
    if user is None:
        user = User.objects.create(
            email=wish.email, name=wish.name, password=wish.password, language=wish.language
        )
    EmailAddress.objects.update_or_create(
        user=user, email=wish.email, defaults={"verified": True, "primary": True}
    )
    organization = found_organization(
        company=wish.company, slug=slug or wish.slug, founder=user, language=wish.language
    )
    SignUp.objects.filter(email=wish.email).delete()
    return Founded(organization, user, is_new)


@transaction.atomic
def found_organization(*, company: str, slug: str, founder: User, language: str) -> Organization:
    """Organisation, roles, root department and administrator at once; raises AddressTaken."""
    if not is_open():
        raise SignUpClosed
    if not is_free(slug):
        raise people.AddressTaken(slug)
    organization = people.create_organization(slug=slug, name=company)
    Organization.objects.filter(pk=organization.pk).update(
        language=language, time_zone=founder.time_zone
    )
    organization.refresh_from_db()
    with tenant_context(organization.pk, reason="organisation founded"):
        with translation.override(language):
            root = people.create_department(name=company[:80])
        member = people.add_member(user=founder, department=root, roles=["administrator"])
        with acting_as(member.pk, reason="organisation founded"):
            Department.objects.filter(pk=root.pk).update(head=member)
            audit.record("organization.founded", target=organization, name=company)
    return organization

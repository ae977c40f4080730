"""Finding one's organisation before signing in, and one's linked accounts after it.

An e-mail address is answered in the mailbox and nowhere else: the page says the same for every
address, so that nobody learns who has an account where, and no organisation can draw people of a
domain to its own provider by claiming the domain.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.audit import services as audit
from crm.people.models import User
from crm.people.selectors import member_of, organizations_of
from crm.signin.models import SsoIdentity
from crm.signin.sso.flow import open_connections
from crm.tenancy.context import tenant_context
from crm.tenancy.links import global_url
from crm.tenancy.models import Organization

logger = logging.getLogger("tongzhou.signin")


class FindForm(forms.Form):
    """An organisation's address or one's own e-mail address."""

    words = forms.CharField(
        label=gettext_lazy("Your organisation's web address, or your e-mail"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def clean_words(self) -> str:
        """As people copy it: with the slashes of the address, in any case."""
        words: str = self.cleaned_data["words"].strip().lower()
        if "@" in words:
            validate_email(words)
            return words
        return words.removeprefix(settings.PUBLIC_URL).strip("/").partition("/")[0]


@dataclass(frozen=True)
class Way:
    """One organisation's own sign-in."""

    name: str
    provider: str
    address: str


@dataclass(frozen=True)
class Linked:
    """An account of a provider that opens the person's."""

    pk: int
    organization: str
    provider: str
    email: str
    used_at: datetime | None


def offers_sign_in(slug: str) -> bool:
    """Whether there is an organisation with a provider at this address."""
    organization = Organization.objects.filter(slug=slug).first()
    return organization is not None and bool(open_connections(organization))


def ways_for(organizations: list[Organization]) -> list[Way]:
    """The providers of these organisations."""
    return [
        Way(organization.name, facts.name, global_url("signin_enter", organization.slug))
        for organization in organizations
        for facts in open_connections(organization)
    ]


def send_ways_in(email: str) -> None:
    """Mail the person where they can sign in; nothing where there is nobody."""
    user = User.objects.filter(email=email, is_active=True).first()
    ways = ways_for(organizations_of(user)) if user else []
    if user is None or not ways:
        return
    with translation.override(user.language):
        text = render_to_string(
            "signin/mail/ways_in.txt", {"user": user, "ways": ways, "site": settings.PUBLIC_URL}
        )
        try:
            send_mail(_("Where you can sign in"), text, settings.DEFAULT_FROM_EMAIL, [email])
        except (OSError, smtplib.SMTPException):
            logger.exception("The ways in could not be mailed")


def links_of(user: User) -> list[Linked]:
    """The person's linked accounts in all their organisations."""
    found: list[Linked] = []
    for organization in organizations_of(user):
        with tenant_context(organization.id):
            rows: Any = SsoIdentity.objects.filter(member__user_id=user.pk)
            found += [
                Linked(one.pk, organization.name, one.connection.name, one.email, one.used_at)
                for one in rows.select_related("connection").order_by("id")
            ]
    return found


def unlink(user: User, identity_id: int) -> bool:
    """Let one linked account open mine no more."""
    for organization in organizations_of(user):
        with tenant_context(organization.id):
            member = member_of(user)
            row = SsoIdentity.objects.filter(pk=identity_id, member__user_id=user.pk).first()
        if row is None or member is None:
            continue
        with tenant_context(organization.id, member_id=member.pk):
            row.delete()
            audit.record("member.account_unlinked", target=member)
            return True
    return False

"""Where allauth asks us: who may sign in, what is locked, how secrets are kept."""

import logging
import smtplib
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.people.models import User
from crm.people.selectors import organizations_of
from crm.signin import devices, journal, locks
from crm.signin.models import SealedSecret
from crm.signin.outgoing import GuardedSession
from crm.signin.policy import SSO_METHOD

logger = logging.getLogger("tongzhou.signin")
SEALED = "sealed."
PRODUCT = "同舟 Tongzhou"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in for invited people only; after it, straight to their organisation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        organizations = organizations_of(request.user)  # type: ignore[arg-type]
        return f"/{organizations[0].slug}/" if len(organizations) == 1 else "/"

    def get_login_stages(self) -> list[str]:
        own = {"allauth.mfa.stages.AuthenticateStage": "crm.signin.adapters.SecondFactorStage"}
        return [own.get(name, name) for name in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse while locked, and say for how long."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = locks.key_for(credentials.get("email", ""))
            if not locks.seconds_left(key):
                raise
            raise ValidationError(locked_text(key), code="too_many_login_attempts") from error

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email", ""))
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            return
        ip = self.get_client_ip(request)
        journal.note(user, "member.sign_in_failed", by_them=False, ip=ip)
        if locks.seconds_left(locks.key_for(email)):
            journal.note(user, "member.locked", by_them=False, ip=ip)

    def send_mail(self, template_prefix: str, email: str, details: dict[str, Any]) -> None:
        """A mail server that is away must not undo what has been done, nor tell who exists."""
        site = SimpleNamespace(name=PRODUCT, domain=urlsplit(settings.PUBLIC_URL).netloc)
        user = details.get("user") or context.request.user
        language = getattr(user, "language", None) or translation.get_language()
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, {**details, "current_site": site})
        except (OSError, smtplib.SMTPException):
            logger.exception("Mail %s could not be sent", template_prefix)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail begins with PUBLIC_URL: a request's host is a claim."""
        path = urlsplit(str(super().get_reset_password_from_key_url(key))).path
        return f"{settings.PUBLIC_URL}{path}"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own key contains the Host header, which an attacker can vary
        return locks.key_for(str(credentials.get("email", "")))


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Not asked of those whose organisation's provider has let them in: see crm.signin.policy."""

    def _should_handle(self, request: HttpRequest) -> bool:
        records = get_authentication_records(request, self.login.user)
        if records and records[-1].get("method") == SSO_METHOD:
            return False
        return bool(super()._should_handle(request))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets encrypted, keys named after the device they were made on."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right. Take the one shown now.")
    }

    def encrypt(self, text: str) -> str:
        return f"{SEALED}{SealedSecret.objects.create(text=text).pk}"

    def decrypt(self, encrypted_text: str) -> str:
        return str(SealedSecret.objects.get(pk=encrypted_text.removeprefix(SEALED)).text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return devices.name_of(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": PRODUCT}


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Only allauth's clients of DingTalk and Feishu are used; their requests go out guarded."""

    def get_requests_session(self) -> GuardedSession:
        return GuardedSession()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def locked_text(key: str) -> str:
    """How long, and what can be done meanwhile."""
    minutes = locks.minutes_left(key)
    wait = ngettext(
        "Too many failed attempts. Try again in %(count)d minute.",
        "Too many failed attempts. Try again in %(count)d minutes.",
        minutes,
    ) % {"count": minutes}
    way_out = _("An administrator of your organisation can unlock you at once.")
    return f"{wait} {way_out}"

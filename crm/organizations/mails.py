"""The letters about organisations. Links begin with PUBLIC_URL, never with a request's host."""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from crm.tenancy.links import global_url

logger = logging.getLogger("tongzhou.organizations")


class MailNotSent(Exception):
    """The mail server did not take the letter; the message is for people."""


def absolute(name: str, *args: Any) -> str:
    return f"{settings.PUBLIC_URL}{global_url(name, *args)}"


def send_confirmation(address: str, *, token: str, company: str, language: str) -> None:
    """The link that founds the organisation."""
    link = absolute("organizations:confirm", token)
    _send(address, "confirm", language, {"link": link, "company": company})


def send_known_account(address: str, *, language: str) -> None:
    """Somebody signed up with an address that has an account: only its owner is told."""
    _send(address, "known_account", language, {"link": absolute("organizations:sign_up")})


def _send(address: str, letter: str, language: str, context: dict[str, Any]) -> None:
    with translation.override(language):
        subject = render_to_string(f"organizations/mail/{letter}_subject.txt", context).strip()
        text = render_to_string(f"organizations/mail/{letter}.txt", context)
    message = EmailMultiAlternatives(" ".join(subject.split()), text, to=[address])
    try:
        message.send()
    except OSError as error:  # SMTPException is one
        logger.exception("A letter about a sign-up was not sent")
        raise MailNotSent from error

"""A second factor that is lost is taken away by somebody else, and its owner is told by mail."""

import logging
import smtplib

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.people.models import User
from crm.signin import sessions

logger = logging.getLogger("tongzhou.signin")


@transaction.atomic
def take_away(user: User) -> int:
    """Remove app, passkeys and recovery codes and end every session; returns how many it was."""
    removed: int = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    sessions.end_sessions(user.pk)
    transaction.on_commit(lambda: tell(user))
    return removed


def tell(user: User) -> None:
    """Whoever did not ask for it learns of it in their mailbox."""
    with translation.override(user.language):
        text = render_to_string(
            "signin/mail/factor_removed.txt", {"user": user, "site": settings.PUBLIC_URL}
        )
        subject = _("Your second factor was removed")
        try:
            send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
        except (OSError, smtplib.SMTPException):
            logger.exception("The removal of a second factor could not be mailed")

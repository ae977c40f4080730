"""What others' code announces and this app acts on."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from crm.access.seeing import end_all


@receiver(user_logged_out)
def give_eyes_back(request: HttpRequest | None, user: Any, **_more: Any) -> None:
    """Signing out ends "see as", and the log says so."""
    if request is not None and user is not None and hasattr(request, "session"):
        end_all(request, user)

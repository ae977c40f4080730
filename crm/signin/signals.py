"""What happens to a person's access, written into their organisations' logs."""

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from crm.signin import devices, journal, locks, policy, sessions
from crm.signin.adapters import SEALED
from crm.signin.models import SealedSecret


def circumstances(request: HttpRequest) -> dict[str, str]:
    """From where, and with what; a sign-out behind the scenes has neither."""
    if not request.META:
        return {}
    return {"ip": get_ip(request), "device": devices.name_of(request.headers.get("User-Agent", ""))}


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    records = get_authentication_records(request, user)
    ways = [str(one.get("type") or one.get("method")) for one in records]
    only = records[-1].get("organization") if records else None
    journal.note(
        user, "member.signed_in", only=only, by_them=True, ways=ways, **circumstances(request)
    )


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None and user.is_authenticated:
        journal.note(user, "member.signed_out", by_them=True, **circumstances(request))


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_changed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Every other session is dead by its hash; their rows and streams end as well."""
    journal.note(user, "member.password_changed", by_them=True, **circumstances(request))
    locks.unlock(user.email, user.pk)
    own = request.session.session_key if request.user.is_authenticated else None
    sessions.end_sessions(user.pk, but_key=own)


@receiver(mfa.authenticator_added)
def factor_added(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        policy.note_second_factor(request, user, authenticator.type)
    _note_factor("member.second_factor_added", request, user, authenticator)


@receiver(mfa.authenticator_removed)
def factor_removed(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    _note_factor("member.second_factor_removed", request, user, authenticator)


@receiver(mfa.authenticator_reset)
def codes_made_anew(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    _note_factor("member.recovery_codes_made", request, user, authenticator)


@receiver(mfa.authentication_failed)
def code_was_wrong(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    details = {"factor": str(authenticator.type), **circumstances(request)}
    journal.note(user, "member.second_factor_failed", by_them=False, **details)


@receiver(post_delete, sender=Authenticator)
def factor_deleted(instance: Authenticator, **kwargs: Any) -> None:
    """Its secret goes with it."""
    values = [one for one in instance.data.values() if isinstance(one, str)]
    keys = [one.removeprefix(SEALED) for one in values if one.startswith(SEALED)]
    SealedSecret.objects.filter(pk__in=keys).delete()


def _note_factor(action: str, request: HttpRequest, user: Any, authenticator: Any) -> None:
    details = {"factor": str(authenticator.type), **circumstances(request)}
    journal.note(user, action, by_them=True, **details)

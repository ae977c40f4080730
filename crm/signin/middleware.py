"""Two steps of every request: remember where the session was seen, and ask for what is missing."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from crm.signin import policy, sessions
from crm.signin.policy import Answer, Verdict
from crm.tenancy.http import TenantRequest
from crm.tenancy.links import global_url
from crm.web.formats import Formats

GetResponse = Callable[[HttpRequest], HttpResponse]
ALWAYS_OPEN = {"signin:second_factor"}
# Pages by which a person could make themselves a key to other organisations.
OWN_PROOF_NEEDED = {
    "account_change_password",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
}
REMINDED = "second-factor-reminded"


class LastSeenMiddleware:
    """Keep the list of sessions up to date."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sessions.note_seen(request)
        return self.get_response(request)


class SignInGate:
    """No page of an organisation without what the organisation asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        member = getattr(request, "member", None)
        if member is None:
            return keep_own(request) if name in OWN_PROOF_NEEDED else None
        if name in ALWAYS_OPEN or member.user_id != request.user.pk:
            return None
        return turn(cast("TenantRequest", request), policy.judge(request, member))


def turn(request: TenantRequest, answer: Answer) -> HttpResponseBase | None:
    """Where the request goes instead, if it may not pass."""
    if answer.verdict == Verdict.PASS:
        return None
    if answer.verdict == Verdict.REMIND:
        remind(request, answer)
        return None
    if answer.verdict == Verdict.SECOND_FACTOR:
        return lead(request, reverse("signin:second_factor"))
    page = global_url("signin_enter", request.organization.slug)
    return lead(request, f"{page}?{urlencode({'next': wanted(request)})}")


def wanted(request: TenantRequest) -> str:
    """The page to come back to: only what can be asked for again."""
    return request.get_full_path() if request.method == "GET" else request.organization.address


def lead(request: HttpRequest, address: str) -> HttpResponseBase:
    """To another page; a fragment must not be replaced by it."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def remind(request: TenantRequest, answer: Answer) -> None:
    """Once per session: until when the second factor has to be there."""
    if getattr(request, "htmx", False) or request.session.get(REMINDED) or answer.due_at is None:
        return
    request.session[REMINDED] = True
    text = _("Set up a second factor for signing in by %(day)s: your menu, Sign-in security.")
    messages.warning(request, text % {"day": Formats.current().day(answer.due_at)})


def keep_own(request: HttpRequest) -> HttpResponseBase | None:
    """An organisation's identity provider alone does not open the person's own keys."""
    if not request.user.is_authenticated or policy.proof_of(request).is_own:
        return None
    ways = [one["id"] for one in get_reauthentication_flows(request.user)]
    here = urlencode({"next": request.get_full_path()})
    if "mfa_reauthenticate" in ways:
        return HttpResponseRedirect(f"{reverse('signin_confirm')}?{here}")
    if "reauthenticate" in ways:
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{here}")
    messages.info(request, _("First set a password of your own: we send you a link by e-mail."))
    return HttpResponseRedirect(reverse("account_reset_password"))

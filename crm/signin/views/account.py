"""A person's own account, outside all organisations."""

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.signin import journal, sessions

__all__ = ["confirm", "no_such_page", "safe_next", "session_list"]


@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; one of them, or all others, ended by a POST."""
    user, own = request.user, request.session.session_key
    if request.method != "POST":
        places = sessions.places_of(user.pk or 0, current_key=own)
        return render(request, "signin/sessions.html", {"places": places})
    chosen = request.POST.get("session", "")
    pk = int(chosen) if chosen.isdecimal() else None
    ended = sessions.end_sessions(user.pk or 0, pk=pk, but_key=own)
    if ended:
        journal.note(user, "member.sessions_ended", by_them=True, count=ended)  # type: ignore[arg-type]
    text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", ended)
    messages.success(request, text % {"count": ended})
    return HttpResponseRedirect(reverse("usersessions_list"))


@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """By which of their own means the person confirms that it is them."""
    target = safe_next(request)
    ways = {one["id"]: one for one in get_reauthentication_flows(request.user)}
    kinds = ways.get("mfa_reauthenticate", {}).get("types", [])
    query = urlencode({"next": target})
    context = {
        "by_password": f"{reverse('account_reauthenticate')}?{query}"
        if "reauthenticate" in ways and not kinds
        else "",
        "by_code": f"{reverse('mfa_reauthenticate')}?{query}"
        if {"totp", "recovery_codes"} & set(kinds)
        else "",
        "by_passkey": f"{reverse('mfa_reauthenticate_webauthn')}?{query}"
        if "webauthn" in kinds
        else "",
    }
    return render(request, "signin/confirm.html", context)


def safe_next(request: HttpRequest) -> str:
    """Where to go on; never to another site."""
    target = request.GET.get("next") or request.POST.get("next") or "/"
    return target if is_own_address(request, target) else "/"


def is_own_address(request: HttpRequest, target: str) -> bool:
    """Whether the address is a page of this site."""
    return url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def no_such_page(request: HttpRequest) -> HttpResponse:
    """A page of allauth that is not for here."""
    raise Http404(_("There is no such page."))

"""Single sign-on: the organisation's door, the way there and back, and linked accounts."""

import logging
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.organizations.limits import Limit
from crm.people.models import User
from crm.people.selectors import organizations_of
from crm.signin import finding
from crm.signin.policy import SSO_METHOD, proof_of
from crm.signin.sso import arrivals, flow
from crm.signin.sso.terms import Claimed, Facts, SignInFailed
from crm.signin.sso.words import words_for
from crm.signin.views.account import safe_next
from crm.tenancy.models import Organization, open_organizations

logger = logging.getLogger("tongzhou.signin")

PENDING = "sso-pending"
JOURNEYS = Limit("sso-journey", 30, 60)
FINDINGS = Limit("sso-find", 20, 600)


def find(request: HttpRequest) -> HttpResponse:
    """Which organisation? By its address at once, by an e-mail address through the mailbox."""
    form = finding.FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not FINDINGS.allows(get_ip(request)):
            return render(request, "429.html", status=429)
        words = form.cleaned_data["words"]
        if "@" in words:
            finding.send_ways_in(words)
            return render(request, "signin/find_sent.html", {"email": words})
        if finding.offers_sign_in(words):
            return HttpResponseRedirect(reverse("signin_enter", args=[words]))
        form.add_error("words", _("No organisation with its own sign-in is at this web address."))
    return render(request, "signin/find.html", {"form": form})


@require_GET
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation's door: its providers, or one's own proof."""
    organization = organization_at(slug)
    target = target_in(request, organization)
    connections = flow.open_connections(organization)
    is_member = is_signed_in_member(request, organization)
    if not connections and not is_member:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': target})}")
    context = {
        "organization": organization if connections or is_member else None,
        "connections": connections,
        "query": urlencode({"next": target}),
        "is_member": is_member,
    }
    return render(request, "signin/enter.html", context)


@require_GET
def start(request: HttpRequest, slug: str, connection_id: int) -> HttpResponse:
    """To the provider. Only from a page of ours: nobody is signed in by somebody else's link."""
    organization = organization_at(slug)
    target = target_in(request, organization)
    if request.headers.get("Sec-Fetch-Site", "none") == "cross-site":
        query = urlencode({"next": target})
        return HttpResponseRedirect(f"{reverse('signin_enter', args=[slug])}?{query}")
    home = urlsplit(settings.PUBLIC_URL).netloc
    if request.get_host() != home:
        return HttpResponseRedirect(f"{settings.PUBLIC_URL}{request.get_full_path()}")
    if not JOURNEYS.allows(get_ip(request)):
        return render(request, "429.html", status=429)
    facts = connection_of(organization, connection_id)
    anew = "anew" in request.GET
    try:
        return HttpResponseRedirect(flow.begin(request, facts, target=target, anew=anew))
    except SignInFailed as failure:
        return failed(request, facts, failure)


@require_GET
def callback(request: HttpRequest, slug: str, connection_id: int) -> HttpResponse:
    """Back from the provider."""
    organization = organization_at(slug)
    facts = connection_of(organization, connection_id)
    if not JOURNEYS.allows(get_ip(request)):
        return render(request, "429.html", status=429)
    try:
        claimed, target, anew = flow.finish(request, facts)
        found = arrivals.welcome(facts, claimed)
    except SignInFailed as failure:
        return failed(request, facts, failure)
    if found.user is None:
        return ask_for_proof(request, facts, claimed, target)
    return let_in(request, facts, found.user, target, anew=anew)


def let_in(
    request: HttpRequest, facts: Facts, user: User, target: str, *, anew: bool = False
) -> HttpResponse:
    """Sign the person in, and remember by whose word."""
    same = request.user.is_authenticated and request.user.pk == user.pk
    if request.user.is_authenticated and not same:
        logout(request)
    by = {"organization": facts.organization_id, "connection": facts.id, "anew": anew}
    record_authentication(request, user, SSO_METHOD, **by)
    if same:
        return HttpResponseRedirect(target)
    login = Login(user=user, email=user.email, redirect_url=target)
    response: HttpResponse = perform_login(request, login)
    return response


def ask_for_proof(
    request: HttpRequest, facts: Facts, claimed: Claimed, target: str
) -> HttpResponse:
    """Keep what the provider said; the account has to be shown to be theirs."""
    request.session[PENDING] = {
        "slug": facts.slug,
        "connection": facts.id,
        "claimed": asdict(claimed),
        "target": target,
    }
    here = reverse("signin_link")
    if request.user.is_authenticated and proof_of(request).is_own:
        return HttpResponseRedirect(here)
    if request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('signin_confirm')}?{urlencode({'next': here})}")
    text = _("Sign in once with your password, so that we know the account is yours.")
    messages.info(request, text)
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': here})}")


@login_required
def link(request: HttpRequest) -> HttpResponse:
    """Link the provider's account with the one signed in to, after a last look."""
    pending: dict[str, Any] | None = request.session.get(PENDING)
    if pending is None:
        return HttpResponseRedirect(reverse("signin_identities"))
    if not proof_of(request).is_own:
        return HttpResponseRedirect(
            f"{reverse('signin_confirm')}?{urlencode({'next': reverse('signin_link')})}"
        )
    facts = connection_of(organization_at(pending["slug"]), pending["connection"])
    claimed = Claimed(**pending["claimed"])
    if request.method != "POST":
        return render(request, "signin/link.html", {"facts": facts, "claimed": claimed})
    del request.session[PENDING]
    if "no" in request.POST:
        return HttpResponseRedirect("/")
    user: User = request.user  # type: ignore[assignment]
    try:
        arrivals.link_account(facts, claimed, user)
    except SignInFailed as failure:
        return failed(request, facts, failure)
    return let_in(request, facts, user, pending["target"])


@login_required
def identities(request: HttpRequest) -> HttpResponse:
    """The accounts of providers that open mine; a POST unlinks one."""
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        chosen = request.POST.get("identity", "")
        if finding.unlink(user, int(chosen) if chosen.isdecimal() else 0):
            messages.success(request, _("Unlinked."))
        return HttpResponseRedirect(reverse("signin_identities"))
    links = finding.links_of(user)
    known = {(one.organization, one.provider) for one in links}
    ways = finding.ways_for(organizations_of(user))
    fresh = [one for one in ways if (one.name, one.provider) not in known]
    context = {"links": links, "ways": fresh}
    return render(request, "signin/identities.html", context)


def failed(request: HttpRequest, facts: Facts, failure: SignInFailed) -> HttpResponse:
    """Say what happened; the details are for the log."""
    logger.warning("Sign-in by connection %s failed: %s", facts.id, failure)
    context = {
        "facts": facts,
        "reason": words_for(failure.reason),
        "again": reverse("signin_enter", args=[facts.slug]),
    }
    return render(request, "signin/failed.html", context, status=403)


def organization_at(slug: str) -> Organization:
    """The organisation at this address, unless it is closed, or no such page."""
    found = open_organizations().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def connection_of(organization: Organization, connection_id: int) -> Facts:
    """One of its providers, or no such page."""
    found = [one for one in flow.open_connections(organization) if one.id == connection_id]
    if not found:
        raise Http404
    return found[0]


def target_in(request: HttpRequest, organization: Organization) -> str:
    """Where to go on: a page of this organisation, or the one before a link is made."""
    target = safe_next(request)
    return target if target.startswith(organization.address) else organization.address


def is_signed_in_member(request: HttpRequest, organization: Organization) -> bool:
    """Whether the one who asks is signed in and belongs here."""
    if not request.user.is_authenticated:
        return False
    user: User = request.user
    return any(one.pk == organization.pk for one in organizations_of(user))

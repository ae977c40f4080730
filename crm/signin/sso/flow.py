"""One attempt: from our page to the provider and back, tied to this browser and connection."""

import logging
import time
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from crm.signin.models import SsoConnection
from crm.signin.sso.providers import provider_of
from crm.signin.sso.terms import Claimed, Facts, Journey, SignInFailed, facts_of
from crm.tenancy.context import tenant_context
from crm.tenancy.links import global_url
from crm.tenancy.models import Organization

logger = logging.getLogger("tongzhou.signin")

JOURNEYS = "sso-journeys"
MOST_JOURNEYS = 5
LONGEST_SECONDS = 600


def open_connections(organization: Organization) -> list[Facts]:
    """The providers that this organisation offers; none while it is closed.

    Asked before anybody has signed in.
    """
    if not organization.is_open:
        return []
    with tenant_context(organization.id):
        found = SsoConnection.objects.filter(is_active=True).order_by("name", "id")
        return [facts_of(one, organization.slug) for one in found]


def callback_address(slug: str, connection_id: int) -> str:
    """Where this connection's provider sends people back: one address for each connection.

    It begins with PUBLIC_URL: a request's host is a claim. An answer of another provider that
    arrives at this address is refused, since the attempt was begun elsewhere.
    """
    return f"{settings.PUBLIC_URL}{global_url('signin_callback', slug, connection_id)}"


def begin(request: HttpRequest, facts: Facts, *, target: str, anew: bool = False) -> str:
    """Remember the attempt; the provider's address to go to."""
    journey = Journey.begin(callback_address(facts.slug, facts.id), anew=anew)
    address = provider_of(facts).authorize_url(request, journey)
    known: dict[str, Any] = request.session.get(JOURNEYS, {})
    recent = sorted(known.items(), key=lambda one: -one[1]["at"])[: MOST_JOURNEYS - 1]
    attempt = asdict(journey) | {"connection": facts.id, "target": target, "at": time.time()}
    request.session[JOURNEYS] = {**dict(recent), journey.state: attempt}
    return address


def finish(request: HttpRequest, facts: Facts) -> tuple[Claimed, str, bool]:
    """Whom the provider vouches for, where they wanted to go, and whether they were asked anew.

    An attempt counts once.
    """
    attempt = take(request, request.GET.get("state", ""))
    if attempt["connection"] != facts.id:
        raise SignInFailed("state", "begun with another connection")
    code = request.GET.get("code") or request.GET.get("authCode") or ""
    if "error" in request.GET or not code:
        raise SignInFailed("denied", request.GET.get("error", "")[:80])
    names = ("state", "nonce", "verifier", "redirect_uri", "anew")
    journey = Journey(**{name: attempt[name] for name in names})
    return provider_of(facts).claim(request, journey, code), attempt["target"], journey.anew


def take(request: HttpRequest, state: str) -> dict[str, Any]:
    """The attempt of this state, which is forgotten by it."""
    known: dict[str, Any] = request.session.get(JOURNEYS, {})
    attempt: dict[str, Any] | None = known.pop(state, None)
    request.session[JOURNEYS] = known
    if attempt is None or attempt["at"] < time.time() - LONGEST_SECONDS:
        raise SignInFailed("state")
    return attempt

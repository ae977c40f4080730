"""Two organisations and an identity provider that answers on a real port."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from crm.people.models import User
from crm.settings import base
from crm.signin.models import SsoConnection
from crm.tenancy.context import tenant_context
from tests.support.cast import PASSWORD, Cast
from tests.support.oidc_server import Provider, running_provider


@pytest.fixture(autouse=True)
def real_limits(settings) -> None:
    """The limits of production: the suite at large is not slowed by them."""
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    settings.SSO_ALLOW_PRIVATE = True
    settings.PUBLIC_URL = "http://testserver"
    with running_provider() as running:
        yield running


@pytest.fixture
def connect(provider: Provider) -> Callable[..., SsoConnection]:
    """Connect the provider to an organisation."""

    def make(cast: Cast, **more: Any) -> SsoConnection:
        with tenant_context(cast.organization.id):
            values = {
                "kind": "oidc",
                "name": "Keycloak",
                "issuer": provider.issuer,
                "client_id": provider.client_id,
                "client_secret": provider.client_secret,
                "is_active": True,
            }
            return SsoConnection.objects.create(**values | more)

    return make


class Traveller:
    """A browser that goes to the provider and comes back."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()

    def depart(self, connection: SsoConnection, slug: str = "acme", **query: str) -> str:
        """The provider's address with our question."""
        path = f"/accounts/sso/{slug}/{connection.pk}/"
        response = self.client.get(path, query)
        assert response.status_code == 302, response.content
        return response.headers["Location"]

    def come_back(self, address: str) -> Any:
        """What the provider sends, given to us."""
        answer = requests.get(address, allow_redirects=False, timeout=60)
        parts = urlsplit(answer.headers["Location"])
        self.back = f"{parts.path}?{parts.query}"
        return self.client.get(self.back)

    def sign_in(self, connection: SsoConnection, slug: str = "acme", **query: str) -> Any:
        return self.come_back(self.depart(connection, slug, **query))

    @property
    def user_id(self) -> int | None:
        found = self.client.session.get("_auth_user_id")
        return int(found) if found else None


@pytest.fixture
def traveller() -> Traveller:
    return Traveller()


def question(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def enter() -> Callable[..., Client]:
    """A browser in which somebody typed their password."""

    def make(user: User, client: Client | None = None, **more: str) -> Client:
        found = client or Client()
        found.post("/accounts/login/", {"login": user.email, "password": PASSWORD, **more})
        return found

    return make


def give_app(user: User) -> str:
    """An authenticator app's secret for the user."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def user_of(member: Any) -> User:
    return User.objects.get(pk=member.user_id)

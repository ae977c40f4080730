"""The words of single sign-on: what a connection knows, one journey, what a provider claims."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from django.http import HttpRequest

from crm.signin.models import SsoConnection


class SignInFailed(Exception):
    """The provider did not vouch for anybody; `reason` is one of `crm.signin.sso.words`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Facts:
    """A connection outside its transaction, in which no provider may be asked."""

    id: int
    organization_id: int
    slug: str
    kind: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    corp_id: str
    agent_id: str
    domains: tuple[str, ...]
    joining: str
    role_id: int | None
    department_id: int | None


@dataclass(frozen=True)
class Journey:
    """What one attempt keeps in the session until the person comes back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    # the provider is to ask the person anew, not to rely on its own session
    anew: bool = False

    @classmethod
    def begin(cls, redirect_uri: str, *, anew: bool = False) -> "Journey":
        """Fresh secrets: 256 bits each."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, redirect_uri, anew)

    @property
    def challenge(self) -> str:
        """PKCE's S256 of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True)
class Claimed:
    """Whom the provider vouches for. `subject` alone is an identity; an e-mail is a hint."""

    subject: str
    name: str = ""
    email: str = ""
    is_email_verified: bool = False


class Provider(Protocol):
    """One kind of identity provider."""

    def authorize_url(self, request: HttpRequest, journey: Journey) -> str:
        """Where the person is sent."""

    def claim(self, request: HttpRequest, journey: Journey, code: str) -> Claimed:
        """Whom the provider vouches for; raises SignInFailed."""

    def check(self) -> None:
        """Try the settings without a person; raises SignInFailed."""


def facts_of(connection: SsoConnection, slug: str) -> Facts:
    """Take the connection's settings out of its transaction."""
    return Facts(
        id=connection.pk,
        organization_id=connection.organization_id,
        slug=slug,
        kind=connection.kind,
        name=connection.name,
        issuer=connection.issuer,
        client_id=connection.client_id,
        client_secret=str(connection.client_secret),
        corp_id=connection.corp_id,
        agent_id=connection.agent_id,
        domains=tuple(connection.domains),
        joining=connection.joining,
        role_id=connection.default_role_id,
        department_id=connection.default_department_id,
    )

"""Other programs: they hold a token and speak JSON."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from crm.integrations import services
from crm.integrations.models import AccessToken
from crm.integrations.selectors import CREATE
from crm.people.models import Member, Role
from crm.tenancy.context import acting_as, tenant_context
from tests.support.cast import Cast


@dataclass
class Program:
    """A client of the API; English unless it asks otherwise."""

    slug: str
    secret: str
    token: AccessToken
    language: str = "en"

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, None, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("patch", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask; header names are written with underscores."""
        own = {"authorization": f"Bearer {self.secret}", "accept-language": self.language}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {}
        if body is not None:
            raw = body if isinstance(body, str | bytes) else json.dumps(body)
            content = {"data": raw, "content_type": "application/json"}
        call = getattr(Client(), method)
        return call(f"/{self.slug}/api/v1{path}", headers=own | named, **content)


def program_of(cast: Cast, member: Member, **terms: Any) -> Program:
    """A program with a new token of this member; it may write unless the terms say otherwise."""
    facts = {"name": "ERP", "days": 90, "may_write": True} | terms
    with tenant_context(cast.organization.id), acting_as(member.pk):
        let_have_tokens(member)
        fresh = Member.objects.get(pk=member.pk)
        token, secret = services.create_token(by=fresh, **facts)
    return Program(cast.organization.slug, secret, token)


def let_have_tokens(member: Member) -> None:
    """See that one of the member's roles lets them have access tokens."""
    role = Role.objects.filter(member_roles__member=member).order_by("pk")[0]
    role.grants |= {CREATE: "all"}
    role.save(update_fields=["grants"])


def problem_of(answer: Any) -> str:
    """The name of the problem that an answer tells."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    told = answer.json()
    assert told["status"] == answer.status_code
    return told["type"].removeprefix("urn:tongzhou:problem:")

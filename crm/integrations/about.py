"""What a program asks about itself and about the API."""

from typing import Any

from ninja import Router, Schema

from crm.access.registry import ANY_MEMBER
from crm.integrations.registry import api_permissions
from crm.integrations.rest import Moment, Token, gettext_lazy

router = Router()


class Named(Schema):
    """A record by its number and its name."""

    id: int
    name: str


class Me(Schema):
    """For whom this token acts, and what it may."""

    organization: str
    member: Named
    token: str
    expires_at: Moment
    may_write: bool
    permissions: list[str]


@router.get(
    "/me",
    response=Me,
    auth=Token(ANY_MEMBER),
    tags=["about"],
    summary=gettext_lazy("Whose token this is"),
)
def me(request: Any) -> dict[str, Any]:
    """Whose token this is and what it may do."""
    member, token = request.member, request.token
    return {
        "organization": request.organization.name,
        "member": {"id": member.pk, "name": member.name},
        "token": token.label,
        "expires_at": token.expires_at,
        "may_write": token.may_write,
        "permissions": [one for one in api_permissions() if one in member.scopes],
    }


@router.get("/openapi.json", auth=Token(ANY_MEMBER), include_in_schema=False)
def openapi(request: Any) -> dict[str, Any]:
    """The description of the API for programs."""
    from crm.integrations.describing import description  # noqa: PLC0415 - it reads the whole API

    return description(request.organization)

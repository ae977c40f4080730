from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from crm.access.seeing import Ended, Seeing
    from crm.people.models import Member, User
    from crm.tenancy.models import Organization


class TenantRequest(HttpRequest):
    """A request below /<organization>/: the middleware has set who asks and where."""

    organization: "Organization"
    member: "Member"
    # borrowed eyes: then `member` is the one looked at, and who acts is `eyes.actor`
    eyes: "Seeing | Ended | None"
    user: "User"
    htmx: "object"

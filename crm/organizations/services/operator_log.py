"""What operators do is written down outside all tenants; the application cannot change it."""

from typing import Any

from crm.organizations.models import OperatorAction
from crm.people.models import User
from crm.tenancy.models import Organization


def record(
    action: str, *, by: User | None, organization: Organization | None = None, **details: Any
) -> OperatorAction:
    """One line: who did what to which organisation."""
    return OperatorAction.objects.create(
        by_id=by.pk if by else None,
        by_email=by.email if by else "",
        action=action,
        number=organization.pk if organization else None,
        slug=organization.slug if organization else "",
        details=details,
    )

"""Open or closed: suspended and reactivated by the operator, who says why."""

from django.db import transaction
from django.utils import timezone

from crm.audit import services as audit
from crm.organizations.services import operator_log
from crm.people.models import User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.web import live


class NotPossible(ValueError):
    """The organisation is not in a state that allows this."""


def locked(organization_id: int) -> Organization:
    """The organisation, held until the end of the transaction."""
    rows = Organization.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=organization_id)


@transaction.atomic
def suspend(organization_id: int, *, by: User, reason: str) -> Organization:
    """Close it for its members at once: no pages, no jobs, no streams. Nothing is lost."""
    organization = locked(organization_id)
    if organization.suspended_at is not None:
        raise NotPossible
    organization.suspended_at, organization.suspension_reason = timezone.now(), reason
    organization.save(update_fields=["suspended_at", "suspension_reason"])
    operator_log.record("organization.suspended", by=by, organization=organization, reason=reason)
    with tenant_context(organization_id, reason=reason):
        audit.record("organization.suspended", target=organization, reason=reason)
        live.end_streams()
    return organization


@transaction.atomic
def reactivate(organization_id: int, *, by: User) -> Organization:
    """Open it again; what waited goes on."""
    organization = locked(organization_id)
    if organization.suspended_at is None:
        raise NotPossible
    organization.suspended_at, organization.suspension_reason = None, ""
    organization.save(update_fields=["suspended_at", "suspension_reason"])
    operator_log.record("organization.reactivated", by=by, organization=organization)
    with tenant_context(organization_id):
        audit.record("organization.reactivated", target=organization)
    return organization

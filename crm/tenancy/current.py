"""The organisation in force, read once per request or job."""

from crm.tenancy.context import current_organization_id, current_tenant
from crm.tenancy.models import Organization


def current_organization() -> Organization:
    """The organisation in force: its currency, time zone, name. Read it, never save this one."""
    organization_id, tenant = current_organization_id(), current_tenant()
    notes = tenant.notes if tenant else {}
    found: Organization | None = notes.get("organization")
    if found is None:
        found = notes["organization"] = Organization.objects.get(pk=organization_id)
    return found


def note_organization(organization: Organization) -> None:
    """Remember the organisation in force as it was just read or changed."""
    tenant = current_tenant()
    if tenant is not None and tenant.organization_id == organization.pk:
        tenant.notes["organization"] = organization

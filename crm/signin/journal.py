"""Sign-in is a matter of the person; what happens is written down in their organisations' logs."""

from typing import Any

from crm.audit import services as audit
from crm.people.models import User
from crm.people.selectors import member_of, organizations_of
from crm.tenancy.context import tenant_context


def note(user: User, action: str, *, only: Any = None, by_them: bool, **details: Any) -> None:
    """Write `action` into the log of each organisation of the person, or of one alone."""
    for organization in organizations_of(user):
        if only is not None and organization.id != only:
            continue
        with tenant_context(organization.id):
            member = member_of(user)
        if member is None:
            continue
        with tenant_context(organization.id, member_id=member.pk if by_them else None):
            audit.record(action, target=member, **details)

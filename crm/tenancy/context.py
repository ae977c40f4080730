"""The current tenant: one context variable here, one transaction-local setting in PostgreSQL.

Row-level security reads `app.organization`; history triggers read `pghistory.context_metadata`
(who and why). All are set in one round trip, always local to the transaction, so a pooled
connection can never carry a tenant into the next request.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction


class NoTenant(RuntimeError):
    """A tenant's table was used although no tenant is set."""


class OtherTenant(RuntimeError):
    """A tenant context was opened inside that of another tenant."""


@dataclass(frozen=True)
class Tenant:
    organization_id: int
    member_id: int | None = None
    reason: str = ""
    # the access token by which a program acts for the member
    token: str = ""
    # what was read once and holds to the end of the outermost context: `crm.tenancy.current`
    notes: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


_current: ContextVar[Tenant | None] = ContextVar("tenant", default=None)

SET_TENANT = (
    "SELECT set_config('app.organization', %s, true),"
    " set_config('pghistory.context_metadata', %s, true)"
)


def current_tenant() -> Tenant | None:
    """The tenant in force, or None outside any."""
    return _current.get()


def current_organization_id() -> int:
    """The organisation in force; raises NoTenant outside a tenant context."""
    tenant = _current.get()
    if tenant is None:
        raise NoTenant("No tenant is set: use crm.tenancy.context.tenant_context(...)")
    return tenant.organization_id


def current_member_id() -> int | None:
    """The acting member, None for the system itself; raises NoTenant outside a tenant."""
    current_organization_id()
    tenant = _current.get()
    return tenant.member_id if tenant else None


def current_token() -> str:
    """The access token that acts, "" where a person or the system itself does."""
    tenant = _current.get()
    return tenant.token if tenant else ""


def _announce(tenant: Tenant | None) -> None:
    metadata = _who_and_why(tenant) if tenant else None
    with connection.cursor() as cursor:
        cursor.execute(
            SET_TENANT,
            [
                str(tenant.organization_id) if tenant else "",
                json.dumps(metadata, ensure_ascii=False) if metadata else "",
            ],
        )


def _who_and_why(tenant: Tenant) -> dict[str, Any]:
    """What histories keep of a change; a program's is told by its token."""
    told = {"member": tenant.member_id, "reason": tenant.reason}
    if tenant.token:
        told |= {"reason": tenant.reason or f"API · {tenant.token}", "token": tenant.token}
    return told


@contextmanager
def tenant_context(
    organization_id: int, *, member_id: int | None = None, reason: str = ""
) -> Iterator[Tenant]:
    """Run the block as one transaction of one tenant, remembering who acts and why.

    Nesting inside the same tenant makes a savepoint; inside another tenant raises OtherTenant.
    """
    outer = _current.get()
    if outer is not None and outer.organization_id != organization_id:
        raise OtherTenant(f"Inside {outer.organization_id}, asked for {organization_id}")
    tenant = Tenant(
        organization_id,
        member_id,
        reason,
        token=outer.token if outer else "",
        notes=outer.notes if outer else {},
    )
    with transaction.atomic():
        _announce(tenant)
        token = _current.set(tenant)
        try:
            yield tenant
        finally:
            _current.reset(token)
        # A refused or crashed block rolls its settings back with everything else.
        if not connection.needs_rollback and (connection.savepoint_ids or outer is not None):
            _announce(outer)


def name_member(member_id: int, *, token: str = "") -> None:
    """Say who acts from here to the end of the context, once they are known: no savepoint.

    `token` names the access token by which a program acts for them.
    """
    outer = _current.get()
    tenant = Tenant(
        current_organization_id(), member_id, token=token, notes=outer.notes if outer else {}
    )
    _announce(tenant)
    _current.set(tenant)


@contextmanager
def acting_as(member_id: int | None, *, reason: str = "") -> Iterator[None]:
    """Change who acts and why for a part of the current tenant's transaction."""
    with tenant_context(current_organization_id(), member_id=member_id, reason=reason):
        yield

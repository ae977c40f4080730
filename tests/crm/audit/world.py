"""What the tests of the chain share: lines, seals, and a database owner who tampers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connections, transaction

from crm.audit import services
from crm.audit.sealing import seal_organization
from crm.audit.verification import Report, verify
from crm.tenancy.context import tenant_context
from tests.support.cast import Cast


def write(cast: Cast, count: int = 1, *, seal: bool = True) -> None:
    """Log lines in a transaction of their own and seal them."""
    with tenant_context(cast.organization.pk, member_id=cast.owner.pk):
        for number in range(count):
            services.record("lead.created", target=cast.agent, number=number)
    if seal:
        cache.clear()  # as if the last anchor were a minute old
        seal_organization(cast.organization.pk)


def verified(cast: Cast) -> Report:
    with tenant_context(cast.organization.pk):
        return verify()


@contextmanager
def owner(cast: Cast) -> Iterator[Any]:
    """A cursor of the owner's role inside the organisation: who can do everything."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.organization', %s, true)", [str(cast.organization.pk)]
        )
        yield cursor


def tamper(cast: Cast, sql: str, *params: object) -> None:
    with owner(cast) as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount > 0

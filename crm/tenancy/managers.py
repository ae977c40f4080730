"""Sealed queries: without a tenant every route to a tenant's table raises NoTenant.

Row-level security is what enforces; this is for the developer, who gets an error with a
traceback instead of an empty list. The probe in tests/crm/tenancy keeps it honest, because it
leans on Django internals.
"""

from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import sql

from crm import arrays  # noqa: F401  (`any_of` for every tenant's rows)
from crm.tenancy.context import current_organization_id

M = TypeVar("M", bound=models.Model)


class SealedQuery(sql.Query):
    """A query that cannot be compiled outside a tenant."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        current_organization_id()
        return super().get_compiler(*args, **kwargs)

    def chain(self, klass: Any = None) -> Any:
        if klass is not None:
            current_organization_id()
        return super().chain(klass)


class TenantQuerySet(models.QuerySet[M], Generic[M]):
    """Rows of the current tenant: the filter itself is row-level security's."""

    def __init__(
        self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None
    ) -> None:
        if query is None and model is not None:
            query = SealedQuery(model)
        super().__init__(model=model, query=query, using=using, hints=hints)

    def _insert(self, *args: Any, **kwargs: Any) -> Any:
        current_organization_id()
        return super()._insert(*args, **kwargs)  # type: ignore[misc]

    def _raw_delete(self, using: Any) -> Any:
        current_organization_id()
        return super()._raw_delete(using)


class TenantManager(models.Manager[M], Generic[M]):
    """Default and base manager of every tenant's model."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db)

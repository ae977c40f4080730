"""Which rows count: a record that was merged into another one is kept, and shown nowhere."""

from typing import TypeVar

from django.db import models

from crm.tenancy.managers import TenantManager, TenantQuerySet

M = TypeVar("M", bound=models.Model)


class PresentManager(TenantManager[M]):
    """Without records that were merged away; `every` (the base manager too) has them all."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return super().get_queryset().filter(merged_into__isnull=True)

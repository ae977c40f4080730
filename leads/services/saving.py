"""What saving a record has in common: facts taken over, versions compared."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

from leads.models import Customer
from leads.services.refusals import MergedMeanwhile, StaleRecord

M = TypeVar("M", bound=Model)


def locked(queryset: "QuerySet[M]", pk: int) -> M:
    """The row, held until the transaction ends.

    Never with a join: a row that changed while one waited would no longer meet it and be lost.
    MergedMeanwhile when it became part of another record while one waited.
    """
    try:
        return queryset.select_for_update(of=("self",), no_key=True).get(pk=pk)
    except ObjectDoesNotExist:
        every = getattr(queryset.model, "every", queryset)
        gone: Any = every.filter(pk=pk).first()
        if getattr(gone, "merged_into_id", None) is None:
            raise
        raise MergedMeanwhile(gone) from None


def locked_work(queryset: "QuerySet[M]", pk: int) -> M:
    """A deal or lead, behind the lock of the customer it belongs to.

    Whoever needs both takes the customer first, as a merge of customers does. The work may have
    gone to another customer while one waited: then that one is taken.
    """
    while True:
        rows = queryset.filter(pk=pk).values_list("customer_id", flat=True)
        customer_id = rows.first()  # none without a customer; without the row it is not held below
        if customer_id:
            every = Customer.every.select_for_update(of=("self",), no_key=True)
            every.get(pk=customer_id)
        held = locked(queryset, pk)
        if held.customer_id == customer_id:  # type: ignore[attr-defined]
            return held


def check_version(record: Any, version: int | None) -> None:
    """Refuse to save over somebody else's change; no version means no page was read."""
    if version is not None and record.version != version:
        raise StaleRecord(record)


def take_over(record: Model, facts: Mapping[str, Any]) -> list[str]:
    """Set the given facts and name those that really changed."""
    changed = []
    for name, value in facts.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
            changed.append(name)
    return changed

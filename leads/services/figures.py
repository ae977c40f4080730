"""Figures kept: months that are over are frozen once, the present one is counted again."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from crm.tenancy.context import tenant_context
from leads.models import CollisionFigures, CollisionWatch, Customer
from leads.selectors import figures as selectors
from leads.services.forewarning import watch

FRESH = timedelta(minutes=5)
REASON = "collision figures"


def freeze(organization_id: int) -> int:
    """Freeze the months that are over, at most a year back; returns how many were.

    Each month is a transaction of its own: cut off, it goes on with the next.
    """
    with tenant_context(organization_id, reason=REASON):
        months = months_to_freeze()
    for month in months:
        with tenant_context(organization_id, reason=REASON):
            keep(month, is_frozen=True)
            CollisionWatch.objects.update(frozen_until=month)
    with tenant_context(organization_id, reason=REASON):
        watch()
        CollisionWatch.objects.update(frozen_until=last_month())
        keep(selectors.this_month(), is_frozen=False)
    return len(months)


def last_month() -> date:
    """The latest month that is over."""
    return selectors.month_of(selectors.this_month() - timedelta(days=1))


def months_to_freeze() -> list[date]:
    """Months that are over and not yet frozen, since there were customers."""
    first = Customer.objects.order_by("created_at").values_list("created_at", flat=True).first()
    if first is None:
        return []
    begin = selectors.month_of(first.astimezone(selectors.zone()).date())
    frozen = set(
        CollisionFigures.objects.filter(is_frozen=True, department=None).values_list(
            "month", flat=True
        )
    )
    wanted = selectors.months_before(last_month(), selectors.MONTHS)
    return [month for month in wanted if month >= begin and month not in frozen]


@transaction.atomic
def keep(month: date, *, is_frozen: bool) -> int:
    """Count a month and write it down; a frozen one is never touched again."""
    now = timezone.now()
    rows = [
        CollisionFigures(
            month=month, department_id=department, counted_at=now, is_frozen=is_frozen, **values
        )
        for department, values in selectors.count_month(month).items()
        # an empty department says nothing, and may still be removed
        if department is None or any(values.values())
    ]
    frozen = set(
        CollisionFigures.objects.filter(month=month, is_frozen=True).values_list(
            "department_id", flat=True
        )
    )
    CollisionFigures.objects.filter(month=month, is_frozen=False).delete()
    CollisionFigures.objects.bulk_create(
        [row for row in rows if row.department_id not in frozen], ignore_conflicts=True
    )
    return len(rows)


def bring_up_to_date() -> None:
    """Count the present month again when that was minutes ago: what its page shows is live."""
    month, now = selectors.this_month(), timezone.now()
    known = CollisionFigures.objects.filter(month=month, department=None).first()
    if known is None or (not known.is_frozen and now - known.counted_at > FRESH):
        keep(month, is_frozen=False)

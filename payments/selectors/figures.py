"""Figures of cash, each with the address of the rows behind it.

Sums are in the organisation's own currency; other currencies keep to their rows in the list.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum
from django.urls import reverse

from crm.access import policy
from crm.money import ZERO
from crm.people.models import Member
from crm.people.selectors import own_currency
from crm.tenancy.clock import organization_today
from payments.selectors.lines import open_lines
from payments.selectors.receivables import (
    due_soon,
    overdue,
    visible_allocations,
    visible_instalments,
)
from payments.selectors.status import is_open

OPEN = F("amount") - F("paid_amount")


@dataclass(frozen=True)
class Figure:
    """A sum or a count, how many rows make it, and where they are."""

    value: Decimal
    count: int
    url: str
    currency: str


def address(name: str) -> str:
    """A page's path, also from where no request is answered."""
    return reverse(name, urlconf=settings.TENANT_URLCONF)


def _figure(rows: QuerySet[Any], amount: Any, url: str, currency: str) -> Figure:
    found = rows.order_by().aggregate(total=Sum(amount), rows=Count("pk"))
    return Figure(found["total"] or ZERO, found["rows"], url, currency)


def open_receivables(member: Member) -> Figure:
    """Everything customers still owe that the member may see."""
    currency = own_currency()
    rows = visible_instalments(member).filter(is_open(), currency=currency)
    url = f"{address('payments:receivables')}?currency={currency}"
    return _figure(rows, OPEN, url, currency)


def overdue_receivables(member: Member) -> Figure:
    """What should have been paid before today."""
    currency = own_currency()
    rows = overdue(member).filter(currency=currency)
    url = f"{address('payments:receivables')}?status=overdue&currency={currency}"
    return _figure(rows, OPEN, url, currency)


def due_soon_receivables(member: Member) -> Figure:
    """What falls due within a week and nobody has begun to pay."""
    currency = own_currency()
    rows = due_soon(member).filter(currency=currency)
    url = f"{address('payments:receivables')}?status=due&currency={currency}"
    return _figure(rows, OPEN, url, currency)


def collected_this_month(member: Member, *, today: date | None = None) -> Figure:
    """Matched money that reached the bank this month; what was undone is taken off."""
    currency = own_currency()
    on = today or organization_today()
    rows = visible_allocations(member).filter(
        line__booking_date__gte=on.replace(day=1),
        line__booking_date__lt=next_month(on),
        instalment__currency=currency,
    )
    url = f"{address('payments:allocations')}?booked=month&currency={currency}"
    return _figure(rows, F("amount"), url, currency)


def lines_unexplained(member: Member) -> Figure:
    """Money in the bank that is neither matched nor set aside with a reason."""
    currency = own_currency()
    rows = policy.visible(member, open_lines().filter(currency=currency), "payments.view_statement")
    return _figure(rows, F("amount") - F("matched_amount"), address("payments:reconcile"), currency)


def next_month(on: date) -> date:
    """The first day of the month after."""
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)

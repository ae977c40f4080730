"""Orders and quotes as evidence in a collision case."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from crm.access import policy
from crm.people.models import Member
from leads import case_sources
from leads.case_sources import ORDER, QUOTE, Pages, Source, Trace
from orders.enums import OrderStatus, QuoteStatus, VersionReason
from orders.models import Order, OrderVersion, PricedDocument, Quote

ORDERED = (OrderStatus.SUBMITTED, OrderStatus.APPROVED, OrderStatus.COMPLETED)
OFFERED = (QuoteStatus.SENT, QuoteStatus.ACCEPTED)
# what a revision is while the offer goes on
GOES_ON = (QuoteStatus.DRAFT, *OFFERED, QuoteStatus.ORDERED, QuoteStatus.REVISED)


def orders_of(customer_ids: Collection[int], came_up: datetime) -> list[Trace]:
    """The orders of these customers that were more than a draft when the case came up, and are."""
    rows = Order.objects.filter(customer__in=customer_ids, status__in=ORDERED)
    values = _submitted_by(came_up, rows).order_by("id")
    return [
        Trace(*row) for row in values.values_list("pk", "owner_id", "customer_id", "created_at")
    ]


def _submitted_by(came_up: datetime, rows: QuerySet[Order]) -> QuerySet[Order]:
    """Those first submitted before; whoever submits one again has not sold anew."""
    kept = OrderVersion.objects.filter(
        order=OuterRef("pk"), reason=VersionReason.SUBMITTED, at__lt=came_up
    )
    unsaid = Q(submitted_at=None, created_at__lt=came_up)
    return rows.filter(unsaid | Q(submitted_at__lt=came_up) | Exists(kept))


def quotes_of(customer_ids: Collection[int], came_up: datetime) -> list[Trace]:
    """Their quotes that were with the customer when the case came up: each is an open deal.

    One that was made an order or revised since is one still: it goes on in another document,
    which is too late to count itself.
    """
    sold = _submitted_by(came_up, Order.objects.filter(quote=OuterRef("pk"), status__in=ORDERED))
    over = Order.objects.filter(quote=OuterRef("pk"), status=OrderStatus.CANCELLED)
    revision = Quote.objects.filter(former=OuterRef("pk"), status__in=GOES_ON)
    is_ordered = Q(status=QuoteStatus.ORDERED) & ~Exists(sold) & ~Exists(over)
    is_revised = Q(status=QuoteStatus.REVISED, closed_at__gte=came_up) & Exists(revision)
    rows = Quote.objects.filter(customer__in=customer_ids, sent_at__lt=came_up)
    found = rows.filter(Q(status__in=OFFERED) | is_ordered | is_revised).order_by("id")
    columns = ("pk", "owner_id", "customer_id", "sent_at", "opportunity_id")
    return [Trace(*row) for row in found.values_list(*columns)]


def pages_of(model: type[PricedDocument], permission: str, page: str) -> Pages:
    """Number and page of those of this kind that the member may read."""

    def pages(member: Member, ids: Collection[int]) -> dict[int, tuple[str, str]]:
        rows = policy.visible(member, model._default_manager.filter(pk__in=ids), permission)
        numbers = rows.values_list("pk", "number")
        return {pk: (number, reverse(page, args=[pk])) for pk, number in numbers}

    return pages


def register_source() -> None:
    """Let orders and quotes count in collision cases."""
    of_orders = pages_of(Order, "orders.view_order", "orders:detail")
    of_quotes = pages_of(Quote, "orders.view_quote", "orders:quote")
    case_sources.register(Source(ORDER, orders_of, of_orders))
    case_sources.register(Source(QUOTE, quotes_of, of_quotes))

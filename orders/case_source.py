"""Orders and quotes as evidence in a collision case."""

from collections.abc import Collection

from django.urls import reverse

from crm.access import policy
from crm.people.models import Member
from leads import case_sources
from leads.case_sources import ORDER, QUOTE, Pages, Source, Trace
from orders.enums import OrderStatus, QuoteStatus
from orders.models import Order, PricedDocument, Quote

ORDERED = (OrderStatus.SUBMITTED, OrderStatus.APPROVED, OrderStatus.COMPLETED)
OFFERED = (QuoteStatus.SENT, QuoteStatus.ACCEPTED)


def orders_of(customer_ids: Collection[int]) -> list[Trace]:
    """The orders of these customers that are more than a draft."""
    rows = Order.objects.filter(customer__in=customer_ids, status__in=ORDERED)
    values = rows.order_by("id").values_list("pk", "owner_id", "customer_id", "created_at")
    return [Trace(*row) for row in values]


def quotes_of(customer_ids: Collection[int]) -> list[Trace]:
    """Their quotes that are with the customer or accepted: each is about an open deal."""
    rows = Quote.objects.filter(customer__in=customer_ids, status__in=OFFERED)
    columns = ("pk", "owner_id", "customer_id", "sent_at", "opportunity_id")
    return [Trace(*row) for row in rows.order_by("id").values_list(*columns)]


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

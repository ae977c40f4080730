"""Orders as evidence in a collision case."""

from collections.abc import Collection

from django.urls import reverse

from crm.access import policy
from crm.people.models import Member
from leads import case_sources
from leads.case_sources import OrderSource, OrderTrace
from orders.enums import OrderStatus
from orders.models import Order

COUNTED = (OrderStatus.SUBMITTED, OrderStatus.APPROVED, OrderStatus.COMPLETED)


def orders_of(customer_ids: Collection[int]) -> list[OrderTrace]:
    """The orders of these customers that are more than a draft."""
    rows = Order.objects.filter(customer__in=customer_ids, status__in=COUNTED)
    values = rows.order_by("id").values_list("pk", "owner_id", "customer_id", "created_at")
    return [OrderTrace(*row) for row in values]


def order_pages(member: Member, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Number and page of those that the member may read."""
    rows = policy.visible(member, Order.objects.filter(pk__in=ids), "orders.view_order")
    return {
        pk: (number, reverse("orders:detail", args=[pk]))
        for pk, number in rows.values_list("pk", "number")
    }


def register_source() -> None:
    """Let orders count in collision cases."""
    case_sources.register(OrderSource(orders_of, order_pages))

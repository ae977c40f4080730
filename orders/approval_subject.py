"""How approvals speak with orders; registered by OrdersConfig.ready."""

from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from crm.approvals.registry import Subject, register
from crm.people.enums import RoleCode
from crm.web import formats
from orders.models import Order
from orders.selectors.summaries import order_summary
from orders.services import approval
from orders.services.versions import content_hash


def title(order: Order) -> str:
    """SO26-000012 · 苏州同光精密 · ¥120,000.00."""
    amount = formats.money(order.gross_amount, order.currency)
    return f"{order.number} · {order.customer.name} · {amount}"


def url(order: Order) -> str:
    return reverse("orders:detail", args=[order.pk])


def summary(order: Order) -> dict[str, Any]:
    """What the approver reads."""
    return {"order": order_summary(order)}


def register_orders() -> None:
    """Unless the organisation decides otherwise: first the superior, then finance."""
    register(
        Subject(
            kind="orders.order",
            label=pgettext_lazy("record", "Order"),
            model=Order,
            permission="orders.view_order",
            title=title,
            url=url,
            content_hash=content_hash,
            on_approved=approval.approved,
            on_sent_back=approval.sent_back,
            on_withdrawn=approval.withdrawn,
            on_voided=approval.withdrawn,
            summary_template="orders/_approval_summary.html",
            details_template="orders/_approval_details.html",
            summary=summary,
            default_steps=(
                {"kind": "superior"},
                {"kind": "role", "role": RoleCode.FINANCE.value},
            ),
        )
    )

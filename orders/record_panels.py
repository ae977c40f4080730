"""What orders add to the pages of customers and opportunities; registered by OrdersConfig.ready."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.access import policy
from crm.tenancy.http import TenantRequest
from leads.models import Customer, Opportunity
from leads.panels import register_customer_panel, register_opportunity_panel
from orders.models import Order

MOST_SHOWN = 6
PERMISSION = "orders.view_order"
TEMPLATE = "orders/_record_panel.html"


def customer_orders(request: TenantRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    """The customer's latest orders, and the way to a new one."""
    rows = visible_orders(request).filter(customer=customer)
    return TEMPLATE, panel_context(request, rows, customer.pk, None)


def opportunity_orders(
    request: TenantRequest, opportunity: Opportunity
) -> tuple[str, dict[str, Any]]:
    """The orders that came of a deal."""
    rows = visible_orders(request).filter(opportunity=opportunity)
    return TEMPLATE, panel_context(request, rows, opportunity.customer_id, opportunity.pk)


def visible_orders(request: TenantRequest) -> QuerySet[Order]:
    """The orders this member may see, newest first."""
    return policy.visible(request.member, Order.objects.order_by("-id"), PERMISSION)


def panel_context(
    request: TenantRequest, rows: QuerySet[Order], customer_id: int, opportunity_id: int | None
) -> dict[str, Any]:
    """What the panel's template shows."""
    return {
        "orders": rows[:MOST_SHOWN],
        "customer_id": customer_id,
        "opportunity_id": opportunity_id,
        "may_create": policy.allowed(request.member, "orders.create_order"),
    }


def register_panels() -> None:
    """Put the panels on both pages."""
    options: dict[str, Any] = {"permission": PERMISSION, "order": 20, "refresh": "order-changed"}
    register_customer_panel("orders", _("Orders"), customer_orders, **options)
    register_opportunity_panel("orders", _("Orders"), opportunity_orders, **options)

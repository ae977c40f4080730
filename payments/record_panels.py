"""What payments add to the pages of orders and customers; registered by PaymentsConfig.ready."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.access import policy
from crm.tenancy.http import TenantRequest
from leads.models import Customer
from leads.panels import register_customer_panel
from orders.enums import OrderStatus
from orders.models import Order
from orders.panels import register_order_panel
from payments.selectors.plans import open_instalments, plan_of_order
from payments.selectors.receivables import visible_instalments

PERMISSION = "payments.view_plan"
PLANNED = (OrderStatus.APPROVED, OrderStatus.COMPLETED)


def order_plan(request: TenantRequest, order: Order) -> tuple[str, dict[str, Any]]:
    """The order's payment plan, or how to make it."""
    view = plan_of_order(order.pk)
    may_edit = policy.allowed(request.member, "payments.edit_plan", order)
    return "payments/_order_plan.html", {
        "view": view,
        "order": order,
        "may_create": view is None and may_edit and order.status in PLANNED,
        "is_planned": order.status in PLANNED,
    }


def customer_receivables(request: TenantRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    """What the customer still owes on orders the member may see, the most urgent first."""
    mine = visible_instalments(request.member).filter(plan__order__customer=customer)
    return "payments/_customer_receivables.html", {
        "rows": open_instalments(mine),
        "all_url": f"{reverse('payments:receivables')}?customer={customer.pk}",
    }


def register_panels() -> None:
    """Put the panels on both pages."""
    register_order_panel("plan", _("Payment plan"), order_plan, permission=PERMISSION, order=10)
    register_customer_panel(
        "receivables",
        _("Receivables"),
        customer_receivables,
        permission=PERMISSION,
        order=30,
        refresh="tz:payment-received, payment-plan-changed",
    )

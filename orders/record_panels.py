"""What orders add to the pages of customers and opportunities; registered by OrdersConfig.ready."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.access import policy
from crm.tenancy.http import TenantRequest
from leads.models import Customer, Opportunity
from leads.panels import register_customer_panel, register_opportunity_panel
from orders.models import Order, PricedDocument, Quote

MOST_SHOWN = 6
TEMPLATE = "orders/_record_panel.html"


@dataclass(frozen=True)
class Kind:
    """Quotes, or orders: what the panel asks for and says."""

    model: type[PricedDocument]
    name: str
    label: Promise
    none_yet: Promise
    new: Promise
    page: str
    create: str
    day: Callable[[Any], date]
    order: int

    @property
    def permission(self) -> str:
        return f"orders.view_{self.name}"


KINDS = (
    Kind(
        model=Quote,
        name="quote",
        label=_("Quotes"),
        none_yet=_("No quotes yet."),
        new=_("New quote"),
        page="orders:quote",
        create="orders:create_quote",
        day=lambda quote: quote.quote_date,
        order=15,
    ),
    Kind(
        model=Order,
        name="order",
        label=_("Orders"),
        none_yet=_("No orders yet."),
        new=_("New order"),
        page="orders:detail",
        create="orders:create",
        day=lambda order: order.order_date,
        order=20,
    ),
)


def of_customer(
    request: TenantRequest, customer: Customer, *, kind: Kind
) -> tuple[str, dict[str, Any]]:
    """The customer's latest, and the way to a new one."""
    rows = visible(request, kind).filter(customer=customer)
    return TEMPLATE, panel_context(request, kind, rows, customer.pk, None)


def of_opportunity(
    request: TenantRequest, opportunity: Opportunity, *, kind: Kind
) -> tuple[str, dict[str, Any]]:
    """Those that belong to a deal."""
    rows = visible(request, kind).filter(opportunity=opportunity)
    return TEMPLATE, panel_context(request, kind, rows, opportunity.customer_id, opportunity.pk)


def visible(request: TenantRequest, kind: Kind) -> QuerySet[Any]:
    """Those that this member may see, newest first."""
    return policy.visible(request.member, kind.model.objects.order_by("-id"), kind.permission)


def panel_context(
    request: TenantRequest,
    kind: Kind,
    rows: QuerySet[Any],
    customer_id: int,
    opportunity_id: int | None,
) -> dict[str, Any]:
    """What the panel's template shows."""
    return {
        "kind": kind,
        "rows": [
            (reverse(kind.page, args=[one.pk]), one, kind.day(one)) for one in rows[:MOST_SHOWN]
        ],
        "customer_id": customer_id,
        "opportunity_id": opportunity_id,
        "create_url": reverse(kind.create),
        "may_create": policy.allowed(request.member, f"orders.create_{kind.name}"),
    }


def register_panels() -> None:
    """Put the panels on both pages."""
    for kind in KINDS:
        options: dict[str, Any] = {
            "permission": kind.permission,
            "order": kind.order,
            "refresh": f"{kind.name}-changed",
        }
        key = f"{kind.name}s"
        register_customer_panel(key, kind.label, partial(of_customer, kind=kind), **options)
        register_opportunity_panel(key, kind.label, partial(of_opportunity, kind=kind), **options)

"""Panels that upper apps add to the page of an order, from their AppConfig.ready():

register_order_panel("plan", _("Payment plan"), permission="payments.view_plan", order=10,
                     build=lambda request, order: ("payments/_order_plan.html", {…}))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from crm.tenancy.http import TenantRequest

if TYPE_CHECKING:
    from orders.models import Order

Label = str | Promise
Build = Callable[[TenantRequest, "Order"], tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Panel:
    """A card beside an order: `build(request, order)` gives its template and context."""

    key: str
    label: Label
    build: Build
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class PanelView:
    """A panel, ready to be shown."""

    key: str
    label: Label
    html: SafeString


_panels: dict[str, Panel] = {}


def register_order_panel(
    key: str, label: Label, build: Build, *, permission: str = "", order: int = 100
) -> None:
    """Add a panel to every order's page."""
    if key in _panels:
        raise ValueError(f"order panel {key} is registered twice")
    _panels[key] = Panel(key, label, build, permission, order)


def panels_for(request: TenantRequest, order: "Order") -> list[PanelView]:
    """The panels this member's roles may see, rendered."""
    wanted = [
        one
        for one in _panels.values()
        if not one.permission or one.permission in request.member.scopes
    ]
    found = []
    for panel in sorted(wanted, key=lambda one: (one.order, one.key)):
        template, context = panel.build(request, order)
        html = render_to_string(template, dict(context), request=request)
        found.append(PanelView(panel.key, panel.label, html))
    return found

"""Panels that upper apps add to the pages of customers and opportunities.

`leads` imports neither orders nor payments; they register from their AppConfig.ready():

    register_customer_panel("orders", _("Orders"), permission="orders.view_order", order=10,
                            build=lambda request, customer: ("orders/_record_panel.html", {…}))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from crm.tenancy.http import TenantRequest

Label = str | Promise
Build = Callable[[TenantRequest, Any], tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Panel:
    """A card beside a record: `build(request, record)` gives its template and context."""

    key: str
    label: Label
    build: Build
    permission: str = ""
    order: int = 100
    refresh: str = ""


_customer_panels: dict[str, Panel] = {}
_opportunity_panels: dict[str, Panel] = {}


def register_customer_panel(
    key: str,
    label: Label,
    build: Build,
    *,
    permission: str = "",
    order: int = 100,
    refresh: str = "",
) -> None:
    """Add a panel to every customer's page; `refresh` names the event that reads it again."""
    _add(_customer_panels, Panel(key, label, build, permission, order, refresh))


def register_opportunity_panel(
    key: str,
    label: Label,
    build: Build,
    *,
    permission: str = "",
    order: int = 100,
    refresh: str = "",
) -> None:
    """Add a panel to every opportunity's page."""
    _add(_opportunity_panels, Panel(key, label, build, permission, order, refresh))


def customer_panels(member: Any) -> list[Panel]:
    """The panels of a customer's page that this member's roles may see."""
    return _for(member, _customer_panels)


def opportunity_panels(member: Any) -> list[Panel]:
    """The panels of an opportunity's page that this member's roles may see."""
    return _for(member, _opportunity_panels)


def _add(panels: dict[str, Panel], panel: Panel) -> None:
    if panel.key in panels:
        raise ValueError(f"panel {panel.key} is registered twice")
    panels[panel.key] = panel


def _for(member: Any, panels: Mapping[str, Panel]) -> list[Panel]:
    found = [
        one for one in panels.values() if not one.permission or one.permission in member.scopes
    ]
    return sorted(found, key=lambda one: (one.order, one.key))

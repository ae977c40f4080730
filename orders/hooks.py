"""What apps above hear from orders. They register in AppConfig.ready:

hooks.on_order_approved(plans.create_plan_for)

Each is called with the locked order, inside the transaction of the decision.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.models import Order

Listener = Callable[["Order"], object]

_approved: list[Listener] = []
_cancelled: list[Listener] = []


def on_order_approved(listener: Listener) -> None:
    """Call `listener` when an order has been approved."""
    if listener not in _approved:
        _approved.append(listener)


def on_order_cancelled(listener: Listener) -> None:
    """Call `listener` when an order has been cancelled."""
    if listener not in _cancelled:
        _cancelled.append(listener)


def order_approved(order: "Order") -> None:
    """Tell whoever asked."""
    for listener in _approved:
        listener(order)


def order_cancelled(order: "Order") -> None:
    """Tell whoever asked."""
    for listener in _cancelled:
        listener(order)

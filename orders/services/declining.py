"""The customer says no, also after a yes; the order draft made of the quote ends with it."""

from django.db import transaction

from crm.access import policy
from crm.people.models import Member
from orders.enums import EDITABLE, OrderStatus, QuoteStatus
from orders.errors import OrderGoesOn
from orders.models import Order, Quote
from orders.services.approval import cancel_order
from orders.services.editing import locked_order
from orders.services.offering import close
from orders.services.quotes import locked_quote


@transaction.atomic
def decline_quote(*, quote_id: int, by: Member, reason: str) -> Quote:
    """The customer said no; an order draft made of it is cancelled for the same reason.

    OrderGoesOn when the order is further than a draft, or not the member's to change.
    """
    quote = locked_quote(quote_id)
    if quote.status == QuoteStatus.ORDERED:
        _end(locked_order(quote.orders.get().pk), by=by, reason=reason)
    return close(quote, quote.decline, reason, action="quote.declined")


def _end(order: Order, *, by: Member, reason: str) -> None:
    if order.status == OrderStatus.CANCELLED:
        return
    if order.status not in EDITABLE or not policy.allowed(by, "orders.edit_order", order):
        raise OrderGoesOn
    cancel_order(order_id=order.pk, reason=reason)

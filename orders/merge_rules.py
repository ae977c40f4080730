"""What a merge of customers means for their quotes and orders."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.refusals import Refused
from leads.models import Customer
from leads.references import counted, obstacle
from orders.enums import EDITABLE, OPEN_QUOTES, OrderStatus
from orders.models import Order

UNFINISHED = Q(status__in=[*map(str, EDITABLE), str(OrderStatus.SUBMITTED)])
OPEN_OFFERS = Q(status__in=[str(one) for one in OPEN_QUOTES])


def register_rules() -> None:
    """Called once, when the models are there."""
    counted("orders.quote", "customer", gettext_lazy("Quotes"), unfinished=OPEN_OFFERS)
    counted("orders.order", "customer", gettext_lazy("Orders"), unfinished=UNFINISHED)
    obstacle(none_in_approval)


def none_in_approval(kept: Any, gone: Any) -> None:
    """Approval is given to an order of this customer: nobody exchanges it under the approvers.

    The orders are locked, so that none is submitted between the question and the merge.
    """
    if not isinstance(gone, Customer):
        return
    orders = Order.objects.filter(customer_id__in=[kept.pk, gone.pk]).order_by("pk")
    for order in orders.select_for_update(of=("self",), no_key=True):
        if order.status == OrderStatus.SUBMITTED and order.customer_id != kept.pk:
            raise Refused(
                _(
                    "Order %(number)s of “%(name)s” is in approval. "
                    "Wait for the decision or have it withdrawn."
                )
                % {"number": order.number, "name": gone}
            )

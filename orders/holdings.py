"""What reps hold of this app: shared, transferred, handed over."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people.holdings import ColumnMover, Holding, address, register
from crm.people.models import Member
from crm.sharing import nouns
from crm.sharing.nouns import Along, Noun
from orders.enums import OrderStatus
from orders.models import Order
from orders.tables.orders import OrderTable

UNFINISHED = ("draft", "submitted", "approved", "sent_back")
OPEN_ORDERS = Q(status__in=UNFINISHED)


def orders_page(member: Member) -> str:
    wanted = "&".join(f"status={OrderStatus(one)}" for one in UNFINISHED)
    return f"{address('orders:list')}?{wanted}&owner={member.pk}"


def order_table(request: Any, rows: QuerySet[Order]) -> OrderTable:
    return OrderTable(request, rows, create=None)


register(
    Holding(
        key="orders.order",
        label=_("Unfinished orders"),
        icon="file-invoice",
        order=40,
        of=lambda member: Order.objects.filter(OPEN_ORDERS, owner=member),
        url=orders_page,
        mover=ColumnMover(model=Order),
        permission="orders.view_order",
        can_split=True,
        region="customer__province",
        goes_with=("customer_id", "leads.customer"),
    )
)
nouns.register(
    Noun(
        key="orders.order",
        model=Order,
        label=pgettext_lazy("record", "Order"),
        plural=_("Orders"),
        icon="file-invoice",
        list_url="orders:list",
        record_url="orders:detail",
        event="order-changed",
        table=order_table,
        dated="order_date",
    )
)
nouns.register_along(
    "leads.customer", Along(key="orders.order", path="customer_id", where=OPEN_ORDERS)
)
nouns.register_along(
    "leads.opportunity", Along(key="orders.order", path="opportunity_id", where=OPEN_ORDERS)
)

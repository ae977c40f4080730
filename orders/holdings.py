"""What reps hold of this app: shared, transferred, handed over."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people.holdings import ColumnMover, Holding, address, register
from crm.people.models import Member
from crm.sharing import nouns
from crm.sharing.nouns import Along, Noun
from orders.enums import OPEN_QUOTES, OrderStatus
from orders.models import Order, Quote
from orders.tables.orders import OrderTable
from orders.tables.quotes import QuoteTable

UNFINISHED = ("draft", "submitted", "approved", "sent_back")
OPEN_ORDERS = Q(status__in=UNFINISHED)
OPEN_OFFERS = Q(status__in=[str(one) for one in OPEN_QUOTES])


def orders_page(member: Member) -> str:
    wanted = "&".join(f"status={OrderStatus(one)}" for one in UNFINISHED)
    return f"{address('orders:list')}?{wanted}&owner={member.pk}"


def quotes_page(member: Member) -> str:
    wanted = "&".join(f"status={one}" for one in OPEN_QUOTES)
    return f"{address('orders:quotes')}?{wanted}&owner={member.pk}"


def order_table(request: Any, rows: QuerySet[Order]) -> OrderTable:
    return OrderTable(request, rows, create=None)


def quote_table(request: Any, rows: QuerySet[Quote]) -> QuoteTable:
    return QuoteTable(request, rows, create=None)


register(
    Holding(
        key="orders.quote",
        label=_("Open quotes"),
        icon="file-text",
        order=38,
        of=lambda member: Quote.objects.filter(OPEN_OFFERS, owner=member),
        url=quotes_page,
        mover=ColumnMover(model=Quote),
        permission="orders.view_quote",
        can_split=True,
        region="customer__province",
        goes_with=("customer_id", "leads.customer"),
    ),
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
    ),
)
nouns.register(
    Noun(
        key="orders.quote",
        model=Quote,
        label=pgettext_lazy("record", "Quote"),
        plural=_("Quotes"),
        icon="file-text",
        list_url="orders:quotes",
        record_url="orders:quote",
        event="quote-changed",
        table=quote_table,
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
    ),
)
for path, key in (("customer_id", "leads.customer"), ("opportunity_id", "leads.opportunity")):
    nouns.register_along(key, Along(key="orders.quote", path=path, where=OPEN_OFFERS))
    nouns.register_along(key, Along(key="orders.order", path=path, where=OPEN_ORDERS))

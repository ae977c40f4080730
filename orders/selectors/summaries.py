"""An order for a screen: totals by tax rate, risk, lines with their explanations."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.money import ZERO
from crm.web import formats
from orders import words
from orders.models import Order, OrderLine
from orders.selectors.versions import OrderDiff, latest_changes

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class TaxRow:
    """The lines of one tax rate, summed."""

    rate: str
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True)
class LineView:
    """A line with its words."""

    line: OrderLine
    quantity: str
    list_price: str
    unit_price: str
    discount: str
    tax: str
    steps: list[words.StepWords]


@dataclass(frozen=True)
class Risk:
    """One sentence about discount and floor price, and how loud to say it."""

    tone: str
    text: str


@dataclass(frozen=True)
class OrderSummary:
    """What people look at before they decide."""

    order: Order
    lines: list[LineView]
    tax_rows: list[TaxRow]
    risk: Risk
    diff: OrderDiff | None


def order_summary(order: Order) -> OrderSummary:
    """Everything the approval page and the record page show of an order."""
    lines = lines_of(order)
    return OrderSummary(
        order=order,
        lines=[line_view(line, order.currency) for line in lines],
        tax_rows=tax_rows(lines),
        risk=risk_of(order, lines),
        diff=latest_changes(order),
    )


def lines_of(order: Order) -> list[OrderLine]:
    """The order's lines with their products, in order."""
    return list(order.lines.select_related("product").order_by("position", "id"))


def line_view(line: OrderLine, currency: str) -> LineView:
    """A line's figures in words."""
    return LineView(
        line=line,
        quantity=words.quantity(line.quantity),
        list_price=words.unit_price(line.list_price, currency),
        unit_price=words.unit_price(line.unit_price, currency),
        discount=words.percent(line.discount_percent) if line.discount_percent else "",
        tax=words.percent(line.tax_rate),
        steps=words.explain(line.explanation, currency),
    )


def tax_rows(lines: Sequence[OrderLine]) -> list[TaxRow]:
    """Totals by tax rate, the highest rate first, as an invoice lists them."""
    rates = sorted({line.tax_rate for line in lines}, reverse=True)
    return [
        TaxRow(
            rate=words.percent(rate),
            net=sum((one.net_amount for one in lines if one.tax_rate == rate), ZERO),
            tax=sum((one.tax_amount for one in lines if one.tax_rate == rate), ZERO),
            gross=sum((one.gross_amount for one in lines if one.tax_rate == rate), ZERO),
        )
        for rate in rates
    ]


def discount_share(order: Order) -> Decimal:
    """The whole discount as a share of the amount before it."""
    return order.discount_amount / order.list_amount if order.list_amount else Decimal(0)


def risk_of(order: Order, lines: Sequence[OrderLine]) -> Risk:
    """Below the floor price is the loudest, then the discount given."""
    below = [line for line in lines if line.is_below_floor]
    share = formats.percent(discount_share(order), 1)
    amount = formats.money(order.discount_amount, order.currency)
    if below:
        count = len(below)
        text = ngettext(
            "%(count)s line is below the floor price. Discount in all: %(share)s (%(amount)s).",
            "%(count)s lines are below the floor price. Discount in all: %(share)s (%(amount)s).",
            count,
        ) % {"count": count, "share": share, "amount": amount}
        return Risk("red", text)
    if order.discount_amount > 0:
        text = _("Discount in all: %(share)s (%(amount)s). No line is below the floor price.")
        return Risk("amber", text % {"share": share, "amount": amount})
    return Risk("green", _("No discount; no line is below the floor price."))

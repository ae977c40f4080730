"""A quote or order for a screen: totals by tax rate, risk, lines with their explanations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.money import ZERO
from crm.web import formats
from orders import words
from orders.models import DocumentLine, Order, PricedDocument
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

    line: DocumentLine
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
class Summary:
    """What people look at before they decide."""

    document: PricedDocument
    lines: list[LineView]
    tax_rows: list[TaxRow]
    risk: Risk
    diff: OrderDiff | None = None


def summary_of(document: PricedDocument) -> Summary:
    """What the page of a quote or order shows of it."""
    lines = lines_of(document)
    return Summary(
        document=document,
        lines=[line_view(line, document.currency) for line in lines],
        tax_rows=tax_rows_of(lines),
        risk=risk_of(document, lines),
    )


def order_summary(order: Order) -> Summary:
    """The same with what changed since it was submitted before: what an approver reads."""
    return replace(summary_of(order), diff=latest_changes(order))


def lines_of(document: PricedDocument) -> list[DocumentLine]:
    """The lines with their products, in order."""
    return list(document.lines.select_related("product").order_by("position", "id"))


def line_view(line: DocumentLine, currency: str) -> LineView:
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


class Taxed(NamedTuple):
    """A line's rate and amounts."""

    tax_rate: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal


def tax_rows_of(lines: Iterable[DocumentLine]) -> list[TaxRow]:
    """Totals of saved lines."""
    return tax_rows(
        [Taxed(one.tax_rate, one.net_amount, one.tax_amount, one.gross_amount) for one in lines]
    )


def tax_rows(lines: Sequence[Taxed]) -> list[TaxRow]:
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


def discount_share(document: PricedDocument) -> Decimal:
    """The whole discount as a share of the amount before it."""
    listed = document.list_amount
    return document.discount_amount / listed if listed else Decimal(0)


def risk_of(document: PricedDocument, lines: Sequence[DocumentLine]) -> Risk:
    """Below the floor price is the loudest, then the discount given."""
    below = [line for line in lines if line.is_below_floor]
    share = formats.percent(discount_share(document), 1)
    amount = formats.money(document.discount_amount, document.currency)
    if below:
        count = len(below)
        text = ngettext(
            "%(count)s line is below the floor price. Discount in all: %(share)s (%(amount)s).",
            "%(count)s lines are below the floor price. Discount in all: %(share)s (%(amount)s).",
            count,
        ) % {"count": count, "share": share, "amount": amount}
        return Risk("red", text)
    if document.discount_amount > 0:
        text = _("Discount in all: %(share)s (%(amount)s). No line is below the floor price.")
        return Risk("amber", text % {"share": share, "amount": amount})
    return Risk("green", _("No discount; no line is below the floor price."))

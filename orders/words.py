"""How quantities, unit prices and the steps of a price are written for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.web import formats
from orders.pricing import ReasonCode


def trimmed(value: Decimal, least: int = 0) -> str:
    """Digits with thousands separators and at least so many decimals, no needless zeros."""
    whole, _dot, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def quantity(value: Decimal) -> str:
    """20, or 1.5."""
    return trimmed(value)


def percent(value: Decimal) -> str:
    """13 %, or 2.5 %."""
    return f"{trimmed(value)}%"


def unit_price(value: Decimal | None, currency: str = "CNY") -> str:
    """A unit price with as many decimals as it has, at least two: ¥0.0035."""
    if value is None:
        return formats.EMPTY
    symbol = formats.SYMBOLS.get(currency) or f"{currency} "
    return f"{symbol}{trimmed(value, 2)}"


@dataclass(frozen=True)
class StepWords:
    """One step of a price in words, with the unit price after it."""

    code: str
    text: str
    price: str
    is_warning: bool = False


def explain(steps: Iterable[Mapping[str, Any]], currency: str) -> list[StepWords]:
    """The way from the list price to the tax, as people read it."""
    return [
        StepWords(
            code=step["code"],
            text=step_text(step, currency),
            price=unit_price(Decimal(step["unit_price"]), currency),
            is_warning=step["code"] == ReasonCode.BELOW_FLOOR,
        )
        for step in steps
        if step["code"] not in (ReasonCode.NO_FLOOR, ReasonCode.NO_BOOK_PRICE)
    ]


def step_text(step: Mapping[str, Any], currency: str) -> str:
    """One step: what was applied, with its figures."""
    params = step["params"]
    rate = percent(Decimal(params.get("rate", 0)) * 100)
    if step["code"] == ReasonCode.BOOK_PRICE:
        return book_text(params)
    if step["code"] == ReasonCode.BELOW_FLOOR:
        missing = unit_price(Decimal(params["missing"]), currency)
        return _("Below the floor price by %(missing)s") % {"missing": missing}
    texts = {
        ReasonCode.LIST_PRICE: _("List price"),
        ReasonCode.AGREED_PRICE: _("Agreed price"),
        ReasonCode.CUSTOMER_DISCOUNT: _("Overall discount %(rate)s") % {"rate": rate},
        ReasonCode.LINE_DISCOUNT: _("Line discount %(rate)s") % {"rate": rate},
        ReasonCode.ABOVE_FLOOR: _("Not below the floor price"),
        ReasonCode.TAX_ADDED: _("plus %(rate)s tax") % {"rate": rate},
        ReasonCode.TAX_INCLUDED: _("%(rate)s tax included") % {"rate": rate},
    }
    return texts.get(step["code"], str(step["code"]))


def book_text(params: Mapping[str, str]) -> str:
    """Which price book, and from which quantity its price holds."""
    least = Decimal(params["min_quantity"])
    if least > 1:
        return _("%(book)s, from %(quantity)s") % {
            "book": params["book"],
            "quantity": quantity(least),
        }
    return str(params["book"])

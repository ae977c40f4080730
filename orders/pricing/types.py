"""What goes into the pricing engine and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
TAX_RATES: tuple[Decimal, ...] = tuple(map(Decimal, ("0.13", "0.09", "0.06", "0.03", "0.01", "0")))


class ReasonCode(StrEnum):
    """Every step and remark of a price; `params` holds the values named in the comment."""

    LIST_PRICE = "list_price"  # product
    BOOK_PRICE = "book_price"  # book, min_quantity
    NO_BOOK_PRICE = "no_book_price"  # book
    AGREED_PRICE = "agreed_price"  # price typed for this line
    CUSTOMER_DISCOUNT = "customer_discount"  # rate
    LINE_DISCOUNT = "line_discount"  # rate
    ABOVE_FLOOR = "above_floor"  # floor
    BELOW_FLOOR = "below_floor"  # floor, missing
    NO_FLOOR = "no_floor"
    TAX_ADDED = "tax_added"  # rate
    TAX_INCLUDED = "tax_included"  # rate


REASON_CODES: tuple[str, ...] = tuple(code.value for code in ReasonCode)


class ErrorCode(StrEnum):
    """Why no honest price can be given; `params` holds the values named in the comment."""

    NO_PRICE = "no_price"  # sku, book
    WRONG_CURRENCY = "wrong_currency"  # product, book
    MIXED_CURRENCIES = "mixed_currencies"  # currencies
    BAD_DISCOUNT = "bad_discount"  # rate
    BAD_TAX_RATE = "bad_tax_rate"  # rate
    NEGATIVE_PRICE = "negative_price"  # price


ERROR_CODES: tuple[str, ...] = tuple(code.value for code in ErrorCode)


class PricingError(ValueError):
    """No honest price can be given; `code` and `params` say why."""

    def __init__(self, code: ErrorCode, **params: str) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold. Prices are per unit, with or without tax as the price book says."""

    sku: str
    list_price: Decimal | None
    tax_rate: Decimal
    floor_price: Decimal | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a quote or order. Rates are fractions: 0.05 is 5 % off (九五折)."""

    product: Product
    quantity: Decimal
    discount_rate: Decimal = ZERO
    agreed_price: Decimal | None = None
    # what the whole line comes to at the agreed price, where that is rounded too far to say it
    agreed_amount: Decimal | None = None

    def at(self, unit_price: Decimal) -> Decimal:
        """The whole line at a price per unit, not rounded."""
        if self.agreed_amount is not None and unit_price == self.agreed_price:
            return self.agreed_amount
        return self.quantity * unit_price


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """A price of one product from a quantity on, between two dates (inclusive, None = open)."""

    sku: str
    unit_price: Decimal
    min_quantity: Decimal = ZERO
    valid_from: date | None = None
    valid_until: date | None = None
    customer_level: str = ""

    def applies(self, line: Line, level: str, on: date) -> bool:
        """Whether this entry may price that line for a customer of that level on that day."""
        return (
            self.sku == line.product.sku
            and line.quantity >= self.min_quantity
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
            and self.customer_level in ("", level)
        )


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Prices in one currency, all with tax or all without."""

    name: str
    entries: tuple[PriceEntry, ...] = ()
    currency: str = "CNY"
    includes_tax: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """What the price may depend on: the customer's level and the discount agreed with them."""

    level: str = ""
    discount_rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a price: the unit price after it, what it changed, and why."""

    code: ReasonCode
    unit_price: Decimal
    change: Decimal = ZERO
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    def as_dict(self) -> dict[str, object]:
        """Plain data for a JSON column; amounts as text."""
        return {
            "code": self.code.value,
            "unit_price": str(self.unit_price),
            "change": str(self.change),
            "params": dict(self.params),
        }


@dataclass(frozen=True, slots=True)
class PriceExplanation:
    """The price of a line and how it came about. Always net + tax = gross.

    `before_discount` is quantity × list (or book) price in the same tax basis as `unit_price`.
    """

    sku: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    includes_tax: bool
    currency: str
    before_discount: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    is_below_floor: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """All lines of one tax rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Sums of the rounded lines, so that page, contract and invoice say the same."""

    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    before_discount: Decimal
    discount: Decimal
    tax_groups: tuple[TaxGroup, ...]
    has_line_below_floor: bool

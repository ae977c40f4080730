"""Engine: what does it cost, and why?

Plain Python: no Django, database, clock or network. Everything in and out is frozen; money and
rates are Decimal, rates are fractions (0.13 = 13 % VAT, discount 0.05 = 5 % off).

    price(line, book, customer, on) -> PriceExplanation   unit price, net, tax, gross and every step
    total(explanations)             -> OrderTotals        sums of the rounded lines, by tax rate

Steps: list price → price book entry (quantity break, validity, customer level) → agreed price →
customer discount → line discount → floor → tax. A price below the floor is flagged
(`is_below_floor`), not changed. `PricingError` (`code`, `params`) when there is no honest answer.
Prices of a book are all with tax or all without; amounts are rounded half up, once, per line.
"""

from orders.pricing.engine import price, total
from orders.pricing.rounding import round_money
from orders.pricing.types import (
    ERROR_CODES,
    REASON_CODES,
    TAX_RATES,
    Customer,
    ErrorCode,
    Line,
    OrderTotals,
    PriceBook,
    PriceEntry,
    PriceExplanation,
    PricingError,
    Product,
    ReasonCode,
    Step,
    TaxGroup,
)

__all__ = [
    "ERROR_CODES",
    "REASON_CODES",
    "TAX_RATES",
    "Customer",
    "ErrorCode",
    "Line",
    "OrderTotals",
    "PriceBook",
    "PriceEntry",
    "PriceExplanation",
    "PricingError",
    "Product",
    "ReasonCode",
    "Step",
    "TaxGroup",
    "price",
    "round_money",
    "total",
]

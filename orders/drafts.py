"""What somebody writes into an order, before it is priced and saved."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """One line as typed; `id` is that of the saved line, None for a new one."""

    product_id: int
    quantity: Decimal
    id: int | None = None
    description: str = ""
    agreed_price: Decimal | None = None
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The order's head as typed."""

    contact_id: int | None
    opportunity_id: int | None
    price_book_id: int | None
    currency: str
    is_tax_inclusive: bool
    discount_percent: Decimal
    payment_terms: str
    contract_number: str
    order_date: date
    delivery_date: date | None
    notes: str

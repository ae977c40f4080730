"""What somebody writes into a quote or an order, before it is priced and saved."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Self


class FromRow:
    """Mixin: what a saved row holds, as it would be typed."""

    @classmethod
    def of(cls, row: Any) -> Self:
        """The draft that would make this row."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class LineDraft(FromRow):
    """One line as typed; `id` is that of the saved line, None for a new one."""

    product_id: int
    quantity: Decimal
    id: int | None = None
    description: str = ""
    agreed_price: Decimal | None = None
    # never typed: what the line comes to where six places of its price cannot say it
    agreed_amount: Decimal | None = None
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Terms(FromRow):
    """A head as typed: what quotes and orders have in common."""

    contact_id: int | None
    opportunity_id: int | None
    price_book_id: int | None
    currency: str
    is_tax_inclusive: bool
    discount_percent: Decimal
    payment_terms: str
    notes: str

    @property
    def priced_on(self) -> date:
        """The day whose prices hold."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class OrderTerms(Terms):
    """An order's head."""

    contract_number: str
    order_date: date
    delivery_date: date | None

    @property
    def priced_on(self) -> date:
        return self.order_date


@dataclass(frozen=True, kw_only=True)
class QuoteTerms(Terms):
    """A quote's head."""

    quote_date: date
    valid_until: date

    @property
    def priced_on(self) -> date:
        return self.quote_date

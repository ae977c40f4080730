"""A quote or order as JSON: everything that people agree to."""

from typing import Any

from orders.models import DocumentLine, Order, PricedDocument, Quote

LINE_FIELDS = (
    "quantity",
    "list_price",
    "agreed_price",
    "discount_percent",
    "unit_price",
    "tax_rate",
    "net_amount",
    "tax_amount",
    "gross_amount",
)
SHARED_FIELDS = (
    "currency",
    "is_tax_inclusive",
    "payment_terms",
    "discount_percent",
    "list_amount",
    "discount_amount",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "notes",
)
OWN_FIELDS: dict[type[PricedDocument], tuple[str, ...]] = {
    Order: ("contract_number", "order_date", "delivery_date"),
    Quote: ("quote_date", "valid_until"),
}
# what a snapshot holds besides the fields of its head
BESIDES = ("customer", "contact", "lines")


def snapshot(document: PricedDocument) -> dict[str, Any]:
    """Everything that people agree to, as JSON; amounts as text."""
    names = (*SHARED_FIELDS, *OWN_FIELDS[type(document)])
    head = {name: plain(getattr(document, name)) for name in names}
    lines = document.lines.select_related("product").order_by("position", "id")
    return head | {
        "customer": {"id": document.customer_id, "name": document.customer.name},
        "contact": document.contact.name if document.contact else "",
        "lines": [line_content(line) for line in lines],
    }


def line_content(line: DocumentLine) -> dict[str, Any]:
    values = {name: plain(getattr(line, name)) for name in LINE_FIELDS}
    return values | {
        "id": line.pk,
        "product": line.product_id,
        "code": line.product.code,
        "name": line.product.name,
        "description": line.description,
        "unit": line.unit,
        "is_below_floor": line.is_below_floor,
        "explanation": line.explanation,
    }


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)

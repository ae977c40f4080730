"""Versions: what an order said when somebody submitted or decided."""

import hashlib
import json
from typing import Any

from django.db.models import Max

from crm.tenancy.context import current_member_id
from orders.enums import VersionReason
from orders.models import Order, OrderLine, OrderVersion

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
HEAD_FIELDS = (
    "contract_number",
    "currency",
    "is_tax_inclusive",
    "payment_terms",
    "order_date",
    "delivery_date",
    "discount_percent",
    "list_amount",
    "discount_amount",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "notes",
)


def snapshot(order: Order) -> dict[str, Any]:
    """Everything that people agree to, as JSON; amounts as text."""
    head = {name: _plain(getattr(order, name)) for name in HEAD_FIELDS}
    lines = order.lines.select_related("product").order_by("position")
    return head | {
        "customer": {"id": order.customer_id, "name": order.customer.name},
        "contact": order.contact.name if order.contact else "",
        "lines": [_line(line) for line in lines],
    }


def _line(line: OrderLine) -> dict[str, Any]:
    values = {name: _plain(getattr(line, name)) for name in LINE_FIELDS}
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


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def guarded(content: dict[str, Any]) -> dict[str, Any]:
    """The part of a snapshot that approval is given to: a renamed customer changes nothing."""
    head = {name: content[name] for name in HEAD_FIELDS}
    kept = (*LINE_FIELDS, "product", "description")
    lines = [{name: line[name] for name in kept} for line in content["lines"]]
    return head | {"customer": content["customer"]["id"], "lines": lines}


def fingerprint(content: dict[str, Any]) -> str:
    """A hash of what is guarded: equal exactly when that is."""
    text = json.dumps(guarded(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_hash(order: Order) -> str:
    """What approvals compare: a decision on other content than was submitted is refused."""
    return fingerprint(snapshot(order))


def keep_version(order: Order, reason: VersionReason) -> OrderVersion:
    """Write down how the order stands; the caller holds its lock."""
    content = snapshot(order)
    last = order.versions.aggregate(last=Max("number"))["last"] or 0
    return OrderVersion.objects.create(
        order=order,
        number=last + 1,
        reason=reason,
        snapshot=content,
        content_hash=fingerprint(content),
        member_id=current_member_id(),
    )

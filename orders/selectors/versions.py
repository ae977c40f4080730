"""What a quote or order said once, and what differs between two such versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.web import formats
from crm.web.components import Change
from orders import words
from orders.enums import Currency, PaymentTerms
from orders.models import Order, OrderVersion

Snapshot = Mapping[str, Any]
DAYS = ("order_date", "delivery_date", "quote_date", "valid_until")


@dataclass(frozen=True)
class LineDiff:
    """A line that came, went or changed."""

    kind: str  # added, removed, changed
    name: str
    text: str = ""
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class OrderDiff:
    """Everything that differs between two versions."""

    old_number: int
    new_number: int
    head: list[Change]
    lines: list[LineDiff]

    @property
    def is_empty(self) -> bool:
        return not self.head and not self.lines


def compare(old: OrderVersion, new: OrderVersion) -> OrderDiff:
    """From one version to another."""
    return OrderDiff(
        old.number,
        new.number,
        head_changes(old.snapshot, new.snapshot),
        line_changes(old.snapshot, new.snapshot),
    )


def latest_changes(order: Order) -> OrderDiff | None:
    """What changed between the last two submissions; None when there was only one."""
    submitted = list(order.versions.filter(reason="submitted").order_by("-number")[:2])
    return compare(submitted[1], submitted[0]) if len(submitted) == 2 else None


def head_changes(old: Snapshot, new: Snapshot) -> list[Change]:
    """Differing terms and totals, in the order people read them."""
    return [
        Change(label, shown(key, old), shown(key, new))
        for key, label in head_labels().items()
        if old.get(key) != new.get(key)
    ]


def line_changes(old: Snapshot, new: Snapshot) -> list[LineDiff]:
    """Lines are recognised by their id, so a renamed product is still the same line."""
    before = {line["id"]: line for line in old["lines"]}
    found: list[LineDiff] = []
    for line in new["lines"]:
        earlier = before.pop(line["id"], None)
        if earlier is None:
            found.append(LineDiff("added", line["name"], line_text(line, new["currency"])))
        elif changes := differing_values(earlier, line, new["currency"]):
            found.append(LineDiff("changed", line["name"], "", changes))
    gone = (
        LineDiff("removed", line["name"], line_text(line, old["currency"]))
        for line in before.values()
    )
    return [*found, *gone]


def differing_values(old: Snapshot, new: Snapshot, currency: str) -> list[Change]:
    """The values of a line that differ."""
    changed = {key for key, _label, _write in line_columns() if old.get(key) != new.get(key)}
    if "discount_percent" in changed:
        changed.discard("unit_price")  # the discount already says it
    return [
        Change(label, write(old.get(key), currency), write(new.get(key), currency))
        for key, label, write in line_columns()
        if key in changed
    ]


def line_text(line: Snapshot, currency: str) -> str:
    """A line in one line: 20 台 × ¥1,200.00 = ¥24,000.00."""
    quantity = words.quantity(Decimal(line["quantity"]))
    price = words.unit_price(Decimal(line["unit_price"]), currency)
    amount = formats.money(Decimal(line["gross_amount"]), currency)
    return f"{quantity} {line['unit']} × {price} → {amount}"


def head_labels() -> dict[str, str]:
    """What the head's values are called."""
    return {
        "customer": _("Customer"),
        "contact": _("Contact"),
        "contract_number": _("Contract number"),
        "currency": _("Currency"),
        "is_tax_inclusive": _("Prices include tax"),
        "payment_terms": _("Payment terms"),
        "order_date": _("Order date"),
        "delivery_date": _("Delivery date"),
        "quote_date": _("Quote date"),
        "valid_until": pgettext("quote", "Valid until"),
        "discount_percent": _("Overall discount"),
        "gross_amount": _("Total"),
        "notes": _("Notes"),
    }


def shown(key: str, content: Snapshot) -> str:
    """A head value for people."""
    value = content.get(key)
    if value is None or value == "":
        return ""
    if key == "customer":
        return str(value["name"])
    if key == "gross_amount":
        return formats.money(Decimal(value), content["currency"])
    if key == "discount_percent":
        return words.percent(Decimal(value)) if Decimal(value) else ""
    if key == "payment_terms":
        return str(PaymentTerms(value).label)
    if key == "currency":
        return str(Currency(value).label)
    if key in DAYS:
        return formats.Formats.current().day(date.fromisoformat(value))
    if key == "is_tax_inclusive":
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    return str(value)


def line_columns() -> list[tuple[str, str, Any]]:
    """A line's values: key, label, how it is written."""

    def amount(value: str | None, currency: str) -> str:
        return formats.money(Decimal(value), currency) if value else ""

    def price(value: str | None, currency: str) -> str:
        return words.unit_price(Decimal(value), currency) if value else ""

    def quantity(value: str | None, _currency: str) -> str:
        return words.quantity(Decimal(value)) if value else ""

    def percent(value: str | None, _currency: str) -> str:
        return words.percent(Decimal(value)) if value else ""

    def text(value: str | None, _currency: str) -> str:
        return value or ""

    return [
        ("quantity", _("Quantity"), quantity),
        ("unit_price", _("Unit price"), price),
        ("discount_percent", pgettext("line", "Discount (%)"), percent),
        ("tax_rate", _("Tax rate"), percent),
        ("gross_amount", pgettext("line", "Amount"), amount),
        ("description", _("Description"), text),
    ]


@dataclass(frozen=True)
class VersionLine:
    """A line as it was kept, in words."""

    name: str
    code: str
    description: str
    quantity: str
    unit_price: str
    tax: str
    amount: Decimal
    steps: list[words.StepWords]


@dataclass(frozen=True)
class VersionView:
    """What was kept, in words."""

    head: list[tuple[str, str]]
    lines: list[VersionLine]
    currency: str


def view(content: Snapshot) -> VersionView:
    """What a quote or order said."""
    currency = content["currency"]
    head = [(label, shown(key, content)) for key, label in head_labels().items()]
    return VersionView(
        head=[(label, value) for label, value in head if value],
        lines=[version_line(line, currency) for line in content["lines"]],
        currency=currency,
    )


def version_line(line: Snapshot, currency: str) -> VersionLine:
    """A kept line in words."""
    return VersionLine(
        name=line["name"],
        code=line["code"],
        description=line["description"],
        quantity=f"{words.quantity(Decimal(line['quantity']))} {line['unit']}",
        unit_price=words.unit_price(Decimal(line["unit_price"]), currency),
        tax=words.percent(Decimal(line["tax_rate"])),
        amount=Decimal(line["gross_amount"]),
        steps=words.explain(line["explanation"], currency),
    )

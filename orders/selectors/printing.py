"""The sheet that a customer gets: what was sent, or a draft as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.people.models import Member
from orders.models import Quote
from orders.selectors import versions
from orders.selectors.snapshots import snapshot
from orders.selectors.summaries import Taxed, TaxRow, tax_rows
from orders.selectors.versions import VersionLine, shown

TOTALS = ("list_amount", "discount_amount", "net_amount", "tax_amount", "gross_amount")


@dataclass(frozen=True)
class Sheet:
    """A quotation in words and sums."""

    customer: str
    contact: str
    valid_until: str
    currency: str
    head: list[tuple[str, str]]
    terms: list[tuple[str, str]]
    lines: list[VersionLine]
    totals: Mapping[str, Any]
    tax_rows: list[TaxRow]
    owner: Member | None


def content_of(quote: Quote) -> Mapping[str, Any]:
    """What was sent; before that, what would be."""
    sent = quote.sent.values_list("snapshot", flat=True).first()
    content: Mapping[str, Any] = snapshot(quote) if sent is None else sent
    return content


def printed(quote: Quote) -> Sheet:
    """The quote as its customer reads it."""
    content = content_of(quote)
    currency = shown("currency", content)
    prices = _("with tax") if content["is_tax_inclusive"] else _("without tax")
    until = full_day(content["valid_until"])
    days = [(_("Quote date"), full_day(content["quote_date"]))]
    days.append((pgettext("quote", "Valid until"), until))
    terms = [
        (_("Prices"), _("%(currency)s, %(prices)s") % {"currency": currency, "prices": prices}),
        (_("Payment terms"), shown("payment_terms", content)),
        (_("Notes"), content["notes"]),
    ]
    return Sheet(
        customer=content["customer"]["name"],
        contact=content["contact"],
        valid_until=until,
        currency=content["currency"],
        head=[(_("Number"), quote.number), *days],
        terms=[(label, text) for label, text in terms if text],
        lines=versions.view(content).lines,
        totals={"currency": content["currency"]}
        | {name: Decimal(content[name]) for name in TOTALS},
        tax_rows=tax_rows([taxed(line) for line in content["lines"]]),
        owner=quote.owner,
    )


def full_day(written: str) -> str:
    """With its year, which a page on the screen leaves out."""
    return date_format(date.fromisoformat(written))


def taxed(line: Mapping[str, Any]) -> Taxed:
    """A kept line's rate and amounts."""
    return Taxed(*(Decimal(line[name]) for name in Taxed._fields))

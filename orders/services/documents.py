"""What writing a quote and writing an order have in common. Prices are always the engine's."""

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model

from crm.access import policy
from crm.money import ZERO
from crm.people.models import Member
from crm.people.selectors import own_currency
from leads.enums import CollisionOrigin
from leads.models import Contact, Customer, Opportunity
from leads.services.cases import refuse_while_open
from leads.services.reaching import reach_for
from orders.drafts import LineDraft, Terms
from orders.enums import Currency
from orders.errors import FaultyLines, StaleDocument
from orders.models import DocumentLine, PriceBook, PricedDocument
from orders.pricing import round_money
from orders.services.pricing import HUNDRED, SIX_PLACES, Basis, Priced, PricedLine, price_lines

D = TypeVar("D", bound=PricedDocument)

TOTAL_COLUMNS = (
    "list_amount",
    "discount_amount",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "has_line_below_floor",
)


def locked(model: type[D], pk: int) -> D:
    """The quote or order, locked: the first step of every change."""
    return model.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def enter(customer: Customer, *, by: Member, origin: CollisionOrigin) -> None:
    """The one door through which a quote or an order is begun.

    HeldBack while the customer is a newcomer's in an undecided collision, ProtectedClient when it
    is a locked duplicate; a collision becomes a case.
    """
    refuse_while_open(customer)
    reach_for(customer, by=by, origin=origin)


def latest(documents: Any) -> Any:
    """The customer's last one, whose terms the next one takes over."""
    return documents.order_by("-id").first()


def filled_in(
    customer: Customer, opportunity: Opportunity | None, last: PricedDocument | None
) -> dict[str, Any]:
    """The head of a new one: contact, currency, price book and terms as last time."""
    currency = last.currency if last else _first_currency()
    book = PriceBook.objects.filter(currency=currency, is_default=True, is_active=True).first()
    found = {
        "customer": customer,
        "opportunity": opportunity,
        "contact": _contact_for(customer, opportunity),
        "currency": currency,
        "price_book": book,
        "is_tax_inclusive": (last.is_tax_inclusive if last else book is None or book.includes_tax),
    }
    return found | ({"payment_terms": last.payment_terms} if last else {})


def _first_currency() -> str:
    code = own_currency()
    return code if code in Currency.values else Currency.CNY


def _contact_for(customer: Customer, opportunity: Opportunity | None) -> Contact | None:
    contact: Contact | None = opportunity.contact if opportunity is not None else None
    return contact or customer.contacts.order_by("-is_primary", "id").first()


def basis_of(document: PricedDocument, terms: Terms) -> Basis:
    """What the lines are priced on, under these terms."""
    book = None
    if terms.price_book_id is not None:
        book = PriceBook.objects.filter(pk=terms.price_book_id).first()
    return Basis(
        currency=terms.currency,
        is_tax_inclusive=terms.is_tax_inclusive,
        price_book=book,
        customer_level=document.customer.level,
        discount_percent=terms.discount_percent,
        on=terms.priced_on,
    )


def save(
    document: PricedDocument, *, version: int, terms: Terms, lines: Sequence[LineDraft]
) -> Priced:
    """Save what was typed, priced now. Refused when it moved on to something else.

    The caller holds its lock and has asked whether it may still change. A page that saved by
    itself a moment ago may send the same once more with its old version.
    """
    priced = price_lines(basis_of(document, terms), _as_agreed(document, terms, lines))
    changed = write_terms(document, terms) | write_lines(document, priced.lines)
    if changed and document.version != version:
        raise StaleDocument
    if changed:
        write_totals(document, priced)
        document.version += 1
        columns = [field.name.removesuffix("_id") for field in fields(terms)]
        document.save(update_fields=[*columns, *TOTAL_COLUMNS, "version", "updated_at"])
    return priced


def _as_agreed(
    document: PricedDocument, terms: Terms, drafts: Sequence[LineDraft]
) -> list[LineDraft]:
    """An agreed amount holds, unseen, until somebody changes what it was agreed for."""
    is_same = (terms.currency, terms.is_tax_inclusive) == (
        document.currency,
        document.is_tax_inclusive,
    )
    agreed = document.lines.exclude(agreed_amount=None) if is_same else ()
    known = {_bargain(one): one.agreed_amount for one in map(LineDraft.of, agreed)}
    return [
        replace(one, agreed_amount=one.agreed_amount or known.get(_bargain(one))) for one in drafts
    ]


def _bargain(draft: LineDraft) -> LineDraft:
    """What an amount is agreed for: the line whatever is remarked on it."""
    return replace(draft, agreed_amount=None, description="")


def write_terms(document: PricedDocument, terms: Terms) -> bool:
    """Put the typed head on the row; True when it differs. The caller saves."""
    wanted = {field.name: getattr(terms, field.name) for field in fields(terms)}
    return _set(document, wanted)


def write_totals(document: PricedDocument, priced: Priced) -> None:
    """Put the sums on the row; the caller saves."""
    totals = priced.totals
    document.list_amount = sum((line.before_discount for line in priced.lines), ZERO)
    document.discount_amount = sum((line.discount for line in priced.lines), ZERO)
    document.net_amount = totals.net
    document.tax_amount = totals.tax
    document.gross_amount = totals.gross
    document.has_line_below_floor = totals.has_line_below_floor


def write_lines(document: PricedDocument, priced: Sequence[PricedLine]) -> bool:
    """Make the lines those given, in their order; kept ones keep their id.

    True when anything differs from before.
    """
    known = {line.pk: line for line in document.lines.all()}
    is_changed = False
    for position, one in enumerate(priced, start=1):
        line = known.pop(one.draft.id, None) if one.draft.id else None
        if line is None or line.product_id != one.product.pk:
            line = document.new_line(one.product)
        if _set(line, columns_of(one, position)) or line.pk is None:
            line.save()
            is_changed = True
    if known:
        document.lines.filter(pk__in=known).delete()
    return is_changed or bool(known)


def columns_of(one: PricedLine, position: int) -> dict[str, Any]:
    """What a line's row holds for a priced line."""
    draft, price = one.draft, one.price
    return {
        "position": position,
        "description": draft.description,
        "quantity": draft.quantity,
        "unit": one.product.unit,
        "agreed_price": draft.agreed_price,
        "agreed_amount": draft.agreed_amount,
        "discount_percent": draft.discount_percent,
        "list_price": one.list_price,
        "unit_price": one.unit_price,
        "tax_rate": price.tax_rate * HUNDRED,
        "discount_amount": one.discount,
        "net_amount": price.net,
        "tax_amount": price.tax,
        "gross_amount": price.gross,
        "is_below_floor": price.is_below_floor,
        "explanation": one.explanation,
    }


def _set(record: Model, values: dict[str, Any]) -> bool:
    """Set the values; True when one of them differed."""
    differing = {name for name, value in values.items() if getattr(record, name) != value}
    for name in differing:
        setattr(record, name, values[name])
    return bool(differing)


def drafts_of(document: PricedDocument) -> list[LineDraft]:
    """The lines as they would be typed."""
    return [LineDraft.of(line) for line in document.lines.order_by("position", "id")]


def copied_lines(document: PricedDocument, basis: Basis) -> list[LineDraft]:
    """The same lines for another quote or order.

    What has no price on that basis any more keeps the one it had, as an agreed price.
    """
    drafts = [replace(draft, id=None) for draft in drafts_of(document)]
    try:
        price_lines(basis, drafts)
    except FaultyLines as faults:
        lines = document.lines.order_by("position", "id")
        for place, line in enumerate(lines):
            if place in faults.lines:
                drafts[place] = at_price_of(line, drafts[place], basis)
    return drafts


def amount_of(line: DocumentLine, basis: Basis) -> Decimal:
    """What a line comes to, with or without tax as the prices are."""
    amount: Decimal = line.gross_amount if basis.is_tax_inclusive else line.net_amount
    return amount


def at_price_of(line: DocumentLine, draft: LineDraft, basis: Basis) -> LineDraft:
    """The draft at the price that a line had, every discount in it, so that it costs the same.

    A price is kept to six places: of thousands of pieces that can be cents, and then the amount
    is kept beside it.
    """
    amount, price = amount_of(line, basis), line.unit_price
    if round_money(line.quantity * price) != amount:
        price = (amount / line.quantity).quantize(SIX_PLACES)
    is_exact = round_money(line.quantity * price) == amount
    return replace(
        draft,
        agreed_price=price,
        agreed_amount=None if is_exact else amount,
        discount_percent=Decimal(0),
    )


def deal_for(document: PricedDocument, *, by: Member) -> Opportunity | None:
    """The deal that a copy is about too: none, where its writer may not see the deal."""
    deal: Opportunity | None = document.opportunity
    is_seen = deal is not None and policy.allowed(by, "leads.view_opportunity", deal)
    return deal if is_seen else None


def keeper_of(document: PricedDocument, *, by: Member) -> Member:
    """Whose the one is that comes of it, whoever pressed the button: its owner's while active."""
    owner: Member | None = document.owner
    return owner if owner is not None and owner.is_active else by

"""Writing an order: begin, save, copy. Prices are always the engine's."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from django.db import transaction

from crm.audit import services as audit
from crm.money import ZERO
from crm.numbering import take_number
from crm.people.models import Member
from crm.people.selectors import own_currency
from leads.enums import CollisionOrigin
from leads.models import Contact, Customer, Opportunity
from leads.services.cases import refuse_while_open
from leads.services.reaching import reach_for
from orders.drafts import LineDraft, Terms
from orders.enums import Currency
from orders.errors import OrderNotEditable, StaleOrder
from orders.models import Order, OrderLine, PriceBook
from orders.services.pricing import HUNDRED, Basis, PricedLine, PricedOrder, price_lines

TOTAL_COLUMNS = (
    "list_amount",
    "discount_amount",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "has_line_below_floor",
)


def locked_order(order_id: int) -> Order:
    """The order, locked: the first step of every change."""
    return Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)


@transaction.atomic
def begin_order(*, customer: Customer, by: Member, opportunity: Opportunity | None = None) -> Order:
    """Start a draft; contact, currency, price book and terms are filled in as last time.

    HeldBack while the customer is a newcomer's in an undecided collision, ProtectedClient when it
    is a locked duplicate; a collision becomes a case.
    """
    refuse_while_open(customer)
    reach_for(customer, by=by, origin=CollisionOrigin.ORDER)
    last: Order | None = customer.orders.order_by("-id").first()
    currency = last.currency if last else _first_currency()
    book = PriceBook.objects.filter(currency=currency, is_default=True, is_active=True).first()
    order = Order(
        number=take_number("SO"),
        contract_number=take_number("HT"),
        customer=customer,
        opportunity=opportunity,
        contact=_contact_for(customer, opportunity),
        currency=currency,
        price_book=book,
        is_tax_inclusive=last.is_tax_inclusive if last else book is None or book.includes_tax,
        created_by=by,
    )
    if last:
        order.payment_terms = last.payment_terms
    order.give_to(by)
    order.save()
    audit.record("order.begun", target=order)
    return order


def _first_currency() -> str:
    code = own_currency()
    return code if code in Currency.values else Currency.CNY


def _contact_for(customer: Customer, opportunity: Opportunity | None) -> Contact | None:
    contact: Contact | None = opportunity.contact if opportunity is not None else None
    return contact or customer.contacts.order_by("-is_primary", "id").first()


def basis_of(order: Order, terms: Terms) -> Basis:
    """What the lines of this order are priced on, under these terms."""
    book = None
    if terms.price_book_id is not None:
        book = PriceBook.objects.filter(pk=terms.price_book_id).first()
    return Basis(
        currency=terms.currency,
        is_tax_inclusive=terms.is_tax_inclusive,
        price_book=book,
        customer_level=order.customer.level,
        discount_percent=terms.discount_percent,
        on=terms.order_date,
    )


@transaction.atomic
def save_order(
    *, order_id: int, version: int, terms: Terms, lines: Sequence[LineDraft]
) -> tuple[Order, PricedOrder]:
    """Save what was typed, priced now. Refused when the order moved on to something else.

    A page that saved by itself a moment ago may send the same once more with its old version.
    """
    order = locked_order(order_id)
    if not order.is_editable:
        raise OrderNotEditable
    priced = price_lines(basis_of(order, terms), lines)
    changed = write_terms(order, terms) | write_lines(order, priced.lines)
    if changed and order.version != version:
        raise StaleOrder
    if changed:
        write_totals(order, priced)
        order.version += 1
        columns = [field.name.removesuffix("_id") for field in fields(Terms)]
        order.save(update_fields=[*columns, *TOTAL_COLUMNS, "version", "updated_at"])
    return order, priced


def write_terms(order: Order, terms: Terms) -> bool:
    """Put the typed head on the order; True when it differs. The caller saves."""
    wanted = {field.name: getattr(terms, field.name) for field in fields(Terms)}
    return _set(order, wanted)


def write_totals(order: Order, priced: PricedOrder) -> None:
    """Put the sums on the order; the caller saves."""
    totals = priced.totals
    order.list_amount = sum((line.before_discount for line in priced.lines), ZERO)
    order.discount_amount = sum((line.discount for line in priced.lines), ZERO)
    order.net_amount, order.tax_amount, order.gross_amount = totals.net, totals.tax, totals.gross
    order.has_line_below_floor = totals.has_line_below_floor


def write_lines(order: Order, priced: Sequence[PricedLine]) -> bool:
    """Make the order's lines those given, in their order; kept ones keep their id.

    True when anything differs from before.
    """
    known = {line.pk: line for line in order.lines.all()}
    is_changed = False
    for position, one in enumerate(priced, start=1):
        line = known.pop(one.draft.id, None) if one.draft.id else None
        if line is None or line.product_id != one.product.pk:
            line = OrderLine(order=order, product=one.product)
        if _set(line, columns_of(one, position)) or line.pk is None:
            line.save()
            is_changed = True
    if known:
        order.lines.filter(pk__in=known).delete()
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


def _set(record: Order | OrderLine, values: dict[str, Any]) -> bool:
    """Set the values; True when one of them differed."""
    differing = {name for name, value in values.items() if getattr(record, name) != value}
    for name in differing:
        setattr(record, name, values[name])
    return bool(differing)


@transaction.atomic
def copy_order(*, order: Order, by: Member) -> Order:
    """A new draft with the same lines, at today's prices."""
    copy = begin_order(customer=order.customer, by=by, opportunity=order.opportunity)
    terms = replace(
        terms_of(order),
        contract_number=copy.contract_number,
        order_date=copy.order_date,
        delivery_date=None,
    )
    lines = [replace(draft_of(line), id=None) for line in order.lines.order_by("position")]
    saved, _priced = save_order(order_id=copy.pk, version=copy.version, terms=terms, lines=lines)
    audit.record("order.copied", target=saved, source=order.pk)
    return saved


def terms_of(order: Order) -> Terms:
    """The order's head as it would be typed."""
    return Terms(**{field.name: getattr(order, field.name) for field in fields(Terms)})


def draft_of(line: OrderLine) -> LineDraft:
    """A saved line as it would be typed."""
    return LineDraft(
        id=line.pk,
        product_id=line.product_id,
        description=line.description,
        quantity=line.quantity,
        agreed_price=line.agreed_price,
        discount_percent=line.discount_percent,
    )

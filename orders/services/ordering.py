"""An accepted quote becomes an order."""

from dataclasses import asdict

from django.db import transaction

from crm.audit import services as audit
from crm.people.models import Member
from leads.enums import CollisionOrigin
from leads.services.sharing_on import share_on
from orders.drafts import LineDraft, OrderTerms, Terms
from orders.enums import QuoteStatus
from orders.models import DocumentLine, Order, Quote
from orders.services import documents, editing
from orders.services.offering import move
from orders.services.pricing import Basis, PricedLine, price_lines
from orders.services.quotes import locked_quote


@transaction.atomic
def order_from_quote(*, quote_id: int, by: Member) -> Order:
    """Make an order draft of an accepted quote, once; asked again, it is the same order.

    Lines, terms and prices are carried over; it goes through the same door as any other order.
    It is the quote's owner's, and shared as the quote is, whoever presses the button.
    """
    quote = Quote.objects.select_related("customer", "opportunity").get(pk=quote_id)
    if quote.status != QuoteStatus.ORDERED:
        documents.enter(quote.customer, by=by, origin=CollisionOrigin.ORDER)
        quote = locked_quote(quote_id)
    if quote.status == QuoteStatus.ORDERED:
        return quote.orders.get()
    move(quote, quote.order)
    order = editing.new_order(
        quote.customer,
        by=by,
        owner=documents.keeper_of(quote, by=by),
        opportunity=quote.opportunity,
        quote=quote,
    )
    share_on(quote, order, by=by)
    terms = OrderTerms(
        **asdict(Terms.of(quote)),
        contract_number=order.contract_number,
        order_date=order.order_date,
        delivery_date=None,
    )
    lines = held_lines(quote, documents.basis_of(order, terms))
    order, _priced = editing.save_order(
        order_id=order.pk, version=order.version, terms=terms, lines=lines
    )
    audit.record("quote.ordered", target=quote, order=order.pk, number=order.number)
    return order


def held_lines(quote: Quote, basis: Basis) -> list[LineDraft]:
    """The quote's lines at the prices that were offered.

    Where the catalogue would give another price today, the offered one becomes the agreed price.
    """
    lines = quote.lines.order_by("position", "id")
    priced = price_lines(basis, documents.copied_lines(quote, basis)).lines
    return [
        one.draft if is_same(one, line, basis) else documents.at_price_of(line, one.draft, basis)
        for one, line in zip(priced, lines, strict=True)
    ]


def is_same(one: PricedLine, line: DocumentLine, basis: Basis) -> bool:
    """Whether today's price of a line is the offered one, and comes to as much."""
    amount = one.price.gross if basis.is_tax_inclusive else one.price.net
    return (one.unit_price, amount) == (line.unit_price, documents.amount_of(line, basis))

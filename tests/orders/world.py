"""A customer, a small catalogue and ways to write quotes and orders, for tests of all of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from crm.people.models import Member
from crm.tenancy.context import acting_as
from leads.models import Contact, Customer
from orders.drafts import LineDraft, OrderTerms, QuoteTerms
from orders.models import Order, PriceBook, PriceBookEntry, Product, Quote
from orders.services import approval, editing, offering, quotes


def a_customer(owner: Member, name: str = "苏州同光精密", number: str = "C26-000001") -> Customer:
    customer = Customer.objects.create(
        name=name, number=number, owner=owner, department_id=owner.department_id
    )
    Contact.objects.create(customer=customer, name="李敏", is_primary=True)
    return customer


def a_product(code: str = "TZ-100", **values: object) -> Product:
    defaults = {
        "name": f"产品 {code}",
        "unit": "台",
        "tax_rate": Decimal(13),
        "list_price": Decimal("1130"),
        "floor_price": Decimal("904"),
    }
    return Product.objects.create(code=code, **(defaults | values))


def a_price_book(product: Product, *breaks: tuple[str, str]) -> PriceBook:
    book = PriceBook.objects.create(name="2026 渠道价", is_default=True)
    for quantity, price in breaks:
        PriceBookEntry.objects.create(
            price_book=book,
            product=product,
            min_quantity=Decimal(quantity),
            unit_price=Decimal(price),
        )
    return book


def line(product: Product, quantity: str = "1", **values: object) -> LineDraft:
    return LineDraft(product_id=product.pk, quantity=Decimal(quantity), **values)


def save(order: Order, *lines: LineDraft, **terms: object) -> Order:
    """Save these lines into the order, with some terms changed."""
    order = Order.objects.get(pk=order.pk)
    wanted = replace(OrderTerms.of(order), **terms)
    saved, _priced = editing.save_order(
        order_id=order.pk, version=order.version, terms=wanted, lines=lines
    )
    return saved


def a_draft(by: Member, customer: Customer | None = None) -> Order:
    """An order of ten pieces at list price, written by this member."""
    with acting_as(by.pk):
        order = editing.begin_order(customer=customer or a_customer(by), by=by)
        product = Product.objects.first() or a_product()
        return save(order, line(product, "10"), order_date=date(2026, 11, 2))


def submitted(by: Member, customer: Customer | None = None) -> Order:
    """Such an order, in approval."""
    order = a_draft(by, customer)
    with acting_as(by.pk):
        approval.submit_order(order_id=order.pk, by=by)
    return Order.objects.get(pk=order.pk)


def save_quote(quote: Quote, *lines: LineDraft, **terms: object) -> Quote:
    """Save these lines into the quote, with some terms changed."""
    quote = Quote.objects.get(pk=quote.pk)
    wanted = replace(QuoteTerms.of(quote), **terms)
    saved, _priced = quotes.save_quote(
        quote_id=quote.pk, version=quote.version, terms=wanted, lines=lines
    )
    return saved


def a_quote(by: Member, customer: Customer | None = None) -> Quote:
    """A quote of ten pieces at list price, written by this member."""
    with acting_as(by.pk):
        quote = quotes.begin_quote(customer=customer or a_customer(by), by=by)
        return save_quote(quote, line(Product.objects.first() or a_product(), "10"))


def sent(by: Member, customer: Customer | None = None) -> Quote:
    """Such a quote, with the customer."""
    quote = a_quote(by, customer)
    with acting_as(by.pk):
        return offering.send_quote(quote_id=quote.pk, by=by)


def accepted(by: Member, customer: Customer | None = None) -> Quote:
    """Such a quote, to which the customer said yes."""
    return offering.accept_quote(quote_id=sent(by, customer).pk)

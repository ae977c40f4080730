"""An accepted quote becomes an order: once, at the prices that were offered."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm.money import round_money
from crm.tenancy.context import acting_as, tenant_context
from orders.drafts import LineDraft
from orders.errors import WrongQuoteState
from orders.models import Order, Product, Quote
from orders.services import editing, offering, ordering, quotes
from tests.orders.world import (
    a_customer,
    a_price_book,
    a_product,
    a_quote,
    accepted,
    line,
    save,
    save_quote,
    sent,
)
from tests.support.at_once import at_once
from tests.support.cast import build_cast

AMOUNTS = ("list_amount", "discount_amount", "net_amount", "tax_amount", "gross_amount")


def amounts(document) -> list[Decimal]:
    return [getattr(document, name) for name in AMOUNTS]


def test_terms_lines_and_amounts_are_carried_over(tenant):
    customer = a_customer(tenant.agent)
    quote = save_quote(
        quotes.begin_quote(customer=customer, by=tenant.agent),
        line(a_product(), "3", discount_percent=Decimal(10), description="含安装"),
        line(a_product("TZ-200"), "2", agreed_price=Decimal("1000.5")),
        discount_percent=Decimal(5),
        payment_terms="net_60",
        notes="含运费",
    )
    offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    offering.accept_quote(quote_id=quote.pk)
    order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    assert (order.status, order.quote.pk, order.customer) == ("draft", quote.pk, customer)
    assert (order.payment_terms, order.notes, order.contact) == ("net_60", "含运费", quote.contact)
    assert amounts(order) == amounts(quote)
    assert [row.description for row in order.lines.order_by("position")] == ["含安装", ""]
    # nothing changed since: prices say where they come from, as on the quote
    assert order.lines.get(position=1).agreed_price is None
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.status, quote.orders.get()) == ("ordered", order)


def test_what_was_offered_holds_when_the_catalogue_changes(tenant):
    quote = accepted(tenant.agent)
    Product.objects.update(list_price=Decimal(2000))
    order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    assert order.gross_amount == quote.gross_amount
    assert order.lines.get().agreed_price == Decimal(1130)


def test_what_has_no_price_any_more_is_ordered_at_the_offered_one(tenant):
    quote = accepted(tenant.agent)
    Product.objects.update(currency="USD")
    order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    assert order.gross_amount == quote.gross_amount


@pytest.mark.parametrize("make", [a_quote, sent])
def test_only_what_was_accepted_becomes_an_order(tenant, make):
    with pytest.raises(WrongQuoteState):
        ordering.order_from_quote(quote_id=make(tenant.agent).pk, by=tenant.agent)
    assert not Order.objects.exists()


def test_asked_twice_it_is_the_same_order(tenant):
    quote = accepted(tenant.agent)
    once = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    again = ordering.order_from_quote(quote_id=quote.pk, by=tenant.manager)
    assert once == again
    assert Order.objects.count() == 1


def test_a_copy_of_the_order_is_not_of_the_quote(tenant):
    order = ordering.order_from_quote(quote_id=accepted(tenant.agent).pk, by=tenant.agent)
    assert editing.copy_order(order=order, by=tenant.agent).quote is None


percents = st.decimals(0, 60, places=2)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    quantity=st.decimals("0.001", 9_000, places=3) | st.decimals(10_000, 10**8, places=3),
    price=st.decimals("0.01", 90_000, places=2),
    agreed=st.none() | st.decimals("0.01", 90_000, places=2),
    of_line=percents,
    overall=percents,
    is_tax_inclusive=st.booleans(),
    new_price=st.decimals("0.01", 90_000, places=2),
)
@example(  # a price kept to six places would make it a cent less
    quantity=Decimal("8999.986"),
    price=Decimal("0.97"),
    agreed=None,
    of_line=Decimal(0),
    overall=Decimal("0.02"),
    is_tax_inclusive=False,
    new_price=Decimal("0.01"),
)
@example(  # of so many pieces six places are cents
    quantity=Decimal("1234567.891"),
    price=Decimal("0.07"),
    agreed=None,
    of_line=Decimal("3.33"),
    overall=Decimal("1.11"),
    is_tax_inclusive=True,
    new_price=Decimal("0.01"),
)
def test_whatever_changed_the_order_costs_what_the_quote_said(  # noqa: PLR0913  one per drawn value
    tenant, quantity, price, agreed, of_line, overall, is_tax_inclusive, new_price
):
    customer = a_customer(tenant.agent, number=f"C{Quote.objects.count()}")
    code = f"P{Product.objects.count()}"
    product = a_product(code, list_price=price, floor_price=None)
    drawn = line(product, str(quantity), agreed_price=agreed, discount_percent=of_line)
    with acting_as(tenant.agent.pk):
        quote = quotes.begin_quote(customer=customer, by=tenant.agent)
        terms = {"discount_percent": overall, "is_tax_inclusive": is_tax_inclusive}
        quote = save_quote(quote, drawn, **terms)
        offering.send_quote(quote_id=quote.pk, by=tenant.agent)
        offering.accept_quote(quote_id=quote.pk)
        Product.objects.filter(pk=product.pk).update(list_price=new_price)
        order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    assert (order.net_amount, order.tax_amount) == (quote.net_amount, quote.tax_amount)


def test_an_agreed_amount_holds_until_somebody_changes_the_line(tenant):
    product = a_product(list_price=Decimal("0.07"), floor_price=None)
    quote = quotes.begin_quote(customer=a_customer(tenant.agent), by=tenant.agent)
    drawn = line(product, "1234567.891", discount_percent=Decimal("3.33"))
    quote = save_quote(quote, drawn, discount_percent=Decimal("1.11"))
    offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    offering.accept_quote(quote_id=quote.pk)
    Product.objects.update(list_price=Decimal("0.08"))
    order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    (row,) = order.lines.all()
    assert row.agreed_amount == row.gross_amount == quote.gross_amount
    # as the page posts it, which knows of no amount
    typed = replace(LineDraft.of(row), agreed_amount=None)
    order = save(order, replace(typed, description="分两批发货"), notes="急")
    assert order.gross_amount == quote.gross_amount
    assert editing.copy_order(order=order, by=tenant.agent).gross_amount == quote.gross_amount
    (row,) = order.lines.all()
    by_price = round_money(row.quantity * row.agreed_price)
    assert by_price != quote.gross_amount
    order = save(order, typed, currency="USD")
    assert order.gross_amount == by_price
    order = save(order, replace(typed, quantity=Decimal(1)))
    assert order.lines.get().agreed_amount is None


def test_a_price_book_that_changed_does_not_change_the_offer(tenant):
    product = a_product()
    book = a_price_book(product, ("0", "1000"))
    customer = a_customer(tenant.agent)
    quote = save_quote(quotes.begin_quote(customer=customer, by=tenant.agent), line(product, "7"))
    offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    offering.accept_quote(quote_id=quote.pk)
    book.entries.update(unit_price=Decimal(1200))
    order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
    assert order.gross_amount == quote.gross_amount == Decimal(7000)


@pytest.mark.slow
def test_pressed_twice_at_once_it_is_one_order(real_transactions):
    cast = build_cast("acme")
    with tenant_context(cast.organization.id):
        quote = accepted(cast.agent)

    def press() -> Order:
        with acting_as(cast.agent.pk):
            return ordering.order_from_quote(quote_id=quote.pk, by=cast.agent)

    found = at_once(cast, [press] * 4)
    with tenant_context(cast.organization.id):
        assert {one.pk for one in found} == {Order.objects.get().pk}

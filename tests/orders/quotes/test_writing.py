"""Writing quotes: what fills in, what is refused, what a revision is."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from orders.drafts import QuoteTerms
from orders.errors import FaultyLines, QuoteNotEditable, StaleDocument, WrongQuoteState
from orders.models import Quote, QuoteLine
from orders.models.bases import today
from orders.services import editing, offering, quotes
from tests.orders.world import (
    a_customer,
    a_price_book,
    a_product,
    a_quote,
    line,
    save,
    save_quote,
    sent,
)


def test_a_quote_begins_with_what_is_known(tenant):
    product = a_product()
    book = a_price_book(product, ("0", "1000"))
    customer = a_customer(tenant.agent)
    quote = quotes.begin_quote(customer=customer, by=tenant.agent)
    assert quote.number.startswith("QT")
    assert (quote.status, quote.revision, quote.former) == ("draft", 1, None)
    assert (quote.contact.name, quote.price_book) == ("李敏", book)
    assert quote.owner == tenant.agent
    assert quote.department == tenant.agent.department
    assert quote.valid_until - quote.quote_date == timedelta(days=30)


def test_terms_come_from_the_last_quote_or_else_the_last_order(tenant):
    customer = a_customer(tenant.agent)
    order = editing.begin_order(customer=customer, by=tenant.agent)
    save(order, line(a_product()), payment_terms="net_60")
    first = quotes.begin_quote(customer=customer, by=tenant.agent)
    assert first.payment_terms == "net_60"
    save_quote(first, payment_terms="net_30")
    assert quotes.begin_quote(customer=customer, by=tenant.agent).payment_terms == "net_30"


def test_lines_are_priced_by_the_engine_with_its_reasons(tenant):
    quote = save_quote(
        quotes.begin_quote(customer=a_customer(tenant.agent), by=tenant.agent),
        line(a_product(), "3", discount_percent=Decimal(10)),
        discount_percent=Decimal(5),
    )
    row = QuoteLine.objects.get(quote=quote)
    assert row.gross_amount == quote.gross_amount == Decimal("2898.45")
    assert row.net_amount + row.tax_amount == row.gross_amount
    codes = [step["code"] for step in row.explanation]
    assert codes[:4] == ["list_price", "no_book_price", "customer_discount", "line_discount"]


def test_a_line_without_an_honest_price_is_named(tenant):
    quote = quotes.begin_quote(customer=a_customer(tenant.agent), by=tenant.agent)
    with pytest.raises(FaultyLines):
        save_quote(quote, line(a_product()), currency="USD", price_book_id=None)


def test_a_stale_page_is_refused(tenant):
    quote = a_quote(tenant.agent)
    with pytest.raises(StaleDocument):
        quotes.save_quote(
            quote_id=quote.pk, version=quote.version - 1, terms=QuoteTerms.of(quote), lines=[]
        )


def test_what_the_customer_has_is_not_written_in(tenant):
    with pytest.raises(QuoteNotEditable):
        save_quote(sent(tenant.agent), notes="x")


def test_a_copy_is_a_draft_of_today(tenant):
    quote = sent(tenant.agent)
    copy = quotes.copy_quote(quote=quote, by=tenant.agent)
    assert (copy.status, copy.revision, copy.quote_date) == ("draft", 1, today())
    assert copy.gross_amount == quote.gross_amount
    assert copy.number != quote.number


def test_a_revision_takes_the_place_of_what_is_out(tenant):
    first = sent(tenant.agent)
    second = quotes.revise_quote(quote_id=first.pk, by=tenant.agent)
    first = Quote.objects.get(pk=first.pk)
    assert first.status == "revised"
    assert (second.number, second.revision) == (f"{first.number}-R2", 2)
    assert second.former == first
    assert second.gross_amount == first.gross_amount
    offering.send_quote(quote_id=second.pk, by=tenant.agent)
    third = quotes.revise_quote(quote_id=second.pk, by=tenant.agent)
    assert third.number == f"{first.number}-R3"


@pytest.mark.parametrize("state", ["draft", "accepted", "revised"])
def test_only_what_is_out_or_ended_is_revised(tenant, state):
    quote = a_quote(tenant.agent)
    if state != "draft":
        offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    if state == "accepted":
        offering.accept_quote(quote_id=quote.pk)
    if state == "revised":
        quotes.revise_quote(quote_id=quote.pk, by=tenant.agent)
    with pytest.raises(WrongQuoteState):
        quotes.revise_quote(quote_id=quote.pk, by=tenant.agent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gross_amount": Decimal(1)},
        {"discount_percent": Decimal(101)},
        {"valid_until": today() - timedelta(days=1)},
    ],
)
def test_the_database_refuses_what_cannot_be(tenant, wrong):
    quote = a_quote(tenant.agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(**wrong)


def test_every_change_leaves_its_trace(tenant):
    quote = a_quote(tenant.agent)
    before = quote.history.count()
    save_quote(quote, line(a_product("TZ-200")), notes="含运费")
    assert quote.history.count() == before + 1

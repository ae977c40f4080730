"""The pages of quotes: begin, write, send, print, close, revise, order; who may and who may not."""

from decimal import Decimal

import pytest

from crm.tenancy.context import tenant_context
from leads.models import Customer
from orders.drafts import LineDraft
from orders.models import Order, Product, Quote
from tests.orders.world import a_customer, a_product, a_quote, accepted, sent

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def desk(cast, sign_in):
    """The rep's browser, and ways to make quotes of theirs."""
    with tenant_context(cast.organization.id):
        a_product()
        a_customer(cast.agent)
    return cast, sign_in(cast.agent)


def in_state(cast, make) -> Quote:
    """A quote of the agent's, in the state that `make` brings it to."""
    with tenant_context(cast.organization.id):
        return make(cast.agent, Customer.objects.get())


def fresh(cast, quote) -> Quote:
    with tenant_context(cast.organization.id):
        return Quote.objects.get(pk=quote.pk)


def test_from_the_list_over_the_editor_to_the_sent_quote(desk):
    cast, browser = desk
    assert "No quotes yet." in browser.get("/acme/quotes/").content.decode()
    with tenant_context(cast.organization.id):
        customer, product = Customer.objects.get(), Product.objects.get()
    answer = browser.post("/acme/quotes/new/", {"customer": customer.pk})
    with tenant_context(cast.organization.id):
        quote = Quote.objects.get()
    assert answer.url == f"/acme/quotes/{quote.pk}/edit/"
    posted = {
        "version": quote.version,
        "quote_date": quote.quote_date.isoformat(),
        "valid_until": quote.valid_until.isoformat(),
        "payment_terms": "net_30",
        "currency": "CNY",
        "is_tax_inclusive": "on",
        "line": [""],
        "product": [product.pk],
        "description": ["含安装"],
        "quantity": ["20"],
        "agreed_price": [""],
        "discount": ["10"],
    }
    figures = browser.post(f"/acme/quotes/{quote.pk}/edit/?op=autosave", posted, **HTMX)
    assert "20,340.00" in figures.content.decode()
    posted["version"] = fresh(cast, quote).version
    with tenant_context(cast.organization.id):
        posted["line"] = [quote.lines.get().pk]
    answer = browser.post(f"/acme/quotes/{quote.pk}/edit/", posted | {"op": "submit"})
    assert answer.status_code == 302
    quote = fresh(cast, quote)
    assert (quote.status, quote.gross_amount) == ("sent", Decimal("20340.00"))


def test_a_day_before_the_quotes_own_is_said_at_its_field(desk):
    cast, browser = desk
    quote = in_state(cast, a_quote)
    with tenant_context(cast.organization.id):
        lines = [LineDraft.of(one) for one in quote.lines.all()]
    posted = {
        "version": quote.version, "quote_date": "2026-11-22", "valid_until": "2026-11-21",
        "payment_terms": "net_30", "currency": "CNY", "op": "save", "line": lines[0].id,
        "product": lines[0].product_id, "description": "", "quantity": "1", "agreed_price": "",
        "discount": "",
    }  # fmt: skip
    answer = browser.post(f"/acme/quotes/{quote.pk}/edit/", posted)
    assert answer.status_code == 422
    assert fresh(cast, quote).version == quote.version


def test_accepted_and_ordered_from_the_page(desk):
    cast, browser = desk
    quote = in_state(cast, sent)
    assert "accept/" in browser.get(f"/acme/quotes/{quote.pk}/").content.decode()
    assert browser.post(f"/acme/quotes/{quote.pk}/accept/", **HTMX).status_code == 204
    answers = [browser.post(f"/acme/quotes/{quote.pk}/order/") for _press in range(2)]
    with tenant_context(cast.organization.id):
        order = Order.objects.get()
    assert {answer.url for answer in answers} == {f"/acme/orders/{order.pk}/edit/"}
    assert order.number in browser.get(f"/acme/quotes/{quote.pk}/").content.decode()
    assert quote.number in browser.get(f"/acme/orders/{order.pk}/").content.decode()


@pytest.mark.parametrize(("end", "state"), [("decline", "declined"), ("withdraw", "withdrawn")])
def test_it_is_closed_with_a_reason_and_not_without(desk, end, state):
    cast, browser = desk
    quote = in_state(cast, sent)
    page = f"/acme/quotes/{quote.pk}/{end}/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"reason": ""}).status_code == 422
    browser.post(page, {"reason": "价格太高"})
    assert fresh(cast, quote).status == state
    assert "价格太高" in browser.get(f"/acme/quotes/{quote.pk}/").content.decode()


def test_a_revision_and_a_copy_open_in_the_editor(desk):
    cast, browser = desk
    quote = in_state(cast, sent)
    for verb in ("copy", "revise"):
        answer = browser.post(f"/acme/quotes/{quote.pk}/{verb}/")
        assert answer.url.endswith("/edit/")
        assert browser.get(answer.url).status_code == 200
    answer = browser.post(f"/acme/quotes/{quote.pk}/revise/")
    assert answer.status_code == 422
    page = browser.get(f"/acme/quotes/{quote.pk}/").content.decode()
    assert f"{quote.number}-R2" in page


def test_a_quote_that_is_out_is_not_edited(desk):
    cast, browser = desk
    quote = in_state(cast, sent)
    assert browser.get(f"/acme/quotes/{quote.pk}/edit/").url == f"/acme/quotes/{quote.pk}/"


def test_the_customers_sheet_speaks_their_language_and_tells_no_cost(desk):
    cast, browser = desk
    quote = in_state(cast, sent)
    sheets = {
        language: browser.get(f"/acme/quotes/{quote.pk}/print/?in={language}").content.decode()
        for language in ("zh-hans", "en", "xx")
    }
    assert "报价单" in sheets["zh-hans"]
    assert "Quotation" in sheets["en"]
    for sheet in sheets.values():
        assert "11,300.00" in sheet
        assert quote.number in sheet
        # why a price is what it is, and how near the floor, is ours
        assert "tz-why" not in sheet


def test_quotes_are_found_and_stand_beside_their_customer(desk):
    cast, browser = desk
    quote = in_state(cast, accepted)
    assert quote.number in browser.get(f"/acme/search/?q={quote.number}").content.decode()
    panel = browser.get(f"/acme/customers/{quote.customer_id}/panels/quotes/")
    assert quote.number in panel.content.decode()


def test_another_reps_quote_is_nowhere(desk, sign_in):
    cast, _browser = desk
    quote = in_state(cast, sent)
    other = sign_in(cast.northerner)
    for path in ("", "edit/", "print/", "decline/"):
        assert other.get(f"/acme/quotes/{quote.pk}/{path}").status_code == 404
    for path in ("accept/", "revise/", "copy/", "order/", "comments/", "send/"):
        assert other.post(f"/acme/quotes/{quote.pk}/{path}").status_code == 404
    assert quote.number not in other.get("/acme/quotes/").content.decode()
    assert fresh(cast, quote).status == "sent"


def test_finance_reads_and_does_not_write(desk, sign_in):
    cast, _browser = desk
    quote = in_state(cast, sent)
    browser = sign_in(cast.finance)
    page = browser.get(f"/acme/quotes/{quote.pk}/")
    assert page.status_code == 200
    assert "accept/" not in page.content.decode()
    assert browser.post(f"/acme/quotes/{quote.pk}/accept/").status_code in (403, 404)

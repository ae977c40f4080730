"""The editor: every change is priced and saved by the server, with or without script."""

from decimal import Decimal

import pytest

from crm.tenancy.context import tenant_context
from orders.drafts import LineDraft
from orders.models import Order, PriceBook
from tests.orders.world import a_draft, a_product, save

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def desk(cast, sign_in):
    """A draft of one line, and the browser of the rep who writes it."""
    with tenant_context(cast.organization.id):
        order = a_draft(cast.agent)
    return cast, order, sign_in(cast.agent)


def form_of(cast, order, **changes):
    """What the editor's page would post."""
    with tenant_context(cast.organization.id):
        order = Order.objects.get(pk=order.pk)
        lines = [LineDraft.of(line) for line in order.lines.order_by("position")]
        return {
            "version": order.version,
            "contact": order.contact_id,
            "contract_number": order.contract_number,
            "payment_terms": order.payment_terms,
            "order_date": "2026-11-02",
            "currency": order.currency,
            "is_tax_inclusive": "on",
            "line": [line.id for line in lines],
            "product": [line.product_id for line in lines],
            "description": [line.description for line in lines],
            "quantity": [str(line.quantity) for line in lines],
            "agreed_price": ["" for line in lines],
            "discount": ["" for line in lines],
        } | changes


def saved(cast, order):
    with tenant_context(cast.organization.id):
        order = Order.objects.get(pk=order.pk)
        order.shown = list(
            order.lines.order_by("position").values_list("product__code", "quantity")
        )
        return order


def test_the_plain_form_saves_and_closes(desk):
    cast, order, browser = desk
    url = f"/acme/orders/{order.pk}/edit/"
    answer = browser.post(url, form_of(cast, order, quantity=["12"], op="save"))
    assert answer.status_code == 302
    assert answer.url == f"/acme/orders/{order.pk}/"
    assert saved(cast, order).gross_amount == Decimal("13560.00")


def test_typing_answers_with_figures_only(desk):
    cast, order, browser = desk
    url = f"/acme/orders/{order.pk}/edit/?op=autosave"
    answer = browser.post(url, form_of(cast, order, quantity=["１，200"]), **HTMX)
    page = answer.content.decode()
    assert "¥1,356,000.00" in page
    assert 'id="row-0-figures" hx-swap-oob="true"' in page
    assert "<form" not in page
    assert saved(cast, order).gross_amount == Decimal("1356000.00")


def test_what_cannot_be_priced_is_not_saved_and_says_why(desk):
    cast, order, browser = desk
    url = f"/acme/orders/{order.pk}/edit/?op=autosave"
    page = browser.post(url, form_of(cast, order, quantity=["many"]), **HTMX).content.decode()
    assert "Not saved." in page
    assert "Enter a number." in page
    assert saved(cast, order).gross_amount == Decimal("11300.00")


def test_lines_are_added_moved_and_removed(desk):
    cast, order, browser = desk
    with tenant_context(cast.organization.id):
        other = a_product("TZ-200")
    url = f"/acme/orders/{order.pk}/edit/"
    browser.post(url, form_of(cast, order, op=f"add:{other.pk}"), **HTMX)
    assert saved(cast, order).shown == [("TZ-100", 10), ("TZ-200", 1)]
    browser.post(url, form_of(cast, order, op="up:1"), **HTMX)
    assert saved(cast, order).shown == [("TZ-200", 1), ("TZ-100", 10)]
    answer = browser.post(url, form_of(cast, order, op="remove:0"))
    assert answer.status_code == 200
    assert saved(cast, order).shown == [("TZ-100", 10)]


def test_a_stale_page_shows_both_versions_and_can_keep_its_own(desk):
    cast, order, browser = desk
    mine = form_of(cast, order, quantity=["20"])
    with tenant_context(cast.organization.id, member_id=cast.manager.pk):
        save(order, *[LineDraft.of(line) for line in order.lines.all()], notes="急件")
    url = f"/acme/orders/{order.pk}/edit/"
    page = browser.post(f"{url}?op=autosave", mine, **HTMX).content.decode()
    assert "马经理 changed this while you were writing" in page
    assert "急件" in page
    assert saved(cast, order).shown == [("TZ-100", 10)]
    browser.post(url, mine | {"op": f"overwrite:{saved(cast, order).version}"}, **HTMX)
    assert saved(cast, order).shown == [("TZ-100", 20)]


def test_products_are_found_by_code_and_pinyin(desk):
    cast, order, browser = desk
    with tenant_context(cast.organization.id):
        a_product("VA-9", name="电磁阀", sort_key="dian ci fa")
    url = f"/acme/orders/{order.pk}/products/"
    for text in ("va", "dianci", "磁"):
        assert "电磁阀" in browser.get(url, {"q": text}, **HTMX).content.decode()


def test_save_and_submit_in_one_step(desk):
    cast, order, browser = desk
    url = f"/acme/orders/{order.pk}/edit/"
    assert browser.post(url, form_of(cast, order, op="submit")).status_code == 302
    assert saved(cast, order).status == "submitted"


def test_an_order_in_approval_has_no_editor(desk):
    cast, order, browser = desk
    url = f"/acme/orders/{order.pk}/edit/"
    browser.post(url, form_of(cast, order, op="submit"))
    assert browser.get(url).status_code == 302


def test_a_price_book_of_another_currency_is_refused(desk):
    cast, order, browser = desk
    with tenant_context(cast.organization.id):
        book = PriceBook.objects.create(name="Export", currency="USD")
    url = f"/acme/orders/{order.pk}/edit/?op=autosave"
    page = browser.post(url, form_of(cast, order, price_book=book.pk), **HTMX).content.decode()
    assert "This price book is in US dollar." in page

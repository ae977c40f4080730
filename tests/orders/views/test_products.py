"""The catalogue: seen by whoever sells, changed by administrators and finance."""

from decimal import Decimal

import pytest

from crm.tenancy.context import tenant_context
from orders.models import PriceBook, PriceBookEntry, Product
from tests.orders.world import a_price_book, a_product

PRODUCT = {
    "name": "伺服电机",
    "code": "SV-1",
    "category": "电机",
    "unit": "台",
    "list_price": "1200",
    "floor_price": "900",
    "tax_rate": "13",
    "currency": "CNY",
}


@pytest.mark.parametrize(("part", "status"), [("finance", 302), ("owner", 302), ("agent", 403)])
def test_who_may_add_a_product(cast, sign_in, part, status):
    browser = sign_in(cast.members[part])
    assert browser.post("/acme/products/new/", PRODUCT).status_code == status
    assert browser.get("/acme/products/").status_code == 200


def test_a_code_is_given_once(cast, sign_in):
    browser = sign_in(cast.finance)
    browser.post("/acme/products/new/", PRODUCT)
    answer = browser.post("/acme/products/new/", PRODUCT)
    assert answer.status_code == 422
    assert "Another product has this code." in answer.content.decode()


def test_the_floor_is_not_above_the_list_price(cast, sign_in):
    answer = sign_in(cast.finance).post("/acme/products/new/", PRODUCT | {"floor_price": "1300"})
    assert answer.status_code == 422


def test_archived_products_are_not_offered(cast, sign_in):
    with tenant_context(cast.organization.id):
        product = a_product()
    browser = sign_in(cast.finance)
    assert browser.post(f"/acme/products/{product.pk}/archive/").status_code == 302
    with tenant_context(cast.organization.id):
        assert not Product.objects.get().is_active
    assert browser.post(f"/acme/products/{product.pk}/restore/").status_code == 302


def test_prices_of_a_book(cast, sign_in):
    with tenant_context(cast.organization.id):
        product = a_product()
        book = a_price_book(product, ("10", "1000"))
    browser = sign_in(cast.finance)
    url = f"/acme/price-books/{book.pk}/prices/new/"
    price = {"product": product.pk, "min_quantity": "100", "unit_price": "950"}
    assert browser.get(url).status_code == 200
    assert browser.post(url, price).status_code == 302
    wrong = price | {"valid_from": "2026-12-01", "valid_until": "2026-11-01"}
    assert browser.post(url, wrong).status_code == 422
    page = browser.get(f"/acme/price-books/{book.pk}/").content.decode()
    assert "¥950.00" in page
    with tenant_context(cast.organization.id):
        entry = PriceBookEntry.objects.get(unit_price=Decimal(950))
    assert browser.get(f"/acme/prices/{entry.pk}/").status_code == 200
    assert browser.post(f"/acme/prices/{entry.pk}/remove/").status_code == 302
    assert browser.get(f"/acme/products/{product.pk}/").status_code == 200


def test_one_default_book_per_currency(cast, sign_in):
    browser = sign_in(cast.finance)
    for name in ("标准价", "渠道价"):
        book = {"name": name, "currency": "CNY", "is_default": "on", "is_active": "on"}
        assert browser.post("/acme/price-books/new/", book).status_code == 302
    with tenant_context(cast.organization.id):
        assert [book.name for book in PriceBook.objects.filter(is_default=True)] == ["渠道价"]
    assert browser.get("/acme/price-books/").status_code == 200

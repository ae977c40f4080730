"""A price explains itself: list → book → discounts → floor → tax."""

from datetime import date
from decimal import Decimal as D

import pytest

from orders.pricing import (
    Customer,
    Line,
    PriceBook,
    PriceEntry,
    PriceExplanation,
    PricingError,
    Product,
    ReasonCode,
    price,
)

MAY = date(2026, 5, 1)
PUMP = Product("PUMP", list_price=D(100), tax_rate=D("0.13"), floor_price=D(80))
BOOK = PriceBook(
    "2026",
    (
        PriceEntry("PUMP", D(95)),
        PriceEntry("PUMP", D(90), min_quantity=D(10)),
        PriceEntry("PUMP", D(85), valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 18)),
        PriceEntry("PUMP", D(93), customer_level="A"),
    ),
)


def quote(
    quantity: int = 1,
    *,
    discount: str = "0",
    agreed: str | None = None,
    product: Product = PUMP,
    book: PriceBook = BOOK,
    customer: Customer | None = None,
    on: date = MAY,
) -> PriceExplanation:
    line = Line(product, D(quantity), D(discount), None if agreed is None else D(agreed))
    return price(line, book, customer or Customer(), on)


@pytest.mark.parametrize(
    ("quantity", "level", "on", "unit_price"),
    [
        (1, "", MAY, "95"),
        (9, "", MAY, "95"),
        (10, "", MAY, "90"),
        (1, "", date(2026, 6, 1), "85"),
        (1, "", date(2026, 6, 18), "85"),
        (1, "", date(2026, 6, 19), "95"),
        (1, "A", MAY, "93"),
        (1, "B", MAY, "95"),
    ],
)
def test_the_book_entry_that_fits_best(
    quantity: int, level: str, on: date, unit_price: str
) -> None:
    assert quote(quantity, customer=Customer(level), on=on).unit_price == D(unit_price)


def test_every_step_leaves_a_trace() -> None:
    explained = quote(12, discount="0.15", customer=Customer(discount_rate=D("0.02")))
    assert [(step.code, step.unit_price, step.change) for step in explained.steps] == [
        (ReasonCode.LIST_PRICE, D(100), D(0)),
        (ReasonCode.BOOK_PRICE, D(90), D(-10)),
        (ReasonCode.CUSTOMER_DISCOUNT, D("88.2"), D("-1.8")),
        (ReasonCode.LINE_DISCOUNT, D("74.97"), D("-13.23")),
        (ReasonCode.BELOW_FLOOR, D("74.97"), D(0)),
        (ReasonCode.TAX_INCLUDED, D("74.97"), D(0)),
    ]
    assert explained.steps[4].params == {"floor": "80", "missing": "5.0300"}


def test_tax_within_the_price() -> None:
    explained = quote(3)
    assert (explained.net, explained.tax, explained.gross) == (D("252.21"), D("32.79"), D("285.00"))


def test_tax_on_top_of_the_price() -> None:
    explained = quote(3, book=PriceBook("net", (PriceEntry("PUMP", D(95)),), includes_tax=False))
    assert (explained.net, explained.tax, explained.gross) == (D("285.00"), D("37.05"), D("322.05"))
    assert explained.steps[-1].code == ReasonCode.TAX_ADDED


@pytest.mark.parametrize(("rate", "tax"), [("0.13", "11.50"), ("0.09", "8.26"), ("0.06", "5.66")])
def test_the_three_rates(rate: str, tax: str) -> None:
    product = Product("X", D(100), D(rate))
    assert quote(product=product, book=PriceBook("empty")).tax == D(tax)


def test_discount_is_what_the_customer_saves() -> None:
    explained = quote(10, discount="0.1")
    assert (explained.before_discount, explained.discount) == (D("900.00"), D("90.00"))


def test_a_price_below_the_floor_is_flagged_and_kept() -> None:
    assert quote(agreed="79.99").is_below_floor
    assert quote(agreed="79.99").unit_price == D("79.99")
    assert not quote(agreed="80").is_below_floor


def test_an_agreed_price_takes_no_customer_discount() -> None:
    explained = quote(agreed="88", customer=Customer(discount_rate=D("0.5")))
    assert explained.unit_price == D(88)


def test_no_floor_is_said() -> None:
    explained = quote(product=Product("X", D(10), D("0.06")))
    assert ReasonCode.NO_FLOOR in {step.code for step in explained.steps}
    assert not explained.is_below_floor


def test_without_a_book_entry_the_list_price_holds() -> None:
    explained = quote(book=PriceBook("empty"))
    assert explained.unit_price == D(100)
    assert explained.steps[1].code == ReasonCode.NO_BOOK_PRICE


def test_an_agreed_price_is_enough() -> None:
    assert quote(product=Product("X", None, D("0.06")), agreed="7").unit_price == D(7)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": Product("X", None, D("0.06"))}, "no_price"),
        ({"product": Product("X", D(1), D("0.06"), currency="USD")}, "wrong_currency"),
        ({"product": Product("X", D(1), D(13))}, "bad_tax_rate"),
        ({"discount": "1.1"}, "bad_discount"),
        ({"discount": "-0.1"}, "bad_discount"),
        ({"agreed": "-1"}, "negative_price"),
    ],
)
def test_no_price_without_an_honest_answer(change: dict[str, object], code: str) -> None:
    with pytest.raises(PricingError) as error:
        quote(**change)
    assert error.value.code == code

"""What the lines show and what the order says is the same sum."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.pricing import (
    TAX_RATES,
    Customer,
    Line,
    PriceBook,
    PriceExplanation,
    PricingError,
    Product,
    price,
    round_money,
    total,
)

CENT = D("0.01")
amounts = st.decimals(D(0), D(10**7), places=4)
rates = st.sampled_from(TAX_RATES)


@st.composite
def explanations(draw: st.DrawFn, includes_tax: bool | None = None) -> PriceExplanation:
    with_tax = draw(st.booleans()) if includes_tax is None else includes_tax
    line = Line(
        Product("X", draw(amounts), draw(rates), floor_price=draw(st.none() | amounts)),
        quantity=draw(st.decimals(D(0), D(9999), places=3)),
        discount_rate=draw(st.decimals(D(0), D(1), places=4)),
    )
    book = PriceBook("book", includes_tax=with_tax)
    return price(line, book, Customer(discount_rate=draw(st.just(D("0.03")))), date(2026, 1, 1))


@given(explanations())
def test_net_and_tax_make_gross_and_tax_is_right_to_the_cent(line: PriceExplanation) -> None:
    assert line.net + line.tax == line.gross
    assert abs(line.net * line.tax_rate - line.tax) <= CENT
    assert {amount.as_tuple().exponent for amount in (line.net, line.tax, line.gross)} == {-2}


@given(explanations())
def test_the_steps_lead_to_the_price(line: PriceExplanation) -> None:
    start, *rest = line.steps
    assert start.unit_price + sum(step.change for step in rest) == line.unit_price
    assert rest[-1].unit_price == line.unit_price
    shown = line.gross if line.includes_tax else line.net
    assert line.before_discount - line.discount == shown


@given(st.lists(explanations(), max_size=8))
def test_totals_are_the_sums_of_the_lines_in_all_and_by_rate(
    lines: list[PriceExplanation],
) -> None:
    totals = total(lines)
    for name in ("net", "tax", "gross", "discount", "before_discount"):
        assert getattr(totals, name) == sum(getattr(line, name) for line in lines)
    for name in ("net", "tax", "gross"):
        assert getattr(totals, name) == sum(getattr(group, name) for group in totals.tax_groups)
    assert totals.net + totals.tax == totals.gross
    assert [group.rate for group in totals.tax_groups] == sorted(
        {line.tax_rate for line in lines}, reverse=True
    )


def test_nothing_costs_nothing() -> None:
    assert (total([]).gross, total([]).tax_groups) == (D("0.00"), ())


def test_currencies_do_not_mix() -> None:
    lines = [
        price(
            Line(Product("X", D(1), D("0.13"), currency=currency), D(1)),
            PriceBook("book", currency=currency),
            Customer(),
            date(2026, 1, 1),
        )
        for currency in ("CNY", "USD")
    ]
    with pytest.raises(PricingError, match="mixed_currencies"):
        total(lines)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.004", "0.00"),
        ("-0.005", "-0.01"),
        ("-0.001", "0.00"),
        ("2.675", "2.68"),
    ],
)
def test_half_a_cent_is_rounded_up(amount: str, rounded: str) -> None:
    assert str(round_money(D(amount))) == rounded


@given(st.decimals(D(-(10**9)), D(10**9), places=5))
def test_rounding_twice_changes_nothing(amount: D) -> None:
    once = round_money(amount)
    assert round_money(once) == once
    assert abs(once - amount) <= CENT / 2

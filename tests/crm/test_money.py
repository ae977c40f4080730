from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm.money import from_minor, round_money, to_minor

amounts = st.decimals(
    min_value=Decimal("-9999999999"), max_value=Decimal("9999999999"), places=4, allow_nan=False
)


def test_halves_go_away_from_zero():
    assert round_money("0.125") == Decimal("0.13")
    assert round_money("-0.125") == Decimal("-0.13")
    assert round_money("2.675") == Decimal("2.68")


@given(amounts)
def test_minor_units_keep_the_rounded_amount(amount):
    assert from_minor(to_minor(amount)) == round_money(amount)


@given(amounts, amounts)
def test_sums_of_rounded_amounts_are_exact(one, other):
    total = from_minor(to_minor(one) + to_minor(other))
    assert total == round_money(one) + round_money(other)

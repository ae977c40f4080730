from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.enums import PaymentTerms
from payments.terms import TERMS, instalments_of, split_amount

APPROVED = date(2026, 11, 2)
amounts = st.decimals("0.01", "9999999999.99", places=2)


def test_every_term_an_order_can_have_makes_a_whole():
    assert set(TERMS) == set(PaymentTerms.values)
    assert all(sum(term.percent for term in terms) == 100 for terms in TERMS.values())


@given(amounts, st.sampled_from(PaymentTerms.values))
def test_instalments_always_make_the_total(total, terms):
    parts = instalments_of(terms=terms, total=total, approved_on=APPROVED, delivery_on=None)
    assert sum(part.amount for part in parts) == total
    assert all(part.amount > 0 for part in parts)


@given(amounts, st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_only_the_last_share_carries_the_rounding(total, weights):
    percents = [Decimal(100 * one) / sum(weights) for one in weights]
    shares = split_amount(total, percents)
    assert sum(shares) == total
    assert all(
        abs(share - total * percent / 100) <= Decimal("0.005")
        for share, percent in zip(shares[:-1], percents[:-1], strict=True)
    )


def test_thirty_seventy_is_due_a_week_after_approval_and_at_delivery():
    deposit, balance = instalments_of(
        terms="prepaid_30_70",
        total=Decimal("999.99"),
        approved_on=APPROVED,
        delivery_on=date(2026, 12, 20),
    )
    assert (deposit.amount, balance.amount) == (Decimal("300.00"), Decimal("699.99"))
    assert (deposit.due_date, balance.due_date) == (date(2026, 11, 9), date(2026, 12, 20))


@pytest.mark.parametrize("delivery_on", [None, date(2026, 10, 1)])
def test_nothing_is_due_before_the_advance(delivery_on):
    deposit, balance = instalments_of(
        terms="prepaid_30_70", total=Decimal(10), approved_on=APPROVED, delivery_on=delivery_on
    )
    assert deposit.due_date <= balance.due_date

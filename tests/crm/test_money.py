from decimal import Decimal

import pytest
from django.db.models import F, Sum

from crm.money import MoneyField, round_money
from leads.models import Customer, Opportunity, Stage


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("1", "1.00"), ("2.675", "2.68")]
)
def test_halves_go_away_from_zero(value, rounded):
    assert round_money(value) == Decimal(rounded)


def test_sums_and_differences_of_money_are_money(tenant):
    customer = Customer.objects.create(number="C-1", name="同光")
    stage = Stage.objects.create(code="x", name="x")
    Opportunity.objects.create(
        number="O-1",
        name="x",
        customer=customer,
        stage=stage,
        stage_changed_at="2026-11-21T00:00:00Z",
        amount=Decimal("12.34"),
    )
    both = F("amount") + F("amount")
    none = F("amount") - F("amount")
    found = Opportunity.objects.aggregate(both=Sum(both), none=Sum(none), one=Sum("amount"))
    assert found == {"both": Decimal("24.68"), "none": Decimal(0), "one": Decimal("12.34")}
    row = Opportunity.objects.annotate(both=both).get()
    assert row.both == Decimal("24.68")
    assert isinstance(Opportunity._meta.get_field("amount"), MoneyField)

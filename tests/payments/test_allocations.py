"""What the database refuses about money, whatever Python does."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone

from payments.models import Allocation, Instalment, StatementLine


def allocate(line, instalment, amount, **more):
    return Allocation.objects.create(
        line=line,
        instalment=instalment,
        amount=Decimal(amount),
        source="manual",
        at=timezone.now(),
        **more,
    )


def refused(match):
    return pytest.raises(IntegrityError, match=match)


@pytest.fixture
def deposit(plan):
    return plan.instalments.get(position=1)


def test_an_allocation_adds_to_both_sums(deposit, new_line):
    line = new_line("5000.00")
    allocate(line, deposit, "1200.50")
    allocate(line, deposit, "0.50")
    line.refresh_from_db()
    deposit.refresh_from_db()
    assert (line.matched_amount, deposit.paid_amount) == (Decimal("1201.00"), Decimal("1201.00"))


@pytest.mark.parametrize("change", ["update", "delete"])
def test_an_allocation_cannot_be_changed_or_deleted(deposit, new_line, change):
    allocate(new_line("100.00"), deposit, "100.00")
    rows = Allocation.objects.all()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows.update(amount=Decimal(1)) if change == "update" else rows._raw_delete(rows.db)


def test_a_line_gives_no_more_than_its_amount(deposit, new_line):
    line = new_line("100.00")
    allocate(line, deposit, "60.00")
    with refused("line_not_over_allocated"), transaction.atomic():
        allocate(line, deposit, "40.01")


def test_an_instalment_takes_no_more_than_its_amount(deposit, new_line):
    with refused("instalment_not_overpaid"), transaction.atomic():
        allocate(new_line("5000.00"), deposit, "3000.01")


def test_money_that_went_out_pays_nothing(deposit, new_line):
    with refused("line_not_over_allocated"), transaction.atomic():
        allocate(new_line("-100.00"), deposit, "100.00")


def test_currencies_do_not_mix(deposit, new_line):
    with refused("different|differ in currency"), transaction.atomic():
        allocate(new_line("100.00", currency="USD"), deposit, "100.00")


def test_a_reversal_mirrors_its_allocation_and_comes_once(deposit, new_line):
    line = new_line("100.00")
    original = allocate(line, deposit, "100.00")
    with refused("mirror"), transaction.atomic():
        allocate(line, deposit, "-99.00", reverses=original)
    allocate(line, deposit, "-100.00", reverses=original)
    with refused("allocation_reversed_once"), transaction.atomic():
        allocate(line, deposit, "-100.00", reverses=original)
    line.refresh_from_db()
    assert line.matched_amount == 0


def test_a_negative_allocation_needs_something_to_reverse(deposit, new_line):
    with refused("allocation_sign_fits"), transaction.atomic():
        allocate(new_line("100.00"), deposit, "-1.00")


@pytest.mark.parametrize("model", [Instalment, StatementLine])
def test_the_derived_sums_cannot_be_typed(deposit, new_line, model):
    new_line("100.00")
    column = "paid_amount" if model is Instalment else "matched_amount"
    with refused("sum of allocations"), transaction.atomic():
        model.objects.update(**{column: Decimal(1)})


def test_the_facts_of_a_line_never_change(new_line):
    line = new_line("100.00")
    for change in ({"amount": Decimal(7)}, {"memo": "x"}, {"counterparty_name": "x"}):
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            StatementLine.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        line.delete()


def test_the_same_line_never_enters_twice(new_line):
    new_line("100.00", fingerprint="same")
    with refused("bank_line_once"), transaction.atomic():
        new_line("100.00", fingerprint="same")


def test_instalments_that_do_not_make_the_plan_are_refused_at_commit(plan):
    with refused("make"), transaction.atomic():
        plan.instalments.filter(position=1).update(amount=Decimal("2999.99"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_plan_without_instalments_is_refused_at_commit(plan):
    with refused("make"), transaction.atomic():
        plan.instalments.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from payments.enums import InstalmentStatus
from payments.models import Allocation, Instalment
from payments.selectors.status import (
    derive_status,
    status_condition,
    status_of,
    with_status,
)

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("paid", "days", "expected"),
    [
        ("100", -30, "paid"),
        ("0", -1, "overdue"),
        ("99.99", -1, "overdue"),
        ("0.01", 0, "part_paid"),
        ("50", 90, "part_paid"),
        ("0", 0, "due"),
        ("0", 7, "due"),
        ("0", 8, "upcoming"),
    ],
)
def test_the_rule(paid, days, expected):
    status = derive_status(
        amount=Decimal(100),
        paid=Decimal(paid),
        due_date=TODAY + timedelta(days=days),
        today=TODAY,
    )
    assert status == expected


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(paid=st.integers(0, 300_000), days=st.integers(-400, 400))
@example(paid=0, days=7)
@example(paid=300_000, days=-1)
@example(paid=299_999, days=0)
def test_python_and_the_database_say_the_same(plan, new_line, paid, days):
    """The rule in Python, as a column and as a filter: three voices, one answer."""
    row = plan.instalments.get(position=1)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT example")
    try:
        Instalment.objects.filter(pk=row.pk).update(due_date=TODAY + timedelta(days=days))
        if paid:
            Allocation.objects.create(
                line=new_line("3000.00"),
                instalment=row,
                amount=Decimal(paid) / 100,
                source="manual",
                at=timezone.now(),
            )
        found = with_status(Instalment.objects.filter(pk=row.pk), TODAY).get()
        assert found.status == status_of(found, TODAY)
        assert found.owed_amount == found.open_amount
        fitting = [
            status
            for status in InstalmentStatus
            if Instalment.objects.filter(status_condition(status, TODAY), pk=row.pk).exists()
        ]
        assert fitting == [found.status]
        total = sum(Allocation.objects.filter(instalment=row).values_list("amount", flat=True))
        assert found.paid_amount == total
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT example")

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from crm.numbering import take_number, take_numbers
from crm.tenancy.context import tenant_context


def test_numbers_run_on_within_a_series(tenant):
    first = take_number("L")
    assert first.endswith("-000001")
    assert take_numbers("L", 3)[-1].endswith("-000004")
    assert take_number("C").endswith("-000001")


def test_each_organisation_counts_for_itself(cast, other_cast):
    for one in (cast, other_cast):
        with tenant_context(one.organization.id):
            assert take_number("L").endswith("-000001")


@pytest.mark.slow
def test_two_people_at_once_never_get_one_number(real_transactions, cast_committed):
    def take(_turn: int) -> str:
        try:
            with tenant_context(cast_committed.organization.id):
                return take_number("L")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        numbers = list(people.map(take, range(40)))
    assert len(set(numbers)) == 40

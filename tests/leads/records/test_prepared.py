"""Statements that are planned once per connection behave like any other of Django's."""

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leads.selectors.prepared import fetch_prepared

ROWS = (
    "SELECT n, n::text, ARRAY['a', n::text], n > 1 FROM unnest(%s::bigint[]) AS n WHERE n < %s::int"
)
DIVIDED = "SELECT 1 / %s::int"


def test_values_go_there_and_back(tenant):
    for _time in range(2):
        assert fetch_prepared(ROWS, [[1, 2, 3], 3]) == [
            (1, "1", ["a", "1"], False),
            (2, "2", ["a", "2"], True),
        ]
    assert fetch_prepared(ROWS, [[], 3]) == []


def test_whoever_counts_queries_counts_these_too(tenant):
    with CaptureQueriesContext(connection) as asked:
        fetch_prepared(DIVIDED, [1])
        fetch_prepared(DIVIDED, [1])
    assert [one["sql"] for one in asked] == [DIVIDED, DIVIDED]


def test_a_refusal_of_the_server_is_djangos(tenant):
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        fetch_prepared(DIVIDED, [0])
    assert fetch_prepared(DIVIDED, [1]) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_anew_and_begins_what_django_promised():
    assert fetch_prepared(DIVIDED, [1]) == [(1,)]
    connection.close()
    with transaction.atomic():
        (first,) = fetch_prepared("SELECT txid_current() + %s::int", [0])
        assert fetch_prepared("SELECT txid_current() + %s::int", [0]) == [first]

"""Lists as the database reads them."""

import pytest
from django.db import connection

from crm import arrays

TEXTS = ["", "a,b", 'say "no"', "back\\slash", "{curly}", "NULL", "两 行\n", "'quoted'", "100%s"]


def read(kind: str, written: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array_agg(one) FROM unnest(%s::{kind}[]) AS one", [written])
        return cursor.fetchone()[0] or []


@pytest.mark.django_db
class TestRoundTrip:
    def test_texts_come_back_as_they_were(self):
        assert read("text", arrays.of_texts(TEXTS)) == TEXTS

    def test_numbers_with_gaps(self):
        numbers = [1, None, -(2**63), 2**63 - 1]
        assert read("bigint", arrays.of_numbers(numbers)) == numbers

    def test_flags_and_nothing(self):
        assert read("bool", arrays.of_flags([True, False])) == [True, False]
        assert read("bigint", arrays.of_numbers([])) == []

import pytest
from django.core.management import call_command
from django.db import connection

from crm.tenancy.checks import ROLE_QUERY, role_errors

GOOD = (False, False, False, "UTF8/C.UTF-8")


def test_the_test_database_passes_its_own_check(db):
    with connection.cursor() as cursor:
        cursor.execute(ROLE_QUERY)
        assert role_errors(*cursor.fetchone()) == []
    call_command("check", databases=["default"])


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ((True, False, False, "UTF8/C.UTF-8"), "tenancy.E001"),
        ((False, True, False, "UTF8/C.UTF-8"), "tenancy.E001"),
        ((False, False, True, "UTF8/C.UTF-8"), "tenancy.E002"),
        ((False, False, False, "UTF8/C"), "tenancy.E003"),
        ((False, False, False, "SQL_ASCII/C.UTF-8"), "tenancy.E003"),
    ],
)
def test_an_unsafe_database_is_refused(state, error):
    assert [found.id for found in role_errors(*state)] == [error]


@pytest.mark.parametrize("ctype", ["C.UTF-8", "zh_CN.utf8", "en_US.UTF-8"])
def test_any_utf8_locale_will_do(ctype):
    assert role_errors(False, False, False, f"UTF8/{ctype}") == []


def test_chinese_is_seen_by_fuzzy_search(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('上海华信'))")
        assert cursor.fetchone()[0] > 0

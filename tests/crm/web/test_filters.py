"""Filters turn an address into a query and into words, and never into an error."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crm.people.models import Member
from crm.web.formats import Formats
from crm.web.tables import AmountFilter, DateFilter, MemberFilter, Scope
from crm.web.tables.periods import period, periods

SCOPE = Scope(
    member_id=7,
    formats=Formats("zh", ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 21, 17, 30, tzinfo=UTC)),
)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("today", date(2026, 11, 22), date(2026, 11, 23)),
        ("week", date(2026, 11, 16), date(2026, 11, 23)),
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
        ("last-week", date(2026, 11, 9), date(2026, 11, 16)),
        ("last-month", date(2026, 10, 1), date(2026, 11, 1)),
        ("last-quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("last-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("fiscal-year", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-01-01..2026-01-31", date(2026, 1, 1), date(2026, 2, 1)),
        ("2026-01-01..", date(2026, 1, 1), None),
        ("nonsense", None, None),
        ("x..y", None, None),
    ],
)
def test_a_period_is_half_open(name, start, end):
    assert period(name, TODAY) == (start, end)


@pytest.mark.parametrize(
    ("today", "name", "start", "end"),
    [
        (date(2026, 11, 22), "fiscal-year", date(2026, 4, 1), date(2027, 4, 1)),
        (date(2026, 3, 31), "fiscal-year", date(2025, 4, 1), date(2026, 4, 1)),
        (date(2026, 3, 31), "last-fiscal-year", date(2024, 4, 1), date(2025, 4, 1)),
        (date(2026, 4, 1), "fiscal-quarter", date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 4, 1), "year", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_fiscal_period_begins_with_the_organisations_month(today, name, start, end):
    assert period(name, today, 4) == (start, end)


def test_a_fiscal_quarter_is_counted_from_the_fiscal_year():
    assert period("fiscal-quarter", TODAY, 3) == (date(2026, 9, 1), date(2026, 12, 1))


def test_fiscal_periods_are_offered_where_they_are_not_the_calendars():
    offered = [{name for name, _words in periods(month)} for month in (1, 4, 3)]
    assert not any(name.startswith("fiscal") for name in offered[0])
    assert ("fiscal-year" in offered[1], "fiscal-quarter" in offered[1]) == (True, False)
    assert {"fiscal-quarter", "fiscal-year", "last-fiscal-year"} <= offered[2]


def test_the_list_knows_the_organisations_fiscal_year(tenant, sign_in):
    tenant.organization.fiscal_year_start = 4
    tenant.organization.save(update_fields=["fiscal_year_start"])
    leads, client = f"/{tenant.organization.slug}/leads/", sign_in(tenant.owner)
    page = client.get(f"{leads}?panel=filters", headers={"hx-request": "true"})
    assert "This fiscal year" in page.content.decode()
    page = client.get(f"{leads}?created_at=last-fiscal-year")
    assert "Last fiscal year" in page.content.decode()


def test_a_day_begins_on_the_readers_clock():
    condition = DateFilter("joined_at", "Joined").condition(["today"], SCOPE)
    bounds = dict(condition.children)
    assert bounds["joined_at__gte"].astimezone(UTC) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert bounds["joined_at__lt"].astimezone(UTC) == datetime(2026, 11, 22, 16, tzinfo=UTC)


def test_me_means_the_member_who_looks():
    condition = MemberFilter("owner", "Owner").condition(["me", "9", "drop table"], SCOPE)
    assert condition.children == [("owner_id__in", [9, 7])]


def test_nobody_means_no_owner():
    condition = MemberFilter("owner", "Owner").condition(["-"], SCOPE)
    assert ("owner_id__isnull", True) in condition.children


@given(st.text(max_size=20), st.text(max_size=20))
def test_nonsense_narrows_nothing_and_raises_nothing(start, end):
    query = QueryDict(mutable=True)
    query["n-from"], query["n-to"] = start, end
    for one in (AmountFilter("n", "N"), DateFilter("n", "N")):
        values = one.values(query)
        if values:
            one.condition(values, SCOPE)
            with translation.override("en"):
                one.words(values, SCOPE)


def test_the_query_runs(tenant):
    scope = Scope(member_id=tenant.agent.pk, formats=Formats.current())
    found = DateFilter("joined_at", "Joined").apply(Member.objects.all(), ["today"], scope)
    assert found.count() == Member.objects.count()

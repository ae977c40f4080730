"""Many days at once, as people write them."""

from datetime import date

import pytest

from crm.people import public_holidays
from crm.people.models import CalendarDay, DayKind
from crm.people.services import calendars as services
from crm.people.views.calendars import unknown_year
from crm.people.working_hours import working_time_of
from crm.people.written_days import NotUnderstood, read_days
from crm.tenancy.context import tenant_context

MANY = "/acme/absences/calendar/days/many/"
OFF, WORKING = DayKind.OFF, DayKind.WORKING


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("2027-02-05 off", OFF, ""),
        ("2027/2/5,OFF,Spring Festival", OFF, "Spring Festival"),
        ("2027年2月5日 放假 春节", OFF, "春节"),
        ("2027-02-05\t班\t调休", WORKING, "调休"),
        ("2027.2.5；working； 补班 上午 ", WORKING, "补班 上午"),
    ],
)
def test_a_line_is_read_as_it_is_written(line, kind, name):
    (found,) = read_days(line)
    assert (found.date, found.kind, found.name) == (date(2027, 2, 5), kind, name)


@pytest.mark.parametrize("sign", ["~", " ~ ", "至", " to ", " - "])
def test_a_stretch_is_every_day_of_it(sign):
    found = read_days(f"# notice\n\n2027-02-27{sign}2027-03-02 休 春节")
    assert [one.date.day for one in found] == [27, 28, 1, 2]


def test_the_last_line_about_a_day_counts():
    found = read_days("2027-02-05 ~ 2027-02-07 off\n2027-02-06 班")
    assert [one.kind for one in found] == [OFF, WORKING, OFF]


@pytest.mark.parametrize(
    "line",
    [
        "2027-02-30 off",
        "2027-02-05",
        "off 2027-02-05",
        "2027-02-05 maybe",
        "2027-02-05 ~ 2027-02-01 off",
        "2027-02-05 ~ 2028-02-05 off",
        "2027-02-05 offside",
    ],
)
def test_what_is_no_day_is_named(line):
    with pytest.raises(NotUnderstood) as caught:
        read_days(f"2027-01-01 off\n{line}")
    assert caught.value.number == 2


def test_pasted_days_count_at_once_or_none_of_them(cast, sign_in):
    browser = sign_in(cast.owner)
    assert browser.post(MANY, {"days": "2027-02-05 off 春节\nnonsense"}).status_code == 422
    with tenant_context(cast.organization.id):
        assert not CalendarDay.objects.exists()
    answer = browser.post(MANY, {"days": "2027-02-05 ~ 2027-02-06 off 春节\n2027-02-07 班"})
    assert answer.headers["Location"].endswith("?year=2027")
    with tenant_context(cast.organization.id):
        working = working_time_of()
        worked = [working.is_working_day(date(2027, 2, day)) for day in (5, 6, 7)]
    assert worked == [False, False, True]
    assert sign_in(cast.manager).post(MANY, {"days": "2027-02-08 off"}).status_code == 403
    page = browser.get("/acme/absences/calendar/?year=2028").content.decode()
    assert "Enter many days" in page


@pytest.mark.parametrize(
    ("year", "today", "wanted"),
    [
        (2026, date(2026, 10, 31), None),
        (2026, date(2026, 11, 1), 2027),
        (2027, date(2026, 3, 1), 2027),
        (2025, date(2026, 11, 5), None),
    ],
)
def test_the_calendar_says_which_year_is_not_known_yet(tenant, monkeypatch, year, today, wanted):
    monkeypatch.setattr(public_holidays, "LAST_YEAR", 2026)
    assert unknown_year(year, today) == wanted
    services.save_days(read_days("2027-02-05 ~ 2027-02-11 off 春节"))
    assert unknown_year(year, today) is None

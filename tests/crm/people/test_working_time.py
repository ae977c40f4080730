"""The laws of working time, in zones with and without a change of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.people.week import BadHours, load_week, read_spans, store_week, usual_week, write_spans
from crm.people.working_time import NoWorkingTime, WorkingTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
# half an hour of summer time, a gap at midnight, an hour at night
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
ZONES += ["America/Santiago", "Africa/Cairo", "UTC"]
USUAL = load_week(usual_week())
HOLIDAYS = {date(2026, 10, 1): (), date(2026, 10, 10): ((9 * 60, 12 * 60), (13 * 60, 18 * 60))}

boundaries = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(sorted)
days = boundaries.map(lambda b: tuple(zip(b[::2], b[1::2], strict=False)))
weeks = st.tuples(*[days] * 7)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=730)).map(lambda passed: FIRST + passed)
durations = st.timedeltas(timedelta(), timedelta(days=20))
calendars = st.builds(
    lambda week, zone: WorkingTime(ZoneInfo(zone), week, HOLIDAYS.get),
    weeks.filter(lambda week: any(week)),
    st.sampled_from(ZONES),
)


def shanghai(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)


@pytest.fixture
def office() -> WorkingTime:
    return WorkingTime(SHANGHAI, USUAL, HOLIDAYS.get)


def test_the_end_of_a_span_is_not_worked(office):
    assert office.is_working(shanghai(2026, 11, 20, 9))
    assert not office.is_working(shanghai(2026, 11, 20, 12))
    assert not office.is_working(shanghai(2026, 11, 20, 8, 59))
    assert not office.is_working(shanghai(2026, 11, 21, 10))


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not(office):
    assert office.is_working(shanghai(2026, 10, 10, 10))
    assert not office.is_working(shanghai(2026, 10, 1, 10))


def test_time_is_added_across_noon_night_weekend_and_holiday(office):
    add = office.add_working_time
    assert add(shanghai(2026, 11, 20, 11), timedelta(hours=2)) == shanghai(2026, 11, 20, 14)
    assert add(shanghai(2026, 11, 20, 17), timedelta(hours=2)) == shanghai(2026, 11, 23, 10)
    assert add(shanghai(2026, 9, 30, 17), timedelta(hours=2)) == shanghai(2026, 10, 2, 10)
    # a sum that ends with the day ends there, not on the next morning
    assert add(shanghai(2026, 11, 20, 17), timedelta(hours=1)) == shanghai(2026, 11, 20, 18)


def test_the_next_working_moment(office):
    wait = office.next_working_moment
    assert wait(shanghai(2026, 11, 20, 10)) == shanghai(2026, 11, 20, 10)
    assert wait(shanghai(2026, 11, 20, 12)) == shanghai(2026, 11, 20, 13)
    assert wait(shanghai(2026, 11, 21, 12)) == shanghai(2026, 11, 23, 9)


def test_an_hour_that_the_clock_skips_is_not_worked():
    """Berlin, 29 March 2026: the clock goes from two to three."""
    night = WorkingTime(ZoneInfo("Europe/Berlin"), (((60, 300),),) * 7)
    start, end = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert night.working_seconds(start, end) == 3 * 3600


def test_an_hour_that_the_clock_gives_twice_is_worked_twice():
    """Berlin, 25 October 2026: the clock goes from three back to two."""
    night = WorkingTime(ZoneInfo("Europe/Berlin"), (((60, 300),),) * 7)
    start, end = datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 22, tzinfo=UTC)
    assert night.working_seconds(start, end) == 5 * 3600


def test_a_calendar_without_hours_says_so():
    idle = WorkingTime(SHANGHAI, ((),) * 7)
    assert idle.working_seconds(shanghai(2026, 1, 1), shanghai(2026, 12, 1)) == 0
    with pytest.raises(NoWorkingTime):
        idle.add_working_time(shanghai(2026, 1, 1), timedelta(hours=1))
    with pytest.raises(NoWorkingTime):
        idle.next_working_moment(shanghai(2026, 1, 1))


@given(calendars, moments, durations)
def test_what_is_added_is_what_is_counted(calendar, start, duration):
    end = calendar.add_working_time(start, duration)
    assert calendar.working_seconds(start, end) == duration.total_seconds()
    if duration:
        assert not calendar.is_working(end) or calendar.is_working(end - timedelta.resolution)


@given(calendars, moments, durations, durations)
def test_more_work_never_ends_earlier(calendar, start, one, two):
    less, more = sorted((one, two))
    assert calendar.add_working_time(start, less) <= calendar.add_working_time(start, more)


@given(calendars, moments, durations, durations)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, one, two):
    halfway = calendar.add_working_time(start, one)
    at_once = calendar.add_working_time(start, one + two)
    assert calendar.working_seconds(start, at_once) == (one + two).total_seconds()
    assert calendar.add_working_time(halfway, two) == at_once or not one or not two


@given(calendars, st.tuples(moments, moments, moments).map(sorted))
def test_counted_time_is_additive_and_never_more_than_passed(calendar, three):
    first, middle, last = three
    whole = calendar.working_seconds(first, last)
    parts = calendar.working_seconds(first, middle) + calendar.working_seconds(middle, last)
    assert parts == pytest.approx(whole, abs=1e-4)
    assert 0 <= whole <= (last - first).total_seconds()
    assert calendar.working_seconds(last, first) == 0


@given(calendars, moments)
def test_a_moment_is_worked_if_the_next_instant_counts(calendar, at):
    counts = calendar.working_seconds(at, at + timedelta.resolution) > 0
    assert calendar.is_working(at) == counts
    assert (calendar.next_working_moment(at) == at) == counts


@given(days)
def test_hours_are_read_as_they_are_written(spans):
    assert tuple(read_spans(write_spans(spans))) == spans


@given(weeks)
def test_a_week_is_loaded_as_it_was_stored(week):
    assert load_week(store_week(week)) == week


@pytest.mark.parametrize(
    "text", ["9-12", "12:00-09:00", "09:00-12:00 11:00-13:00", "09:00-25:00", "09:60-10:00", "?"]
)
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(BadHours):
        read_spans(text)


def test_chinese_marks_are_understood():
    assert read_spans("9：00至12：00，13:00～18:00") == [(540, 720), (780, 1080)]

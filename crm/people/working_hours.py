"""The working time of the organisation and of each member, as the engine counts it."""

from datetime import date
from functools import partial

from crm.people import public_holidays
from crm.people.middleware import zone_of
from crm.people.models import CalendarDay, DayKind, Member, WorkingCalendar
from crm.people.week import load_spans, load_week
from crm.people.working_time import Spans, Week, WorkingTime
from crm.tenancy.current import current_organization


def calendar_in_use() -> WorkingCalendar:
    """The organisation's calendar; the usual one, unsaved, until somebody changes it."""
    return WorkingCalendar.objects.first() or WorkingCalendar()


def working_time_of(member: Member | None = None) -> WorkingTime:
    """When the member works, or without one the organisation; in the organisation's time zone."""
    calendar = calendar_in_use()
    week = load_week(calendar.week)
    own = load_week(member.working_week) if member and member.working_week is not None else week
    zone = current_organization().time_zone
    special = {day.date: day for day in CalendarDay.objects.all()}
    hours_of = partial(
        hours_on, week=own, special=special, follows=calendar.follows_public_holidays
    )
    return WorkingTime(zone_of(zone), own, hours_of)


def hours_on(
    day: date, *, week: Week, special: dict[date, CalendarDay], follows: bool
) -> Spans | None:
    """A special day's hours: the organisation's own day first, then the public holiday."""
    own = special.get(day)
    if own is not None:
        if own.kind == DayKind.OFF:
            return ()
        return load_spans(own.spans) or usual_hours(week, day)
    off = public_holidays.is_off(day) if follows else None
    if off is None:
        return None
    return () if off else usual_hours(week, day)


def usual_hours(week: Week, day: date) -> Spans:
    """The hours of a day that is worked although it is a weekend: the week's first working day."""
    return week[day.weekday()] or next((spans for spans in week if spans), ())

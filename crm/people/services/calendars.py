"""When the organisation and its members work."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from crm.audit import services as audit
from crm.people.models import CalendarDay, DayKind, Member, WorkingCalendar
from crm.people.services.members import locked_member
from crm.people.week import store_spans, store_week
from crm.people.working_time import Span
from crm.people.written_days import WrittenDay

WeekHours = Sequence[Sequence[Span]]


@transaction.atomic
def save_calendar(*, week: WeekHours, follows_public_holidays: bool) -> WorkingCalendar:
    """Set the organisation's week, and whether public holidays are free."""
    calendar, _created = WorkingCalendar.objects.update_or_create(
        defaults={"week": store_week(week), "follows_public_holidays": follows_public_holidays}
    )
    audit.record("calendar.changed", target=calendar, week=calendar.week)
    return calendar


@transaction.atomic
def save_day(*, on: date, kind: str, name: str, spans: Sequence[Span] = ()) -> CalendarDay:
    """Make a day free, or worked, whatever the week and the public holidays say."""
    hours = store_spans(spans) if kind == DayKind.WORKING else []
    day, _created = CalendarDay.objects.update_or_create(
        date=on, defaults={"kind": kind, "name": name, "spans": hours}
    )
    audit.record("calendar.day_saved", target=day, date=on.isoformat(), what=kind, name=name)
    return day


@transaction.atomic
def save_days(days: Sequence[WrittenDay]) -> int:
    """Many days at once, all or none; one that is there already is replaced."""
    for day in days:
        save_day(on=day.date, kind=day.kind, name=day.name or str(day.kind.label))
    return len(days)


@transaction.atomic
def remove_day(*, day_id: int) -> None:
    """Let a day be as the week and the public holidays say."""
    day = CalendarDay.objects.filter(pk=day_id).first()
    if day is not None:
        audit.record("calendar.day_removed", target=day, date=day.date.isoformat(), name=day.name)
        day.delete()


@transaction.atomic
def set_member_week(*, member_id: int, week: WeekHours | None) -> Member:
    """Give a member working hours of their own, or None for the organisation's."""
    member = locked_member(member_id)
    member.working_week = None if week is None else store_week(week)
    member.save(update_fields=["working_week"])
    audit.record("member.hours_changed", target=member, own=week is not None)
    return member

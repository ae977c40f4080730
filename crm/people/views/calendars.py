"""The working calendar of the organisation."""

import calendar
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people import public_holidays
from crm.people.forms.calendars import CalendarForm, DayForm, DaysForm
from crm.people.middleware import zone_of
from crm.people.models import CalendarDay, DayKind
from crm.people.services import calendars as services
from crm.people.views.member_page import week_lines
from crm.people.week import load_spans, load_week, write_spans
from crm.people.working_hours import calendar_in_use, working_time_of
from crm.people.working_time import WorkingTime
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted
from crm.web.asked import record_id
from crm.web.components import Action

EVENT = "calendar-changed"
YEARS = range(2004, 2100)
# the notice about the next year's holidays is usually out in November
NEXT_YEAR_FROM = 11


@needs("people.view_directory")
def show_calendar(request: TenantRequest) -> HttpResponse:
    """The week, the year with its holidays, and the organisation's own days."""
    today = timezone.localdate(timezone=zone_of(request.organization.time_zone))
    asked = record_id(request.GET.get("year", "")) or today.year
    year = asked if asked in YEARS else today.year
    in_use, working_time = calendar_in_use(), working_time_of()
    own = list(CalendarDay.objects.filter(date__year=year).order_by("date"))
    context = {
        "title": _("Working calendar"),
        "year": year,
        "years": (year - 1, year + 1),
        "week": week_lines(load_week(in_use.week)),
        "follows": in_use.follows_public_holidays,
        "last_year": public_holidays.LAST_YEAR,
        "unknown": unknown_year(year, today) if in_use.follows_public_holidays else None,
        "months": months(
            year, today, working_time, names_of(year, own, in_use.follows_public_holidays)
        ),
        "days": [(day, write_spans(load_spans(day.spans))) for day in own],
        "off": DayKind.OFF,
        "may_edit": policy.allowed(request.member, "people.edit_calendar"),
        "actions": calendar_actions(request),
    }
    part = "#body" if htmx.target_of(request) == "calendar" else ""
    return render(request, f"people/calendar.html{part}", context)


def unknown_year(year: int, today: date) -> int | None:
    """The year looked at, or at the end of this one the next, whose holidays nobody entered yet."""
    asked = year + 1 if year == today.year and today.month >= NEXT_YEAR_FROM else year
    if asked <= public_holidays.LAST_YEAR:
        return None
    is_entered = CalendarDay.objects.filter(date__year=asked, kind=DayKind.OFF).exists()
    return None if is_entered else asked


def calendar_actions(request: TenantRequest) -> list[Action]:
    """The ways on from the calendar."""
    found = []
    if policy.allowed(request.member, "people.record_absence"):
        found.append(Action(_("Absences"), reverse("people:absences"), "calendar-time"))
    if policy.allowed(request.member, "people.edit_calendar"):
        day, week = reverse("people:create_day"), reverse("people:edit_week")
        days = reverse("people:create_days")
        found += [
            Action(_("Working hours"), week, "clock", frame="drawer"),
            Action(_("Many days"), days, "list-details", frame="modal"),
            Action(_("Own day"), day, "plus", kind="primary", frame="modal", shortcut="n"),
        ]
    return found


def names_of(year: int, own: list[CalendarDay], follows: bool) -> dict[date, str]:
    """What the special days of a year are called."""
    public = public_holidays.public_days(year) if follows else []
    return {day.date: day.name for day in public} | {day.date: day.name for day in own}


def months(
    year: int, today: date, working_time: WorkingTime, names: dict[date, str]
) -> list[dict[str, Any]]:
    """Twelve months of weeks; a day tells whether it is worked and what it is called."""

    def cell(day: date, month: int) -> dict[str, Any] | None:
        if day.month != month:
            return None
        works = working_time.is_working_day(day)
        usual = bool(working_time.week[day.weekday()])
        css = "is-worked" if works else "is-free"
        if works != usual or day in names:
            css += " is-special"
        return {
            "number": day.day,
            "css": css + (" is-today" if day == today else ""),
            "name": names.get(day, ""),
            "iso": day.isoformat(),
        }

    layout = calendar.Calendar()
    return [
        {
            "name": date_format(date(year, month, 1), "F"),
            "weeks": [[cell(day, month) for day in week]
                      for week in layout.monthdatescalendar(year, month)],
        }
        for month in range(1, 13)
    ]  # fmt: skip


@needs("people.edit_calendar")
def edit_week(request: TenantRequest) -> HttpResponse:
    """The organisation's weekly hours."""
    in_use = calendar_in_use()
    initial = {"follows_public_holidays": in_use.follows_public_holidays}
    form = CalendarForm(request.POST or None, week=load_week(in_use.week), initial=initial)
    if request.method == "POST" and form.is_valid():
        services.save_calendar(
            week=form.week, follows_public_holidays=form.cleaned_data["follows_public_holidays"]
        )
        return _saved(request)
    context = {
        "form": form,
        "title": _("Working hours"),
        "submit": _("Save"),
        "hint": _("Several spans a day, with a space between them; an empty day is free."),
    }
    return htmx.form_page(request, "web/form.html", context)


@needs("people.edit_calendar")
def create_day(request: TenantRequest) -> HttpResponse:
    """A day of the organisation's own; it replaces one on the same date."""
    form = DayForm(request.POST or None, initial={"date": request.GET.get("date", "")})
    return _day_page(request, form, _("Own day"))


@needs("people.edit_calendar")
def create_days(request: TenantRequest) -> HttpResponse:
    """Many days at once, such as a year's public holidays before they are known here."""
    form = DaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = services.save_days(form.cleaned_data["days"])
        words = ngettext("%(count)s day saved.", "%(count)s days saved.", count)
        url = reverse("people:calendar")
        year = form.cleaned_data["days"][0].date.year
        message = words % {"count": count}
        return htmx.done(request, url=f"{url}?year={year}", message=message, trigger=EVENT)
    context = {"form": form, "title": _("Enter many days"), "submit": _("Save the days")}
    return htmx.form_page(request, "web/form.html", context)


@needs("people.edit_calendar")
def edit_day(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a day of the organisation's own."""
    day = get_object_or_404(CalendarDay.objects.all(), pk=pk)
    return _day_page(request, DayForm(request.POST or None, day=day), day.name, day)


def _day_page(
    request: TenantRequest, form: DayForm, title: str, day: CalendarDay | None = None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if day is not None and day.date != data["date"]:
            services.remove_day(day_id=day.pk)
        services.save_day(
            on=data["date"], kind=data["kind"], name=data["name"], spans=data["spans"]
        )
        return _saved(request)
    context = {"form": form, "title": title, "submit": _("Save day")}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("people.edit_calendar")
def remove_day(request: TenantRequest, pk: int) -> HttpResponse:
    """Let a day be an ordinary one again."""
    services.remove_day(day_id=pk)
    return acted(request, url=reverse("people:calendar"), message=_("Day removed."), trigger=EVENT)


def _saved(request: TenantRequest) -> HttpResponse:
    url = reverse("people:calendar")
    return htmx.done(request, url=url, message=_("Saved."), trigger=EVENT)

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.tracking import tracked
from crm.people.week import usual_week
from crm.tenancy.models import TenantModel


class DayKind(models.TextChoices):
    OFF = "off", pgettext_lazy("calendar day", "Day off")
    WORKING = "working", pgettext_lazy("calendar day", "Working day")


@tracked
class WorkingCalendar(TenantModel):
    """When the organisation works: one row, made when it is first changed."""

    week = models.JSONField(_("weekly working hours"), default=usual_week)
    follows_public_holidays = models.BooleanField(_("follows public holidays"), default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_calendar_per_organization")
        ]

    def __str__(self) -> str:
        return str(_("Working calendar"))


@tracked
class CalendarDay(TenantModel):
    """A day of the organisation's own; it overrules the public holidays and the week."""

    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=10, choices=DayKind, default=DayKind.OFF)
    name = models.CharField(_("name"), max_length=80)
    # Spans such as [["09:00", "12:00"]]; none on a working day means the week's usual hours.
    spans = models.JSONField(_("hours"), default=list, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("calendar day")
        constraints = [
            models.UniqueConstraint(fields=["organization", "date"], name="calendar_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

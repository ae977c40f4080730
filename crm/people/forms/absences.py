from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.people.models import Absence, AbsenceKind, Member
from crm.people.services.absences import Away
from crm.people.widgets import TimeInput
from crm.web.forms import DateField, MemberField, TenantForm

MIDNIGHT = time()


class AbsenceForm(TenantForm):
    """From when to when, why, and who stands in; without times whole days, the last included."""

    member = MemberField(label=gettext_lazy("Member"))
    kind = forms.ChoiceField(label=pgettext_lazy("absence", "Kind"), choices=AbsenceKind.choices)
    start_date = DateField(label=gettext_lazy("From"))
    start_time = forms.TimeField(
        label=gettext_lazy("From (time)"), required=False, widget=TimeInput
    )
    end_date = DateField(label=gettext_lazy("Until"))
    end_time = forms.TimeField(
        label=gettext_lazy("Until (time)"),
        required=False,
        widget=TimeInput,
        help_text=gettext_lazy("Leave both times empty for whole days."),
    )
    deputy = MemberField(label=gettext_lazy("Deputy"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    wide = ("member", "note")
    in_pairs = True
    field_order: Any = (
        "member",
        "kind",
        "deputy",
        "start_date",
        "start_time",
        "end_date",
        "end_time",
    )

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo,
        choices: Any = None,
        member: Member | None = None,
        absence: Absence | None = None,
        **kwargs: Any,
    ) -> None:
        self.zone = zone
        kwargs.setdefault("initial", _initial(absence, zone) if absence else {})
        super().__init__(*args, **kwargs)
        if member is not None:
            del self.fields["member"]
            deputies: Any = self.fields["deputy"]
            deputies.queryset = deputies.queryset.exclude(pk=member.pk)
        else:
            members: Any = self.fields["member"]
            members.queryset = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("start_date"), data.get("end_date")
        if first and last:
            start, end = self._start(data), self._end(data)
            if end <= start:
                self.add_error("end_date", _("An absence ends after it begins."))
            elif end - start > timedelta(days=3 * 366):
                self.add_error("end_date", _("Nobody is away for more than three years."))
        return data

    def _start(self, data: dict[str, Any]) -> datetime:
        return datetime.combine(data["start_date"], data.get("start_time") or MIDNIGHT, self.zone)

    def _end(self, data: dict[str, Any]) -> datetime:
        if data.get("end_time"):
            return datetime.combine(data["end_date"], data["end_time"], self.zone)
        return datetime.combine(data["end_date"] + timedelta(days=1), MIDNIGHT, self.zone)

    @property
    def away(self) -> Away:
        """What was filled in, as the service takes it."""
        data = self.cleaned_data
        return Away(
            start_at=self._start(data),
            end_at=self._end(data),
            is_whole_days=not (data.get("start_time") or data.get("end_time")),
            kind=data["kind"],
            deputy=data.get("deputy"),
            note=data.get("note", ""),
        )


def _initial(absence: Absence, zone: ZoneInfo) -> dict[str, Any]:
    start, end = absence.start_at.astimezone(zone), absence.end_at.astimezone(zone)
    at_midnight = end.time() == MIDNIGHT
    return {
        "kind": absence.kind,
        "start_date": start.date(),
        "start_time": None if start.time() == MIDNIGHT else start.time(),
        "end_date": end.date() - timedelta(days=1) if at_midnight else end.date(),
        "end_time": None if at_midnight else end.time(),
        "deputy": absence.deputy_id,
        "note": absence.note,
    }

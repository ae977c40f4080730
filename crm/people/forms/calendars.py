from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.people.models import CalendarDay, DayKind
from crm.people.week import BadHours, load_spans, read_spans, write_spans
from crm.people.words import WEEKDAYS
from crm.people.working_time import Span, Week
from crm.people.written_days import NotUnderstood, WrittenDay, read_days
from crm.web.forms import DateField, TenantForm


class HoursField(forms.CharField):
    """Spans of the clock: 09:00-12:00 13:00-18:00."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("placeholder", "—")
        self.widget.attrs["inputmode"] = "text"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return tuple(read_spans(text))
        except BadHours:
            raise forms.ValidationError(
                _("Write hours in their order, such as 09:00-12:00 13:00-18:00.")
            ) from None

    def prepare_value(self, value: Any) -> Any:
        return write_spans(value) if isinstance(value, tuple | list) else value


class WeekForm(TenantForm):
    """The hours of seven days; an empty day is free."""

    def __init__(self, *args: Any, week: Week, **kwargs: Any) -> None:
        kwargs["initial"] = {f"day{day}": spans for day, spans in enumerate(week)} | kwargs.get(
            "initial", {}
        )
        super().__init__(*args, **kwargs)
        hours = {f"day{day}": HoursField(label=name) for day, name in enumerate(WEEKDAYS)}
        self.fields = hours | self.fields
        self.prepare()

    @property
    def week(self) -> list[tuple[Span, ...]]:
        return [self.cleaned_data[f"day{day}"] for day in range(7)]


class CalendarForm(WeekForm):
    """The organisation's week."""

    follows_public_holidays = forms.BooleanField(
        label=gettext_lazy("Mainland China's public holidays are free, make-up days are worked"),
        required=False,
    )


class MemberWeekForm(WeekForm):
    """A member's own week, or the organisation's."""

    uses_own = forms.BooleanField(
        label=gettext_lazy("Own working hours (otherwise the organisation's)"), required=False
    )


EXAMPLE = "2027-02-05 ~ 2027-02-11 off 春节\n2027-02-14 working 调休"


class DayForm(TenantForm):
    """A day of the organisation's own."""

    date = DateField(label=gettext_lazy("Date"))
    kind = forms.ChoiceField(label=pgettext_lazy("calendar day", "Kind"), choices=DayKind.choices)
    name = forms.CharField(label=pgettext_lazy("calendar day", "Name"), max_length=80)
    spans = HoursField(
        label=gettext_lazy("Hours"),
        help_text=gettext_lazy("Of a working day; empty for the usual hours."),
    )

    def __init__(self, *args: Any, day: CalendarDay | None = None, **kwargs: Any) -> None:
        if day is not None:
            kwargs["initial"] = {
                "date": day.date,
                "kind": day.kind,
                "name": day.name,
                "spans": load_spans(day.spans),
            }
        super().__init__(*args, **kwargs)


class DaysForm(TenantForm):
    """Many days at once, as a notice or a table has them."""

    days = forms.CharField(
        label=gettext_lazy("Days"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": EXAMPLE, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One line for each day or stretch of days: date, off or working, name. Pasted from a"
            " table it works too. A day that is there already is replaced."
        ),
    )
    wide = ("days",)

    def clean_days(self) -> list[WrittenDay]:
        try:
            found = read_days(self.cleaned_data["days"])
        except NotUnderstood as problem:
            words = _(
                "Line %(number)s is not understood: “%(line)s”. Write for example: %(example)s"
            )
            example = EXAMPLE.splitlines()[0]
            raise forms.ValidationError(
                words % {"number": problem.number, "line": problem.line, "example": example}
            ) from problem
        if not found:
            raise forms.ValidationError(_("Enter at least one day."))
        return found

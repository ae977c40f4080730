from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.web.forms import DateTimeField, TenantForm
from leads.enums import FollowUpKind, FollowUpOutcome
from leads.words import FOLLOW_UP_ICONS

ON_A_DAY = "day"
SOON = (
    ("", _("When?")),
    ("1", _("Tomorrow")),
    ("2", _("In 2 days")),
    ("3", _("In 3 days")),
    ("7", _("In a week")),
    ("14", _("In two weeks")),
    ("30", _("In a month")),
    (ON_A_DAY, _("On a day…")),
)
MORNING = time(9, 30)


class FollowUpForm(TenantForm):
    """What was said, what came of it, what is next and when."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=FollowUpKind.choices, widget=forms.RadioSelect, initial="call"
    )
    content = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("Outcome…")), *FollowUpOutcome.choices],
    )
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    soon = forms.ChoiceField(label=_("When"), required=False, choices=SOON)
    next_step_at = DateTimeField(label=_("At"), required=False)

    def __init__(self, *args: Any, draft: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft_key = draft
        # the composer shows them without a label of their own
        for name in ("outcome", "soon", "next_step_at"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    @property
    def element_id(self) -> str:
        """One per record: a page and the drawer over it may each hold a composer."""
        return f"form-{self.draft_key}"

    @property
    def kinds(self) -> list[tuple[Any, str]]:
        """The kinds as buttons with their icons."""
        return [(radio, FOLLOW_UP_ICONS[radio.data["value"]]) for radio in self["kind"]]

    def clean(self) -> dict[str, Any]:
        """Something must have been said, and a day needs a step."""
        values = super().clean() or {}
        if not values.get("content", "").strip() and not values.get("outcome"):
            self.add_error("content", _("Write what was said, or choose an outcome."))
        soon = values.pop("soon", "")
        if soon and soon != ON_A_DAY:
            values["next_step_at"] = morning_in(int(soon))
        if values.get("next_step_at") and not values.get("next_step", "").strip():
            self.add_error("next_step", _("Say what will happen then."))
        return values


def morning_in(days: int) -> datetime:
    """The start of work that many days from now, in the reader's time zone."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, MORNING))

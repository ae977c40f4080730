from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.access import grants
from crm.people import selectors as people
from crm.people.holdings import Held
from crm.people.models import Department, Member
from crm.sharing.allotment import ALONG, LEAVE, REGION, SPLIT
from crm.sharing.fields import DepartmentsField, MembersField
from crm.sharing.models import TransferRule
from crm.sharing.nouns import Noun, along_of, noun
from crm.sharing.selectors.commission import bears_commission
from crm.sharing.selectors.transfers import Preview
from crm.tenancy.clock import organization_today
from crm.web.forms import DateField, MemberField, TenantForm, TenantModelForm

CUTOFF_HELP = _(
    "Empty: the day it takes effect. Orders dated earlier stay credited to the present owner, later"
    " ones count for the new owner."
)
ACTIONS = [(grants.VIEW, _("May see it")), (grants.EDIT, _("May also change it"))]


def check_not_past(day: date | None) -> date | None:
    """Today where the organisation is, or later."""
    if day is not None and day < organization_today():
        raise ValidationError(gettext("Choose today or a later day."))
    return day


def check_near(day: date | None) -> date | None:
    """A cut-off further away than a year is a slip of the pen."""
    if day is not None and abs(day - organization_today()) > timedelta(days=366):
        raise ValidationError(gettext("Choose a day within a year of today."))
    return day


class ShareForm(TenantForm):
    """With whom records are shared, how far and how long."""

    members = MembersField(label=_("Members"), required=False)
    departments = DepartmentsField(
        label=_("Departments"), required=False, help_text=_("With all departments below.")
    )
    action = forms.ChoiceField(
        label=pgettext_lazy("share", "How far"),
        choices=ACTIONS,
        initial=grants.VIEW,
        widget=forms.RadioSelect,
    )
    until = DateField(
        label=pgettext_lazy("share", "Until"),
        required=False,
        help_text=_("To the end of that day; empty: for good."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    includes_along = forms.BooleanField(label="", required=False)

    wide = ("members", "departments", "action", "reason", "includes_along")

    def __init__(self, *args: Any, noun: Noun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        along = [str(one.plural) for one in shareable_along(noun)]
        if along:
            words = gettext("Share its unfinished records too: %(what)s")
            self.fields["includes_along"].label = words % {"what": " · ".join(along)}
        else:
            del self.fields["includes_along"]

    def clean_until(self) -> date | None:
        return check_not_past(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.receivers and "members" not in self.errors:
            raise ValidationError(gettext("Choose a member or a department."))
        return cleaned

    @property
    def receivers(self) -> list[Member | Department]:
        """Everybody who was chosen."""
        found = (self.cleaned_data.get(name) or () for name in ("members", "departments"))
        return [one for some in found for one in some]

    @property
    def terms(self) -> dict[str, Any]:
        """What the service wants to know."""
        return {
            "receivers": self.receivers,
            "action": self.cleaned_data["action"],
            "until": self.cleaned_data["until"],
            "reason": self.cleaned_data["reason"],
            "includes_along": self.cleaned_data.get("includes_along", False),
        }


def shareable_along(of: Noun) -> list[Noun]:
    """What hangs on such records and can be shared with them."""
    found = [noun(one.key) for one in along_of(of)]
    return [one for one in found if one.is_shareable]


class TransferForm(TenantForm):
    """To whom, when and with what."""

    receiver = MemberField(label=_("New owner"))
    reason = forms.CharField(label=_("Reason"), max_length=300)
    takes_along = forms.MultipleChoiceField(
        label=_("Take along"), required=False, widget=forms.CheckboxSelectMultiple
    )
    effective_date = DateField(
        label=pgettext_lazy("transfer", "Effective"), required=False, help_text=_("Empty: at once.")
    )
    commission_cutoff = DateField(
        label=_("Commission cut-off"), required=False, help_text=CUTOFF_HELP
    )
    keeps_reading = forms.BooleanField(label=_("The old owner keeps read access"), required=False)
    reads_until = DateField(
        label=_("Read access until"), required=False, help_text=_("Empty: for good.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    wide = ("reason", "takes_along", "keeps_reading")

    def __init__(self, *args: Any, preview: Preview, **kwargs: Any) -> None:
        self.preview = preview
        parts = [one for one in preview.parts if one.count]
        keys = [one.key for one in parts]
        kwargs["initial"] = {"seen": preview.seen, "takes_along": keys}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["takes_along"]
        field.choices = [(one.key, f"{one.label} ({one.count})") for one in parts]
        if not parts:
            del self.fields["takes_along"]
        if not bears_commission(preview.noun):
            del self.fields["commission_cutoff"]
        if not preview.noun.is_shareable:
            del self.fields["keeps_reading"], self.fields["reads_until"]

    def show_owners_now(self) -> None:
        """After a refusal the next press counts for what is true now."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = self.preview.seen
        self.data = data

    def clean_effective_date(self) -> date | None:
        return check_not_past(self.cleaned_data["effective_date"])

    def clean_commission_cutoff(self) -> date | None:
        return check_near(self.cleaned_data["commission_cutoff"])

    @property
    def cutoff(self) -> date | None:
        """From when commission would count for the new owner, as far as the form says."""
        found = getattr(self, "cleaned_data", {})
        day: date | None = found.get("commission_cutoff") or found.get("effective_date")
        return day

    def clean_reads_until(self) -> date | None:
        return check_not_past(self.cleaned_data["reads_until"])

    @property
    def wish(self) -> dict[str, Any]:
        """What the service wants to know."""
        names = ("receiver", "reason", "takes_along", "effective_date", "commission_cutoff")
        found = {name: self.cleaned_data.get(name) for name in names}
        keeps = {name: self.cleaned_data.get(name) for name in ("keeps_reading", "reads_until")}
        return found | {
            "takes_along": found["takes_along"] or (),
            "keeps_reading": bool(keeps["keeps_reading"]),
            "reads_until": keeps["reads_until"],
        }


class RuleForm(TenantModelForm):
    """When the superior of the present owner has to agree."""

    class Meta:
        model = TransferRule
        fields = ("across_departments", "most_at_once")

    wide = ("across_departments", "most_at_once")


class HandOverForm(TenantForm):
    """Who gets what, kind by kind."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    commission_cutoff = DateField(
        label=_("Commission cut-off"), required=False, help_text=CUTOFF_HELP
    )
    deactivates = forms.BooleanField(
        label=_("Deactivate the member: they can no longer sign in"), required=False, initial=True
    )

    wide = ("reason", "deactivates")

    def __init__(
        self, *args: Any, held: Sequence[Held], leaver: Member, proposed: Any, **kwargs: Any
    ) -> None:
        self.held = [one for one in held if one.holding.mover is not None]
        super().__init__(*args, **kwargs)
        members = [
            (str(one.pk), one.name) for one in people.active_members() if one.pk != leaver.pk
        ]
        for one in self.held:
            field = forms.ChoiceField(
                label=str(one.holding.label),
                choices=[*ways(one), *members],
                initial=proposed.get(one.holding.key, LEAVE),
            )
            field.widget.attrs |= {"data-picker": "", "class": "form-select"}
            self.fields[name_of(one)] = field

    def clean_commission_cutoff(self) -> date | None:
        return check_near(self.cleaned_data["commission_cutoff"])

    @property
    def rows(self) -> list[tuple[Held, Any]]:
        """Each kind beside its control."""
        return [(one, self[name_of(one)]) for one in self.held]

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, by the key of the kind."""
        return {one.holding.key: self.cleaned_data[name_of(one)] for one in self.held}


def name_of(one: Held) -> str:
    return "to_" + one.holding.key.replace(".", "_")


def ways(one: Held) -> list[tuple[str, str]]:
    """The ways to give this kind away without naming somebody."""
    found = []
    if one.holding.goes_with is not None:
        found.append((ALONG, gettext("With its record")))
    if one.holding.can_split:
        found.append((SPLIT, gettext("In turn among the department")))
    if one.holding.region:
        found.append((REGION, gettext("By region served, in turn")))
    return [*found, (LEAVE, gettext("Stays with them"))]


class SingleForm(TenantForm):
    """Ticked rows go to somebody by name."""

    receiver = MemberField(label=_("Give to"))
    wide = ("receiver",)

"""How the product looks and reads for one person: language, zone, theme, row height."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.people.enums import Language, Theme
from crm.people.models import User
from crm.web.forms import TenantForm

ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "UTC",
)
DENSITIES = (("normal", _("Normal rows")), ("compact", _("Compact rows")))


def save_preferences(user: User, **chosen: Any) -> None:
    """Keep what the person chose."""
    for name, value in chosen.items():
        setattr(user, name, value)
    user.save(update_fields=list(chosen))


class LookForm(forms.Form):
    """The three switches of the user menu; only one is sent at a time."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    density = forms.ChoiceField(choices=DENSITIES, required=False)
    language = forms.ChoiceField(choices=Language.choices, required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """The fields that were sent, by the user's own names."""
        values = {key: value for key, value in self.cleaned_data.items() if value}
        if "density" in values:
            values["is_compact"] = values.pop("density") == "compact"
        return values


class PreferencesForm(TenantForm):
    """All preferences on one page."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times are shown on this clock; deadlines stay in the organisation's."),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    is_compact = forms.BooleanField(label=_("Compact rows in lists"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = (self.initial or {}).get("time_zone", "")
        zones = [*ZONES, own] if own and own not in ZONES else [*ZONES]
        known = zoneinfo.available_timezones()
        field = self.fields["time_zone"]
        field.choices = [(zone, zone) for zone in zones if zone in known]  # type: ignore[attr-defined]

    @staticmethod
    def of(user: User) -> dict[str, Any]:
        """The person's present choices."""
        names = ("language", "time_zone", "theme", "is_compact")
        return {name: getattr(user, name) for name in names}

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people.widgets import Ticks
from crm.signin.enums import SecondFactor
from crm.signin.models import SignInPolicy
from crm.signin.services import role_choices
from crm.web.forms import TenantModelForm


class PolicyForm(TenantModelForm):
    """How members sign in."""

    role_codes = forms.MultipleChoiceField(
        label=gettext_lazy("Asked of"),
        required=False,
        widget=Ticks,
        help_text=gettext_lazy("Whoever holds one of these roles needs the second factor."),
    )

    class Meta:
        model = SignInPolicy
        fields = ("password_minimum", "second_factor", "role_codes", "grace_days", "sso_only")
        help_texts = {
            "password_minimum": gettext_lazy(
                "8 to 64 characters; counts from the next change. Common passwords and names are"
                " always refused. Passwords do not expire: forced changes make them weaker."
            ),
            "grace_days": gettext_lazy(
                "Until then members without one are reminded; afterwards they set it up first."
            ),
            "sso_only": gettext_lazy(
                "Passwords no longer open this organisation. Administrators who have a second"
                " factor still get in with theirs, should the provider fail."
            ),
        }

    def __init__(self, *args: Any, has_provider: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_provider = has_provider
        roles: Any = self.fields["role_codes"]
        roles.choices = role_choices()

    def clean_sso_only(self) -> bool:
        wanted: bool = self.cleaned_data["sso_only"]
        if wanted and not self.has_provider:
            raise ValidationError(_("First connect an identity provider and test it."))
        return wanted

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asked = values.get("second_factor", SecondFactor.NONE)
        if asked != SecondFactor.NONE and not values.get("role_codes"):
            self.add_error("role_codes", _("Choose at least one role."))
        return values

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.integrations.enums import Lifetime
from crm.integrations.selectors import permission_choices
from crm.people.models import Member
from crm.people.widgets import Ticks
from crm.web.forms import TenantForm

READ, WRITE = "read", "write"


class TokenForm(TenantForm):
    """What a new token is called, how long it lasts and what it may do."""

    name = forms.CharField(
        label=pgettext_lazy("token", "Name"),
        max_length=60,
        help_text=_("The program that will use it, such as “ERP”."),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"), coerce=int, choices=Lifetime.choices, initial=Lifetime.QUARTER
    )
    access = forms.ChoiceField(
        label=_("It may"),
        choices=[(READ, _("Only read")), (WRITE, _("Read and write"))],
        widget=forms.RadioSelect,
        initial=READ,
    )
    permissions = forms.MultipleChoiceField(
        label=_("Only these permissions"),
        required=False,
        widget=Ticks,
        help_text=_("None ticked: everything the API offers that you may yourself."),
    )
    password = forms.CharField(
        label=_("Your password"), max_length=128, strip=False, widget=forms.PasswordInput
    )
    wide = ("name", "access", "permissions", "password")

    def __init__(self, *args: Any, member: Member, asks_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"
        if not asks_password:
            del self.fields["password"]
        field: Any = self.fields["permissions"]
        field.choices = permission_choices(member)

    @property
    def facts(self) -> dict[str, Any]:
        """The token's terms as its service takes them."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "days": data["days"],
            "may_write": data["access"] == WRITE,
            "permissions": data["permissions"],
        }

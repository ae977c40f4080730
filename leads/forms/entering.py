from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.sharing.forms import check_not_past
from crm.web.forms import DateField, TenantForm


class ProtectForm(TenantForm):
    """Why a customer is protected, and until when."""

    until = DateField(label=_("Protected until"), help_text=_("To the end of that day."))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    wide = ("reason",)

    def clean_until(self) -> Any:
        """Today or later."""
        return check_not_past(self.cleaned_data["until"])

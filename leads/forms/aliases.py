from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web.forms import TenantForm
from leads.enums import AliasKind


class AliasForm(TenantForm):
    """Another name of a customer."""

    text = forms.CharField(
        label=pgettext_lazy("alias", "Name"),
        max_length=200,
        help_text=_("As people write it: whoever enters it from now on is told of this customer."),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("alias", "Kind"), choices=AliasKind)
    wide = ("text",)

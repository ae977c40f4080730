from django import forms
from django.utils.translation import gettext_lazy as _

from crm.approvals.enums import Verdict
from crm.web.forms import TenantForm


class DecisionForm(TenantForm):
    """One comment box, two buttons."""

    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "2", "placeholder": _("Comment")}),
    )
    verdict = forms.ChoiceField(choices=Verdict)

    draft_key = ""

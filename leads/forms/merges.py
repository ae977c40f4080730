from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.web.forms import TenantForm


class ReasonForm(TenantForm):
    """Why two records become one."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class SeparateForm(TenantForm):
    """Who looks after both records, and why there are two."""

    owner = forms.ChoiceField(label=_("Owner of both"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as: two plants that buy on their own."),
    )
    wide = ("owner", "reason")

    def __init__(self, *args: Any, owners: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["owner"]
        choice.choices = [(str(one.pk), one.name) for one in owners]
        if owners:
            choice.initial = str(owners[0].pk)

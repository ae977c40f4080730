from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.access import policy
from crm.people.models import Member
from crm.web.forms import DateTimeField, MemberField, PhoneField, TenantForm, dress
from leads.forms.bases import CompanyInput, DuplicateCheckMixin, OtherPhonesField, RecordForm
from leads.models import Lead


class LeadForm(DuplicateCheckMixin, RecordForm):
    record_kind = "lead"
    wide = ("company_name", "need")
    companions = {"city": ("address",), "next_step": ("next_step_at",), "contact_name": ("contact_title",), "phone": ("other_phones",)}  # fmt: skip  # noqa: RUF012,E501

    phone = PhoneField(label=_("Phone"), required=False)
    other_phones = OtherPhonesField()
    next_step_at = DateTimeField(label=_("Next step due"), required=False)

    class Meta:
        model = Lead
        fields = (
            "company_name", "contact_name", "contact_title", "phone", "other_phones", "email",
            "wechat", "channel", "campaign", "province", "city", "address", "industry",
            "credit_code", "need", "next_step", "next_step_at",
        )  # fmt: skip
        widgets = {"company_name": CompanyInput("lead"), "need": forms.Textarea()}  # noqa: RUF012

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.draft_key = "lead-new"
            for name in ("next_step", "next_step_at"):
                self.fields.pop(name, None)
            if policy.allowed(member, "leads.assign_lead"):
                self.fields["owner"] = owner_field()
        self.prepare_check()


def owner_field() -> MemberField:
    """Who gets the lead; nobody named means the rules decide."""
    field = MemberField(
        label=_("Owner"), required=False, help_text=_("Leave it empty to let the rules decide.")
    )
    field.queryset = field.fresh_queryset()
    dress(field)
    return field


class InvalidateForm(TenantForm):
    """Why a lead is not worth working on."""

    reason = forms.CharField(label=_("Why is it invalid?"), max_length=200)
    wide = ("reason",)


class AssignForm(TenantForm):
    """Who works on the leads from now on."""

    member = MemberField(label=_("Assign to"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    wide = ("member", "reason")

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.web.forms import DateTimeField, PhoneField
from leads.forms.bases import CompanyInput, DuplicateCheckMixin, RecordForm
from leads.models import Customer


class CustomerForm(DuplicateCheckMixin, RecordForm):
    record_kind = "customer"
    company_field = "name"
    wide = ("name",)
    companions = {"city": ("address",), "next_step": ("next_step_at",)}  # noqa: RUF012

    phone = PhoneField(label=_("Phone"), required=False)
    next_step_at = DateTimeField(label=_("Next step due"), required=False)

    class Meta:
        model = Customer
        fields = (
            "name", "credit_code", "status", "level", "phone", "website", "industry",
            "province", "city", "address", "next_step", "next_step_at",
        )  # fmt: skip
        widgets = {"name": CompanyInput("customer")}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.draft_key = "customer-new"
        self.prepare_check()

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.web.forms import PhoneField, TenantModelForm
from leads.enums import RecordKind
from leads.forms.bases import (
    STEERING,
    CompanyInput,
    DuplicateCheckMixin,
    OtherPhonesField,
    first_reason_field,
    look_up_attrs,
)
from leads.models import Contact

# the person's name alone says nothing of a client
REACHED_BY = ("phone", "other_phones", "email", "wechat")


class ContactForm(DuplicateCheckMixin, TenantModelForm):
    """A person at a customer; their numbers ask whose client they are already."""

    record_kind = "contact"
    company_field = "name"
    wide = ("name",)

    phone = PhoneField(label=_("Phone"), required=False)
    other_phones = OtherPhonesField()

    class Meta:
        model = Contact
        fields = ("name", "title", "phone", "other_phones", "email", "wechat", "is_primary")
        labels = {"name": _("Name")}  # noqa: RUF012
        widgets = {  # noqa: RUF012
            "name": CompanyInput(
                "contact",
                _("A phone, e-mail or WeChat known at another client is pointed out here."),
            )
        }

    def __init__(self, *args: Any, customer_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record = f"{RecordKind.CUSTOMER.value}:{customer_id or self.instance.customer_id or ''}"
        for name in REACHED_BY:
            if name in self.fields:
                self.fields[name].widget.attrs |= look_up_attrs("contact", record, REACHED_BY)
        self.place_reason(first_reason_field(self.data))

    @property
    def facts(self) -> dict[str, Any]:
        """The person's own values, without what steers the form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in STEERING}

from django.utils.translation import gettext_lazy as _

from crm.web.forms import PhoneField, TenantModelForm
from leads.models import Contact


class ContactForm(TenantModelForm):
    phone = PhoneField(label=_("Phone"), required=False)

    class Meta:
        model = Contact
        fields = ("name", "title", "phone", "email", "wechat", "is_primary")

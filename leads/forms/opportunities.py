from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.access import policy
from crm.people.models import Member
from crm.web.forms import DateField, DateTimeField, MoneyField, TenantForm
from leads.enums import StageKind
from leads.forms.bases import RecordForm
from leads.forms.pickers import CustomerField
from leads.models import Contact, Customer, Opportunity, Stage


class OpportunityForm(RecordForm):
    """A deal; its customer is chosen once, among those the member may change."""

    wide = ("name", "customer")
    companions = {"next_step": ("next_step_at",)}  # noqa: RUF012

    customer = CustomerField(label=_("Customer"))
    amount = MoneyField(label=_("Expected amount"), min_value=0)
    expected_close_date = DateField(label=_("Expected close"), required=False)
    next_step_at = DateTimeField(label=_("Next step due"), required=False)

    class Meta:
        model = Opportunity
        fields = (
            "name", "customer", "stage", "contact", "amount", "expected_close_date",
            "next_step", "next_step_at",
        )  # fmt: skip

    def __init__(
        self, *args: Any, member: Member, customer: Customer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = customer or (self.instance.customer if self.instance.pk else None)
        self.choose_customer(member, known)
        self.choose_contact(known)
        if "stage" in self.fields:
            self.choose_stage()
        if self.instance.pk is None:
            self.draft_key = "opportunity-new"

    def choose_customer(self, member: Member, known: Customer | None) -> None:
        """Given by the page, or picked by name."""
        if "customer" not in self.fields:
            return
        if known is not None:
            del self.fields["customer"]
            return
        mine = policy.visible(member, Customer.objects.all(), "leads.edit_customer")
        field: Any = self.fields["customer"]
        field.queryset = mine

    def choose_contact(self, known: Customer | None) -> None:
        """One of the customer's people."""
        if "contact" not in self.fields:
            return
        if known is None:
            del self.fields["contact"]
            return
        field: Any = self.fields["contact"]
        field.queryset = Contact.objects.filter(customer=known).order_by("-is_primary", "id")

    def choose_stage(self) -> None:
        """A new deal starts in an open stage; a known one moves on the board only."""
        if self.instance.pk:
            del self.fields["stage"]
            return
        field: Any = self.fields["stage"]
        field.queryset = Stage.objects.filter(kind=StageKind.OPEN).order_by("position", "id")
        field.required = False
        field.empty_label = None
        field.initial = field.queryset.first()


class LostForm(TenantForm):
    """Why a deal was lost."""

    lost_reason = forms.CharField(label=_("Why was it lost?"), max_length=200)
    wide = ("lost_reason",)

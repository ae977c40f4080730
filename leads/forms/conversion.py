from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.web.forms import DateField, MoneyField, TenantForm
from leads.forms.bases import (
    asking_field,
    first_reason_field,
    forget_bound,
    linked_to_cards,
)
from leads.models import Lead
from leads.selectors.similar import SimilarCard
from leads.services.conversion import Deal
from leads.services.refusals import LikelyDuplicate

NEW = "new"


class ConvertForm(TenantForm):
    """Into which customer, and with which deal."""

    customer = forms.ChoiceField(label=gettext_lazy("Customer"), widget=forms.RadioSelect)
    with_deal = forms.BooleanField(
        label=gettext_lazy("Open an opportunity too"), required=False, initial=True
    )
    deal_name = forms.CharField(label=gettext_lazy("Opportunity"), max_length=200, required=False)
    amount = MoneyField(label=gettext_lazy("Expected amount"), required=False, min_value=0)
    expected_close_date = DateField(label=gettext_lazy("Expected close"), required=False)
    wide = ("customer", "with_deal")

    def __init__(self, *args: Any, lead: Lead, customers: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["explanation"] = first_reason_field(self.data)
        choice: Any = self.fields["customer"]
        choice.choices = [
            *((str(pk), _("Attach to %(name)s") % {"name": name}) for pk, name in customers),
            (NEW, _("New customer: %(name)s") % {"name": lead.company_name}),
        ]
        choice.initial = str(customers[0][0]) if customers else NEW
        words = _("%(name)s: first deal") % {"name": lead.company_name}
        self.fields["deal_name"].initial = words

    def clean(self) -> dict[str, Any]:
        """A deal needs a name."""
        values = super().clean() or {}
        if values.get("with_deal") and not values.get("deal_name", "").strip():
            self.add_error("deal_name", _("Give the opportunity a name."))
        return values

    @property
    def customer_id(self) -> int | None:
        """The customer to attach to, None for a new one."""
        chosen = self.cleaned_data["customer"]
        return None if chosen == NEW else int(chosen)

    @property
    def deal(self) -> Deal | None:
        """The opportunity to open, None without one."""
        values = self.cleaned_data
        if not values["with_deal"]:
            return None
        return Deal(
            name=values["deal_name"].strip(),
            amount=values["amount"] or Deal.amount,
            expected_close_date=values["expected_close_date"],
        )

    @property
    def confirmed(self) -> list[str]:
        """The marks of the cards that were ticked as looked at."""
        return str(self.data.get("confirmed", ""))[:2_000].split()

    def ask(self, refusal: LikelyDuplicate, cards: Sequence[SimilarCard]) -> None:
        """The client is known: show by whom, and put what the service asks."""
        self.fields["explanation"] = asking_field(refusal, cards)
        forget_bound(self)
        self.add_error(None, linked_to_cards(str(refusal)))

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.money import ZERO, round_money
from crm.web.forms import DateField, MoneyField, TenantForm
from payments.enums import InstalmentKind
from payments.models import Instalment, PaymentPlan
from payments.services.plans import MOST_INSTALMENTS, InstalmentDraft

SPARE_ROWS = 1


class InstalmentForm(TenantForm):
    """One row of the plan; a row without amount and date is no row."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=pgettext_lazy("instalment", "Kind"), choices=InstalmentKind)
    label = forms.CharField(label=_("Label"), max_length=60, required=False)
    amount = MoneyField(label=_("Amount"), required=False, min_value=Decimal("0.01"))
    due_date = DateField(label=pgettext_lazy("money", "Due"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("amount") is not None and not values.get("due_date"):
            self.add_error("due_date", _("When is it due?"))
        return values

    @property
    def is_empty(self) -> bool:
        """Whether the row asks for nothing."""
        return self.cleaned_data.get("amount") is None and not self.cleaned_data.get("due_date")


def as_typed(row: Instalment) -> dict[str, Any]:
    """An instalment as the form's row begins."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "label": row.label,
        "amount": row.amount,
        "due_date": row.due_date,
    }


class PlanForm(TenantForm):
    """All rows of a plan; one amount may be left open and takes what is left."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, plan: PaymentPlan, rows: Sequence[Instalment], data: QueryDict | None):
        super().__init__(data, initial={"version": plan.version})
        self.plan = plan
        self.rows = self._bound(data) if data is not None else self._initial(rows)

    def _initial(self, rows: Sequence[Instalment]) -> list[InstalmentForm]:
        found = [
            InstalmentForm(prefix=f"row{n}", initial=as_typed(row)) for n, row in enumerate(rows)
        ]
        for form, row in zip(found, rows, strict=True):
            if row.open_amount <= ZERO:
                form.fields["amount"].widget.attrs["readonly"] = True
        spare = {"kind": InstalmentKind.PROGRESS}
        numbers = range(len(rows), len(rows) + SPARE_ROWS)
        return found + [InstalmentForm(prefix=f"row{n}", initial=spare) for n in numbers]

    def _bound(self, data: QueryDict) -> list[InstalmentForm]:
        numbers = range(MOST_INSTALMENTS + SPARE_ROWS)
        return [
            InstalmentForm(data, prefix=f"row{number}")
            for number in numbers
            if f"row{number}-kind" in data
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(row.is_valid() for row in self.rows)])

    def drafts(self) -> list[InstalmentDraft]:
        """The rows asked for; the one without an amount takes the rest of the plan."""
        wanted = [row.cleaned_data for row in self.rows if not row.is_empty]
        given = sum((row["amount"] or ZERO for row in wanted), ZERO)
        rest = self.plan.amount - given
        return [
            InstalmentDraft(
                id=row["id"],
                kind=row["kind"],
                label=row["label"],
                amount=round_money(rest if row["amount"] is None else row["amount"]),
                due_date=row["due_date"],
            )
            for row in wanted
        ]

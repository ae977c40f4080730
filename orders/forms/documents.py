"""The editor's forms: the terms, and one small form per line."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import policy
from crm.people.models import Member
from crm.web.forms import TenantForm, TenantModelForm
from leads.models import Contact, Opportunity
from orders.drafts import LineDraft, Terms
from orders.forms.fields import TypedDecimal
from orders.models import PriceBook


class TermsForm(TenantModelForm):
    """Everything but the lines; quotes and orders add what is theirs."""

    draft: ClassVar[type[Terms]]

    discount_percent = TypedDecimal(
        label=_("Overall discount (%)"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        required=False,
    )
    notes = forms.CharField(
        label=_("Notes"), max_length=2000, required=False, widget=forms.Textarea
    )

    wide = ("notes",)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer_id = self.instance.customer_id
        self._offer("contact", Contact.objects.filter(customer_id=customer_id).order_by("id"))
        own = policy.visible(member, Opportunity.objects.all(), "leads.view_opportunity")
        # what was chosen stays a choice: else saving would take it out without a word
        deals = Q(pk__in=own.values("pk")) | Q(pk=self.instance.opportunity_id)
        offered = Opportunity.objects.filter(deals, customer_id=customer_id)
        self._offer("opportunity", offered.order_by("-id"))
        books = Q(is_active=True) | Q(pk=self.instance.price_book_id)
        self._offer("price_book", PriceBook.objects.filter(books).order_by("name"))
        if not self.initial["discount_percent"]:
            self.initial["discount_percent"] = ""

    def _offer(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        field.queryset = queryset  # type: ignore[attr-defined]
        field.empty_label = "—"  # type: ignore[attr-defined]

    def clean_discount_percent(self) -> Decimal:
        """Nothing typed is no discount."""
        return self.cleaned_data["discount_percent"] or Decimal(0)

    def clean(self) -> dict[str, Any]:
        """A price book of another currency would silently give no price."""
        values: dict[str, Any] = super().clean() or {}
        book, currency = values.get("price_book"), values.get("currency")
        if book is not None and currency and book.currency != currency:
            words = _("This price book is in %(currency)s.") % {
                "currency": book.get_currency_display()
            }
            self.add_error("price_book", words)
        return values

    def _post_clean(self) -> None:
        """The row is written by the service, under its lock; the form changes no instance."""

    @property
    def terms(self) -> Terms:
        """What was typed, for the service."""
        values: dict[str, Any] = dict(self.cleaned_data)
        for name in ("contact", "opportunity", "price_book"):
            chosen = values.pop(name)
            values[f"{name}_id"] = chosen.pk if chosen else None
        return self.draft(**values)


class LineForm(TenantForm):
    """One line; every row posts the same names, in the order they stand."""

    line = forms.IntegerField(required=False, widget=forms.HiddenInput)
    product = forms.IntegerField(widget=forms.HiddenInput)
    description = forms.CharField(
        label=_("Description"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Remark for the customer")}),
    )
    quantity = TypedDecimal(
        label=_("Quantity"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    agreed_price = TypedDecimal(
        label=_("Agreed price"),
        required=False,
        min_value=Decimal(0),
        max_digits=18,
        decimal_places=6,
    )
    discount = TypedDecimal(
        label=pgettext_lazy("line", "Discount (%)"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
    )

    NAMES = ("line", "product", "description", "quantity", "agreed_price", "discount")

    @property
    def draft(self) -> LineDraft:
        """What was typed, for the service."""
        values = self.cleaned_data
        return LineDraft(
            id=values["line"],
            product_id=values["product"],
            description=values["description"],
            quantity=values["quantity"],
            agreed_price=values["agreed_price"],
            discount_percent=values["discount"] or Decimal(0),
        )


def typed(draft: LineDraft) -> Mapping[str, str]:
    """A line as its row of inputs would post it."""
    return {
        "line": str(draft.id or ""),
        "product": str(draft.product_id),
        "description": draft.description,
        "quantity": _digits(draft.quantity),
        "agreed_price": "" if draft.agreed_price is None else _digits(draft.agreed_price),
        "discount": _digits(draft.discount_percent) if draft.discount_percent else "",
    }


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"


class ReasonForm(TenantForm):
    """Why it came to nothing."""

    reason = forms.CharField(label=_("Why"), max_length=200)

    wide = ("reason",)


class CommentForm(TenantForm):
    """A remark under a quote or an order."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=4000,
        widget=forms.Textarea(
            attrs={"rows": "2", "placeholder": _("Write a comment…"), "aria-label": _("Comment")}
        ),
    )

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web.asked import record_id
from crm.web.forms import FileField, MoneyField, TenantForm
from orders.enums import Currency
from payments.enums import Bank, ExceptionKind
from payments.models import BankAccount

SHARE = "share-"


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of our accounts in use."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(BankAccount.objects.none(), **kwargs)

    def fresh_queryset(self) -> QuerySet[BankAccount]:
        rows: QuerySet[BankAccount] = BankAccount.objects.filter(is_active=True)
        return rows.order_by("name", "pk")


class StatementForm(TenantForm):
    """A bank file and, when the file does not say, its account."""

    file = FileField(
        label=_("Bank file"),
        help_text=_("CSV, XLSX or XLS as downloaded from the bank (ICBC, CMB and others)."),
    )
    account = AccountChoice(
        label=_("Account"), required=False, empty_label=_("Recognise it from the file")
    )
    wide = ("file", "account")


class AccountForm(TenantForm):
    """A bank account of ours."""

    name = forms.CharField(label=pgettext_lazy("account", "Name"), max_length=80)
    bank = forms.ChoiceField(label=_("Bank"), choices=Bank)
    number = forms.RegexField(
        r"^[0-9A-Za-z][0-9A-Za-z \-]{4,38}$", label=_("Account number"), max_length=40
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency)
    holder = forms.CharField(label=_("Account holder"), max_length=120, required=False)


class AccountChangeForm(TenantForm):
    """What may change about an account: not its number."""

    name = forms.CharField(label=pgettext_lazy("account", "Name"), max_length=80)
    holder = forms.CharField(label=_("Account holder"), max_length=120, required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class AsideForm(TenantForm):
    """Why a line is set aside."""

    kind = forms.ChoiceField(label=pgettext_lazy("bank line", "Reason"), choices=ExceptionKind)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    wide = ("note",)


def read_shares(data: QueryDict) -> dict[int, Decimal] | None:
    """The amounts typed beside instalments; None when one of them is no amount."""
    field = MoneyField(required=False, min_value=Decimal(0))
    shares: dict[int, Decimal] = {}
    for key in data:
        pk = record_id(key.removeprefix(SHARE)) if key.startswith(SHARE) else None
        if pk is None:
            continue
        try:
            amount = field.clean(data[key])
        except forms.ValidationError:
            return None
        if amount:
            shares[pk] = amount
    return shares

"""Choosing one customer out of very many: typed, found by the server, picked."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from crm.web.widgets import OwnTemplate
from leads.models import Customer


class CustomerSearch(OwnTemplate, forms.TextInput):
    """A search box whose hits are offered as radio buttons; only the picked one is known here."""

    template_name = "leads/widgets/customer_search.html"
    chosen: Customer | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        address = reverse_lazy("leads:pick_customer")
        return super().get_context(name, value, attrs) | {"chosen": self.chosen, "url": address}


class CustomerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the customers in `queryset`, however many there are: none is sent in advance."""

    widget = CustomerSearch

    def __init__(self, queryset: "QuerySet[Customer] | None" = None, **kwargs: Any) -> None:
        super().__init__(Customer.objects.none() if queryset is None else queryset, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Remember the record, so that it is shown by name when the form comes back."""
        pk = value.pk if isinstance(value, Customer) else value
        if str(pk or "").isdecimal() and isinstance(self.widget, CustomerSearch):
            self.widget.chosen = self.queryset.filter(pk=pk).first()
        return pk

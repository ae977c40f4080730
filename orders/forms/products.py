from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.web.forms import DateField, TenantModelForm
from leads.enums import CustomerLevel
from orders.forms.fields import TypedDecimal
from orders.models import PriceBook, PriceBookEntry, Product


class ProductForm(TenantModelForm):
    """What is sold, and at which price."""

    wide = ("description",)

    class Meta:
        model = Product
        fields = (
            "name",
            "code",
            "category",
            "unit",
            "list_price",
            "floor_price",
            "cost",
            "tax_rate",
            "currency",
            "description",
        )
        help_texts = {
            "list_price": gettext_lazy("Per unit, with tax."),
            "floor_price": gettext_lazy("A line below it is marked for whoever approves."),
            "cost": gettext_lazy("What one unit costs us, with tax."),
        }
        field_classes = {
            "list_price": TypedDecimal,
            "floor_price": TypedDecimal,
            "cost": TypedDecimal,
        }

    def clean(self) -> dict[str, Any]:
        """The floor is not above the list price."""
        values: dict[str, Any] = super().clean() or {}
        floor, price = values.get("floor_price"), values.get("list_price")
        if floor is not None and price is not None and floor > price:
            self.add_error("floor_price", _("The floor price is above the list price."))
        return values


class PriceBookForm(TenantModelForm):
    """A price book's head."""

    wide = ("name",)

    class Meta:
        model = PriceBook
        fields = ("name", "currency", "includes_tax", "is_default", "is_active")


class PriceForm(TenantModelForm):
    """One price in a book: from a quantity on, between two days."""

    valid_from = DateField(label=gettext_lazy("Valid from"), required=False)
    valid_until = DateField(label=gettext_lazy("Valid until"), required=False)

    wide = ("product",)

    class Meta:
        model = PriceBookEntry
        fields = (
            "product",
            "min_quantity",
            "unit_price",
            "customer_level",
            "valid_from",
            "valid_until",
        )
        field_classes = {"min_quantity": TypedDecimal, "unit_price": TypedDecimal}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.filter(is_active=True).order_by("sort_key", "id")
        product.widget.attrs["data-picker"] = ""
        level: Any = self.fields["customer_level"]
        level.choices = [("", _("Every level")), *CustomerLevel.choices]

    def clean(self) -> dict[str, Any]:
        """A price starts before it ends."""
        values: dict[str, Any] = super().clean() or {}
        start, end = values.get("valid_from"), values.get("valid_until")
        if start and end and start > end:
            self.add_error("valid_until", _("It ends before it starts."))
        return values

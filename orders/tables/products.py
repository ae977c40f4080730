from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.web.components import Action
from crm.web.tables import (
    BadgeColumn,
    BooleanFilter,
    ChoiceColumn,
    ChoiceFilter,
    DayColumn,
    Empty,
    HtmlColumn,
    LinkColumn,
    QuickView,
    Reader,
    Row,
    Table,
    TextColumn,
    TextFilter,
)
from leads.enums import CustomerLevel
from orders import words
from orders.enums import TAX_RATES, Currency
from orders.models import Product
from orders.selectors.products import narrow_products

ON_SALE = ((True, _("On sale")), (False, _("Archived")))
IN_USE = ((True, _("In use")), (False, _("Not in use")))
STATE_COLOURS: Any = {True: "green", False: "grey"}


def price_of(path: str, currency: str) -> Any:
    """A cell with a unit price."""

    def cell(row: Row, reader: Reader) -> str:
        return words.unit_price(row[path], row[currency])

    return cell


def plain(path: str) -> Any:
    """What an export shows: the figure itself."""

    def cell(row: Row) -> object:
        return row[path]

    return cell


def tax_rate(row: Row, reader: Reader) -> str:
    """13%."""
    return words.percent(row["tax_rate"])


def quantity(row: Row, reader: Reader) -> str:
    """From which quantity a price holds."""
    return words.quantity(row["min_quantity"])


class CreatableTable(Table):
    """A list whose empty state offers to add the first one, to those who may."""

    def __init__(
        self, request: HttpRequest, queryset: QuerySet[Any], *, create: Action | None
    ) -> None:
        super().__init__(request, queryset)
        if self.empty is not None:
            self.empty = replace(self.empty, action=create)  # type: ignore[misc]


class ProductTable(CreatableTable):
    key = "products"
    sort = "sort_key"
    columns = (
        LinkColumn("name", _("Product"), url="orders:product", sort="sort_key"),
        TextColumn("code", _("Code"), sort="code"),
        TextColumn("category", _("Category")),
        TextColumn("unit", _("Unit")),
        HtmlColumn(
            "list_price",
            _("List price"),
            html=price_of("list_price", "currency"),
            plain=plain("list_price"),
            wanted=("list_price", "floor_price", "currency"),
            align="end",
        ),
        HtmlColumn(
            "floor_price",
            _("Floor price"),
            html=price_of("floor_price", "currency"),
            plain=plain("floor_price"),
            wanted=("list_price", "floor_price", "currency"),
            align="end",
        ),
        HtmlColumn(
            "cost",
            _("Cost"),
            html=price_of("cost", "currency"),
            plain=plain("cost"),
            wanted=("cost", "currency"),
            align="end",
            hidden=True,
        ),
        HtmlColumn(
            "tax_rate",
            _("Tax rate"),
            html=tax_rate,
            plain=plain("tax_rate"),
            wanted=("tax_rate",),
            align="end",
        ),
        BadgeColumn("is_active", _("State"), choices=ON_SALE, colours=STATE_COLOURS),
    )
    filters = (
        BooleanFilter("is_active", _("On sale")),
        TextFilter("category", _("Category")),
        ChoiceFilter("tax_rate", _("Tax rate"), choices=TAX_RATES),
        ChoiceFilter("currency", _("Currency"), choices=Currency),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("on_sale", _("On sale"), "is_active=yes"),
        QuickView("archived", _("Archived"), "is_active=no"),
    )
    search_hint = _("Name or code")
    export_permission = "orders.edit_product"
    refresh = ("product-changed",)
    empty = Empty(_("No products yet."), None, "package")

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_products(queryset, text)


class PriceBookTable(CreatableTable):
    key = "price-books"
    sort = "-pk"
    columns = (
        LinkColumn("name", _("Price book"), url="orders:price_book"),
        ChoiceColumn("currency", _("Currency"), choices=Currency),
        ChoiceColumn(
            "includes_tax",
            _("Prices"),
            choices=((True, _("with tax")), (False, _("without tax"))),
        ),
        ChoiceColumn("is_default", _("Standard"), choices=((True, _("Standard")),)),
        BadgeColumn("is_active", _("State"), choices=IN_USE, colours=STATE_COLOURS),
    )
    refresh = ("price-book-changed",)
    empty = Empty(_("No price books yet: list prices hold."), None, "tags")


class PriceTable(CreatableTable):
    """The prices of one book."""

    key = "prices"
    sort = "product__sort_key"
    columns = (
        LinkColumn(
            "product",
            _("Product"),
            "product__name",
            url="orders:price",
            sort="product__sort_key",
        ),
        TextColumn("code", _("Code"), "product__code"),
        HtmlColumn(
            "min_quantity",
            _("From quantity"),
            html=quantity,
            plain=plain("min_quantity"),
            wanted=("min_quantity",),
            align="end",
        ),
        HtmlColumn(
            "unit_price",
            _("Unit price"),
            html=price_of("unit_price", "price_book__currency"),
            plain=plain("unit_price"),
            wanted=("unit_price", "price_book__currency"),
            align="end",
        ),
        ChoiceColumn("customer_level", _("Customer level"), choices=CustomerLevel),
        DayColumn("valid_from", _("Valid from")),
        DayColumn("valid_until", _("Valid until")),
    )
    search_hint = _("Name or code")
    refresh = ("price-changed",)
    empty = Empty(_("No prices in this book yet."), None, "tags")

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(product__in=narrow_products(Product.objects.all(), text))

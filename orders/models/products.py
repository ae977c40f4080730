from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import CustomerLevel
from orders.enums import TAX_RATES, Currency


class UnitPriceField(models.DecimalField):  # type: ignore[type-arg]
    """The price of one unit: six decimals, because screws cost less than a fen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_digits": 18, "decimal_places": 6} | kwargs))


class PercentField(models.DecimalField):  # type: ignore[type-arg]
    """A rate in percent: 13 is 13 %."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_digits": 5, "decimal_places": 2} | kwargs))


@tracked
class Product(TenantModel):
    """Something we sell. List and floor price and cost are per unit and include tax."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    sort_key = models.CharField(max_length=160, editable=False, default="")
    category = models.CharField(_("category"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    description = models.CharField(_("description"), max_length=300, blank=True)
    tax_rate = PercentField(_("tax rate"), choices=TAX_RATES, default=Decimal(13))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.CNY)
    list_price = UnitPriceField(_("list price"))
    floor_price = UnitPriceField(_("floor price"), null=True, blank=True)
    cost = UnitPriceField(_("cost"), null=True, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="product_code_unique"),
            models.CheckConstraint(
                condition=Q(list_price__gte=0), name="product_list_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0), name="product_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(floor_price__isnull=True) | Q(floor_price__lte=F("list_price")),
                name="product_floor_price_at_most_list_price",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "sort_key", "id"], name="product_reading_idx"),
            models.Index(
                fields=["organization", "category", "sort_key"], name="product_category_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class PriceBook(TenantModel):
    """Agreed prices in one currency, all with tax or all without."""

    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.CNY)
    includes_tax = models.BooleanField(_("prices include tax"), default=True)
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("price book")
        verbose_name_plural = _("price books")
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="price_book_name_unique"),
            models.UniqueConstraint(
                fields=["organization", "currency"],
                name="price_book_one_default_per_currency",
                condition=Q(is_default=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class PriceBookEntry(TenantModel):
    """What a product costs in a price book from a quantity on, within its days."""

    price_book = TenantForeignKey(PriceBook, models.CASCADE, related_name="entries")
    product = TenantForeignKey(
        Product, models.CASCADE, related_name="price_entries", verbose_name=_("product")
    )
    min_quantity = models.DecimalField(
        _("from quantity"), max_digits=14, decimal_places=3, default=Decimal(0)
    )
    unit_price = UnitPriceField(_("unit price"))
    customer_level = models.CharField(
        _("customer level"), max_length=1, choices=CustomerLevel, blank=True
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_price__gte=0) & Q(min_quantity__gte=0),
                name="price_entry_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="price_entry_starts_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.unit_price}"

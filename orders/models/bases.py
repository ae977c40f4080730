"""What quotes and orders have in common: a customer, terms, priced lines and their sums."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.money import ZERO, MoneyField
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.models import Contact, Customer, Opportunity
from leads.models.bases import OwnedModel
from orders.enums import Currency, PaymentTerms
from orders.models.products import PercentField, PriceBook, Product, UnitPriceField

TIES_OUT = Q(gross_amount=F("net_amount") + F("tax_amount"))
DISCOUNT_FITS = Q(discount_percent__gte=0) & Q(discount_percent__lte=100)


def today() -> date:
    """The date where the person is."""
    return timezone.localdate()


class PricedDocument(OwnedModel):
    """What a customer is offered or buys, at which prices and on which terms."""

    number = models.CharField(_("number"), max_length=20, editable=False)
    customer = TenantForeignKey(
        Customer, models.PROTECT, related_name="%(class)ss", verbose_name=_("customer")
    )
    opportunity = TenantForeignKey(
        Opportunity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("opportunity"),
    )
    contact = TenantForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact"),
    )
    payment_terms = models.CharField(
        _("payment terms"),
        max_length=20,
        choices=PaymentTerms,
        default=PaymentTerms.PREPAID_30_70,
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.CNY)
    is_tax_inclusive = models.BooleanField(_("prices include tax"), default=True)
    price_book = TenantForeignKey(
        PriceBook,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("price book"),
    )
    discount_percent = PercentField(_("overall discount (%)"), default=Decimal(0))
    # before any discount, in the tax basis of the prices; kept by orders.services.pricing
    list_amount = MoneyField(_("before discount"), default=ZERO, editable=False)
    discount_amount = MoneyField(_("discount"), default=ZERO, editable=False)
    net_amount = MoneyField(_("net amount"), default=ZERO, editable=False)
    tax_amount = MoneyField(_("tax"), default=ZERO, editable=False)
    gross_amount = MoneyField(_("total"), default=ZERO, editable=False)
    has_line_below_floor = models.BooleanField(_("below floor price"), default=False)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)

    class Meta(OwnedModel.Meta):
        abstract = True
        default_permissions = ("view", "edit")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="%(class)s_number_unique"
            ),
            models.CheckConstraint(condition=TIES_OUT, name="%(class)s_net_and_tax_make_gross"),
            models.CheckConstraint(
                condition=DISCOUNT_FITS, name="%(class)s_discount_between_0_and_100"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="%(class)s_latest_idx"),
            models.Index(fields=["organization", "owner", "-id"], name="%(class)s_owner_idx"),
            models.Index(
                fields=["organization", "department", "-id"], name="%(class)s_department_idx"
            ),
            models.Index(fields=["organization", "status", "-id"], name="%(class)s_status_idx"),
            models.Index(fields=["organization", "customer", "-id"], name="%(class)s_customer_idx"),
            models.Index(fields=["organization", "gross_amount", "id"], name="%(class)s_gross_idx"),
            models.Index(fields=["organization", "updated_at", "id"], name="%(class)s_updated_idx"),
        ]

    if TYPE_CHECKING:  # what every kind brings along
        lines: Any

        def get_status_display(self) -> str: ...

    def __str__(self) -> str:
        return self.number

    @property
    def is_editable(self) -> bool:
        """Whether it may still be written in."""
        raise NotImplementedError

    def new_line(self, product: Product) -> "DocumentLine":
        """A line of this document, not saved yet."""
        raise NotImplementedError


class DocumentLine(TenantModel):
    """One product on a quote or order; the amounts are the pricing engine's."""

    position = models.PositiveIntegerField(default=0)
    product = TenantForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=3, default=Decimal(1)
    )
    unit = models.CharField(_("unit"), max_length=20)
    # a price typed for this line; null = the price the catalogue gives
    agreed_price = UnitPriceField(_("agreed price"), null=True, blank=True)
    # what was agreed for the whole line, where the price is rounded too far to make it
    agreed_amount = MoneyField(_("agreed amount"), null=True, editable=False)
    discount_percent = PercentField(_("discount (%)"), default=Decimal(0))
    list_price = UnitPriceField(_("list price"), editable=False)
    unit_price = UnitPriceField(_("unit price"), editable=False)
    tax_rate = PercentField(_("tax rate"))
    discount_amount = MoneyField(_("discount"), default=ZERO, editable=False)
    net_amount = MoneyField(_("net amount"), default=ZERO, editable=False)
    tax_amount = MoneyField(_("tax"), default=ZERO, editable=False)
    gross_amount = MoneyField(_("total"), default=ZERO, editable=False)
    is_below_floor = models.BooleanField(_("below floor price"), default=False, editable=False)
    # the steps of orders.pricing: [{"code", "unit_price", "change", "params"}]
    explanation = models.JSONField(default=list, editable=False)

    class Meta(TenantModel.Meta):
        abstract = True

    @staticmethod
    def constraints(name: str) -> list[models.BaseConstraint]:
        """What the database holds true of every line, under the names of one kind of line."""
        return [
            models.CheckConstraint(condition=TIES_OUT, name=f"{name}_net_and_tax_make_gross"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name=f"{name}_quantity_positive"),
            models.CheckConstraint(
                condition=DISCOUNT_FITS, name=f"{name}_discount_between_0_and_100"
            ),
        ]


class KeptContent(TenantModel):
    """A quote or order as it stood once: append-only."""

    snapshot = models.JSONField()
    content_hash = models.CharField(max_length=64)
    member = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        abstract = True

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.access.grants import DepartmentGrant, Grant
from crm.audit.tracking import tracked
from crm.money import ZERO, MoneyField
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.models import Contact, Customer, Opportunity
from leads.models.bases import OwnedModel
from orders.enums import EDITABLE, Currency, OrderStatus, PaymentTerms, VersionReason
from orders.models.products import PercentField, PriceBook, Product, UnitPriceField

TIES_OUT = Q(gross_amount=F("net_amount") + F("tax_amount"))


def today() -> date:
    """The date where the person is."""
    return timezone.localdate()


@tracked
class Order(OwnedModel):
    """What a customer buys from us, at which prices and on which terms."""

    number = models.CharField(_("number"), max_length=20, editable=False)
    customer = TenantForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    opportunity = TenantForeignKey(
        Opportunity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="orders",
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
    status = FSMField(
        _("status"), max_length=12, choices=OrderStatus, default=OrderStatus.DRAFT, protected=True
    )
    contract_number = models.CharField(_("contract number"), max_length=40, blank=True)
    order_date = models.DateField(_("order date"), default=today)
    delivery_date = models.DateField(_("delivery date"), null=True, blank=True)
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
    discount_percent = PercentField(_("order discount (%)"), default=Decimal(0))
    # before any discount, in the tax basis of the prices; kept by orders.services.pricing
    list_amount = MoneyField(_("before discount"), default=ZERO, editable=False)
    discount_amount = MoneyField(_("discount"), default=ZERO, editable=False)
    net_amount = MoneyField(_("net amount"), default=ZERO, editable=False)
    tax_amount = MoneyField(_("tax"), default=ZERO, editable=False)
    gross_amount = MoneyField(_("total"), default=ZERO, editable=False)
    has_line_below_floor = models.BooleanField(_("below floor price"), default=False)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    cancelled_reason = models.CharField(_("why cancelled"), max_length=200, blank=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        default_permissions = ("view", "edit")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="order_number_unique"),
            models.CheckConstraint(condition=TIES_OUT, name="order_net_and_tax_make_gross"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100),
                name="order_discount_between_0_and_100",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="order_latest_idx"),
            models.Index(fields=["organization", "owner", "-id"], name="order_owner_idx"),
            models.Index(fields=["organization", "department", "-id"], name="order_department_idx"),
            models.Index(fields=["organization", "status", "-id"], name="order_status_idx"),
            models.Index(fields=["organization", "customer", "-id"], name="order_customer_idx"),
            models.Index(fields=["organization", "order_date", "id"], name="order_date_idx"),
            models.Index(fields=["organization", "gross_amount", "id"], name="order_gross_idx"),
            models.Index(fields=["organization", "updated_at", "id"], name="order_updated_idx"),
            models.Index(
                fields=["organization", "contract_number"], name="order_contract_number_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def access_grants() -> tuple[type["OrderGrant"], type["OrderDepartmentGrant"]]:
        """Where orders shared one by one are recorded: with people, with departments."""
        return OrderGrant, OrderDepartmentGrant

    @property
    def is_editable(self) -> bool:
        """Nothing changes while people are deciding on it, nor afterwards."""
        return self.status in EDITABLE

    @transition(status, source=list(EDITABLE), target=OrderStatus.SUBMITTED)
    def submit(self) -> None:
        """Asked for approval."""
        self.submitted_at = timezone.now()

    @transition(status, source=OrderStatus.SUBMITTED, target=OrderStatus.APPROVED)
    def approve(self) -> None:
        """Everybody asked has agreed."""
        self.approved_at = timezone.now()

    @transition(status, source=OrderStatus.SUBMITTED, target=OrderStatus.SENT_BACK)
    def send_back(self) -> None:
        """Somebody asked for changes."""

    @transition(status, source=OrderStatus.SUBMITTED, target=OrderStatus.DRAFT)
    def withdraw(self) -> None:
        """The submitter took it back."""

    @transition(status, source=[*EDITABLE, OrderStatus.APPROVED], target=OrderStatus.CANCELLED)
    def cancel(self) -> None:
        """Will not happen."""
        self.cancelled_at = timezone.now()

    @transition(status, source=OrderStatus.APPROVED, target=OrderStatus.COMPLETED)
    def complete(self) -> None:
        """Delivered and paid."""


class OrderGrant(Grant):
    """One order shared with one person."""

    content_object = TenantForeignKey(Order, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "permission", "content_object"],
                name="order_grant_once",
            )
        ]


class OrderDepartmentGrant(DepartmentGrant):
    """One order shared with a department and those below it."""

    content_object = TenantForeignKey(Order, models.CASCADE, related_name="department_grants")

    class Meta(DepartmentGrant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "department", "action", "content_object"],
                name="order_department_grant_once",
            )
        ]


@tracked
class OrderLine(TenantModel):
    """One product on an order; the amounts are the pricing engine's."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(default=0)
    product = TenantForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=3, default=Decimal(1)
    )
    unit = models.CharField(_("unit"), max_length=20)
    # a price typed for this line; null = the price the catalogue gives
    agreed_price = UnitPriceField(_("agreed price"), null=True, blank=True)
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

    access_via: ClassVar[str] = "order__"

    class Meta(TenantModel.Meta):
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(condition=TIES_OUT, name="order_line_net_and_tax_make_gross"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="order_line_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100),
                name="order_line_discount_between_0_and_100",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "order", "position"], name="order_line_order_idx")
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"


class OrderVersion(TenantModel):
    """An order as it stood when somebody submitted or decided: append-only."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    reason = models.CharField(_("why kept"), max_length=10, choices=VersionReason)
    snapshot = models.JSONField()
    content_hash = models.CharField(max_length=64)
    member = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("order version")
        verbose_name_plural = _("order versions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "order", "number"], name="order_version_number_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.number}"

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked, tracked_except
from crm.money import ZERO, MoneyField
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from orders.models import Order
from payments.enums import InstalmentKind
from payments.models.triggers import instalments_tie_out, kept_by_allocations, plan_ties_out


@tracked
class PaymentPlan(TenantModel):
    """When an order's money is due: one plan per order, its instalments make its amount."""

    order = TenantForeignKey(
        Order, models.PROTECT, related_name="payment_plans", verbose_name=_("order")
    )
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    created_by = TenantForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    access_via: ClassVar[str] = "order__"

    class Meta(TenantModel.Meta):
        verbose_name = _("payment plan")
        verbose_name_plural = _("payment plans")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "order"], name="payment_plan_once_per_order"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=ZERO), name="payment_plan_amount_positive"
            ),
        ]
        triggers = [plan_ties_out()]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.amount} {self.currency}"


@tracked_except("paid_amount")
class Instalment(TenantModel):
    """A part of an order's money with its due date: a receivable."""

    plan = TenantForeignKey(PaymentPlan, models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(
        _("kind"), max_length=12, choices=InstalmentKind, default=InstalmentKind.PROGRESS
    )
    label = models.CharField(_("label"), max_length=60, blank=True)
    percent = models.DecimalField(
        _("share (%)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    due_date = models.DateField(_("due"))
    # the sum of its allocations, kept by the database
    paid_amount = MoneyField(_("paid"), default=ZERO, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    access_via: ClassVar[str] = "plan__order__"

    class Meta(TenantModel.Meta):
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "plan", "position"],
                name="instalment_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="instalment_amount_positive"),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=ZERO, paid_amount__lte=F("amount")),
                name="instalment_not_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="instalment_percent_in_range"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_date", "id"], name="instalment_due_idx"),
            models.Index(
                fields=["organization", "due_date", "id"],
                name="instalment_open_due_idx",
                condition=Q(paid_amount__lt=F("amount")),
            ),
            models.Index(fields=["organization", "amount", "id"], name="instalment_amount_idx"),
        ]
        triggers = [instalments_tie_out(), kept_by_allocations("paid_amount")]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.position}"

    @property
    def open_amount(self) -> Decimal:
        """What is still owed of it."""
        left: Decimal = self.amount - self.paid_amount
        return left

    @property
    def name(self) -> str:
        """What people call it: its own label, else its kind."""
        return self.label or str(InstalmentKind(self.kind).label)

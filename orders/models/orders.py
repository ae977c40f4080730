from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.access.grants import DepartmentGrant, Grant
from crm.audit.tracking import tracked
from crm.tenancy.models import TenantForeignKey
from orders.enums import EDITABLE, OrderStatus, VersionReason
from orders.models.bases import DocumentLine, KeptContent, PricedDocument, today
from orders.models.products import Product
from orders.models.quotes import Quote


@tracked
class Order(PricedDocument):
    """What a customer buys from us, at which prices and on which terms."""

    quote = TenantForeignKey(
        Quote, models.PROTECT, null=True, editable=False, related_name="orders",
        verbose_name=_("quote"),
    )  # fmt: skip
    status = FSMField(
        _("status"), max_length=12, choices=OrderStatus, default=OrderStatus.DRAFT, protected=True
    )
    contract_number = models.CharField(_("contract number"), max_length=40, blank=True)
    order_date = models.DateField(_("order date"), default=today)
    delivery_date = models.DateField(_("delivery date"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    cancelled_reason = models.CharField(_("why cancelled"), max_length=200, blank=True)

    class Meta(PricedDocument.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            *PricedDocument.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "quote"],
                condition=Q(quote__isnull=False),
                name="order_of_quote_once",
            ),
        ]
        indexes = [
            *PricedDocument.Meta.indexes,
            models.Index(fields=["organization", "order_date", "id"], name="order_date_idx"),
            models.Index(
                fields=["organization", "contract_number"], name="order_contract_number_idx"
            ),
        ]

    @staticmethod
    def access_grants() -> tuple[type["OrderGrant"], type["OrderDepartmentGrant"]]:
        """Where orders shared one by one are recorded: with people, with departments."""
        return OrderGrant, OrderDepartmentGrant

    @property
    def is_editable(self) -> bool:
        """Nothing changes while people are deciding on it, nor afterwards."""
        return self.status in EDITABLE

    def new_line(self, product: Product) -> "OrderLine":
        """A line of this order, not saved yet."""
        return OrderLine(order=self, product=product)

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
class OrderLine(DocumentLine):
    """One product on an order."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="lines")

    access_via: ClassVar[str] = "order__"

    class Meta(DocumentLine.Meta):
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = DocumentLine.constraints("order_line")
        indexes = [
            models.Index(fields=["organization", "order", "position"], name="order_line_order_idx")
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"


class OrderVersion(KeptContent):
    """An order as it stood when somebody submitted or decided."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    reason = models.CharField(_("why kept"), max_length=10, choices=VersionReason)

    class Meta(KeptContent.Meta):
        verbose_name = _("order version")
        verbose_name_plural = _("order versions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "order", "number"], name="order_version_number_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.number}"

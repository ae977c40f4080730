from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.grants import DepartmentGrant, Grant
from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.places import Province
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads import numbers
from leads.enums import CustomerLevel, CustomerStatus, Industry
from leads.models.bases import MergeableModel, NextStepModel, OwnedModel


@tracked
class Customer(MergeableModel, OwnedModel, NextStepModel):
    """A company we deal with."""

    number = models.CharField(_("number"), max_length=20, editable=False)
    name = models.CharField(_("company"), max_length=200)
    sort_key = models.CharField(max_length=200, editable=False, default="")
    name_key = models.CharField(max_length=200, editable=False, default="")
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=CustomerStatus, default=CustomerStatus.PROSPECT
    )
    level = models.CharField(_("level"), max_length=1, choices=CustomerLevel, default="c")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=32, editable=False, default="", blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    province = models.CharField(_("province"), max_length=2, choices=Province, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry, blank=True)

    class Meta(MergeableModel.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        default_permissions = ("view", "edit")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="customer_number_unique"
            ),
            models.UniqueConstraint(
                fields=["organization", "credit_code"],
                name="customer_credit_code_unique",
                condition=~models.Q(credit_code="") & models.Q(merged_into__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="customer_latest_idx"),
            models.Index(fields=["organization", "owner", "-id"], name="customer_owner_idx"),
            models.Index(
                fields=["organization", "department", "-id"], name="customer_department_idx"
            ),
            models.Index(fields=["organization", "sort_key", "id"], name="customer_reading_idx"),
            models.Index(fields=["organization", "updated_at", "id"], name="customer_updated_idx"),
            models.Index(
                fields=["organization", "next_step_at", "id"], name="customer_next_step_idx"
            ),
            models.Index(fields=["organization", "name"], name="customer_name_idx"),
            models.Index(fields=["organization", "phone_key"], name="customer_phone_idx"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def access_grants() -> tuple[type["CustomerGrant"], type["CustomerDepartmentGrant"]]:
        """Where customers shared one by one are recorded: with people, with departments."""
        return CustomerGrant, CustomerDepartmentGrant


class CustomerGrant(Grant):
    """One customer shared with one person."""

    content_object = TenantForeignKey(Customer, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "permission", "content_object"],
                name="customer_grant_once",
            )
        ]


class CustomerDepartmentGrant(DepartmentGrant):
    """One customer shared with a department and those below it."""

    content_object = TenantForeignKey(Customer, models.CASCADE, related_name="department_grants")

    class Meta(DepartmentGrant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "department", "action", "content_object"],
                name="customer_department_grant_once",
            )
        ]


@tracked
class Contact(TenantModel):
    """A person at a customer."""

    customer = TenantForeignKey(
        Customer, models.CASCADE, related_name="contacts", verbose_name=_("customer")
    )
    name = models.CharField(_("name"), max_length=80)
    sort_key = models.CharField(max_length=200, editable=False, default="")
    title = models.CharField(_("job title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=32, editable=False, default="", blank=True)
    other_phones = models.CharField(
        _("other phones"), max_length=numbers.ROOM, blank=True, default="", db_default=""
    )
    email = models.EmailField(_("e-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=64, blank=True)
    is_primary = models.BooleanField(_("main contact"), default=False)
    created_by = TenantForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    access_via: ClassVar[str] = "customer__"

    class Meta(TenantModel.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["organization", "-id"], name="contact_latest_idx"),
            models.Index(fields=["organization", "sort_key", "id"], name="contact_reading_idx"),
            models.Index(fields=["organization", "name"], name="contact_name_idx"),
            models.Index(fields=["organization", "phone_key"], name="contact_phone_idx"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> int:
        """Differs after every save: nobody counts them for people, the moment tells."""
        return int(self.updated_at.timestamp() * 1_000_000)

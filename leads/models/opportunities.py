from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.grants import DepartmentGrant, Grant
from crm.audit.tracking import tracked
from crm.money import ZERO, MoneyField
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import StageKind
from leads.models.bases import NextStepModel, OwnedModel
from leads.models.customers import Contact, Customer
from leads.models.leads import Lead


class Stage(TenantModel):
    """A column of the pipeline board."""

    code = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=5, choices=StageKind, default=StageKind.OPEN)
    probability = models.PositiveSmallIntegerField(_("probability (%)"), default=0)
    expected_days = models.PositiveSmallIntegerField(_("expected days"), default=14)

    class Meta(TenantModel.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="stage_code_unique"),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="stage_probability_at_most_100"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Opportunity(OwnedModel, NextStepModel):
    """A deal that may be won."""

    number = models.CharField(_("number"), max_length=20, editable=False)
    name = models.CharField(_("name"), max_length=200)
    customer = TenantForeignKey(
        Customer, models.PROTECT, related_name="opportunities", verbose_name=_("customer")
    )
    contact = TenantForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact"),
    )
    lead = TenantForeignKey(
        Lead, models.SET_NULL, null=True, editable=False, related_name="opportunities"
    )
    stage = TenantForeignKey(
        Stage, models.PROTECT, related_name="opportunities", verbose_name=_("stage")
    )
    stage_changed_at = models.DateTimeField(_("in stage since"), editable=False)
    # the order of cards in a column; gaps of 1024 let a card move without touching others
    position = models.BigIntegerField(default=0, editable=False)
    amount = MoneyField(_("expected amount"), default=ZERO)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    expected_close_date = models.DateField(_("expected close"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    lost_reason = models.CharField(_("why lost"), max_length=200, blank=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        default_permissions = ("view", "edit")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="opportunity_number_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=ZERO), name="opportunity_amount_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="opportunity_latest_idx"),
            models.Index(
                fields=["organization", "owner", "stage"], name="opportunity_owner_stage_idx"
            ),
            models.Index(
                fields=["organization", "department", "stage"], name="opportunity_dept_stage_idx"
            ),
            models.Index(
                fields=["organization", "stage", "position", "id"], name="opportunity_column_idx"
            ),
            models.Index(
                fields=["organization", "updated_at", "id"], name="opportunity_updated_idx"
            ),
            models.Index(fields=["organization", "name"], name="opportunity_name_idx"),
            models.Index(fields=["organization", "amount", "id"], name="opportunity_amount_idx"),
            models.Index(
                fields=["organization", "expected_close_date", "id"], name="opportunity_close_idx"
            ),
            models.Index(
                fields=["organization", "next_step_at", "id"], name="opportunity_next_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def access_grants() -> tuple[type["OpportunityGrant"], type["OpportunityDepartmentGrant"]]:
        """Where opportunities shared one by one are recorded: with people, with departments."""
        return OpportunityGrant, OpportunityDepartmentGrant


class OpportunityGrant(Grant):
    """One opportunity shared with one person."""

    content_object = TenantForeignKey(Opportunity, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "permission", "content_object"],
                name="opportunity_grant_once",
            )
        ]


class OpportunityDepartmentGrant(DepartmentGrant):
    """One opportunity shared with a department and those below it."""

    content_object = TenantForeignKey(Opportunity, models.CASCADE, related_name="department_grants")

    class Meta(DepartmentGrant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "department", "action", "content_object"],
                name="opportunity_department_grant_once",
            )
        ]


class StageChange(TenantModel):
    """A move between stages: what funnel and velocity are computed from. Append-only."""

    opportunity = TenantForeignKey(Opportunity, models.CASCADE, related_name="stage_changes")
    from_stage = TenantForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    to_stage = TenantForeignKey(Stage, models.PROTECT, related_name="+")
    member = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    amount = MoneyField(default=ZERO)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = _("stage change")
        verbose_name_plural = _("stage changes")
        indexes = [
            models.Index(
                fields=["organization", "opportunity", "-id"], name="stage_change_latest_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id}: {self.from_stage_id} → {self.to_stage_id}"

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import FollowUpKind, FollowUpOutcome
from leads.models.customers import Customer
from leads.models.leads import Lead
from leads.models.opportunities import Opportunity


class FollowUp(TenantModel):
    """A contact with a lead or customer: effective only with an outcome and a next step."""

    lead = TenantForeignKey(Lead, models.CASCADE, null=True, related_name="follow_ups")
    customer = TenantForeignKey(Customer, models.CASCADE, null=True, related_name="follow_ups")
    opportunity = TenantForeignKey(
        Opportunity, models.CASCADE, null=True, related_name="follow_ups"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=FollowUpKind, default="call")
    outcome = models.CharField(_("outcome"), max_length=16, choices=FollowUpOutcome, blank=True)
    content = models.TextField(_("what was said"), blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    is_effective = models.BooleanField(_("effective"), editable=False)
    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField(auto_now_add=True)

    append_only: ClassVar[bool] = False

    class Meta(TenantModel.Meta):
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lead__isnull=False)
                | models.Q(customer__isnull=False)
                | models.Q(opportunity__isnull=False),
                name="follow_up_has_a_subject",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "lead", "-at"], name="follow_up_lead_idx"),
            models.Index(fields=["organization", "customer", "-at"], name="follow_up_customer_idx"),
            models.Index(
                fields=["organization", "opportunity", "-at"], name="follow_up_opportunity_idx"
            ),
            models.Index(fields=["organization", "member", "-at"], name="follow_up_member_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

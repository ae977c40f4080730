from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.people.models import Department, Member
from crm.sharing.enums import Outcome
from crm.sharing.models.hand_overs import HandOver
from crm.sharing.models.transfers import Transfer
from crm.tenancy.models import TenantForeignKey, TenantModel


class Movement(TenantModel):
    """One row of a transfer or hand-over: what, from whom, to whom, and what became of it."""

    transfer = TenantForeignKey(Transfer, models.CASCADE, null=True, related_name="movements")
    hand_over = TenantForeignKey(HandOver, models.CASCADE, null=True, related_name="movements")
    # the kind of holding and the row's id: "leads.customer", 345
    holding = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    title = models.CharField(_("record"), max_length=200, blank=True)
    # chosen itself, or taken along with what was chosen
    is_chosen = models.BooleanField(default=True)
    giver = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    receiver = TenantForeignKey(Member, models.PROTECT, related_name="+")
    department_before = TenantForeignKey(Department, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING
    )
    at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints = [
            models.CheckConstraint(
                condition=Q(transfer__isnull=False) ^ Q(hand_over__isnull=False),
                name="movement_of_a_transfer_or_a_hand_over",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "holding", "record_id", "-id"], name="movement_record_idx"
            ),
            models.Index(fields=["organization", "transfer", "id"], name="movement_transfer_idx"),
            models.Index(
                fields=["organization", "hand_over", "holding", "id"], name="movement_hand_over_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holding} {self.record_id}: {self.outcome}"

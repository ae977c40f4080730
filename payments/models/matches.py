from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.encryption.fields import BlindIndexField, EncryptedTextField
from crm.money import ZERO, MoneyField
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.models import Customer
from payments.enums import AllocationSource, Band, ExceptionKind
from payments.models.banks import StatementLine
from payments.models.plans import Instalment
from payments.models.triggers import allocations_keep_sums


class MatchProposal(TenantModel):
    """What the engine last said about a line, and why; replaced at each run.

    Posting checks the open amounts again, so a stale proposal can do no harm.
    """

    line = TenantForeignKey(StatementLine, models.CASCADE, related_name="proposals")
    band = models.CharField(max_length=10, choices=Band)
    confidence = models.PositiveSmallIntegerField(_("confidence (%)"), default=0)
    # [{"code": "amount_exact", "params": {…}}, …]
    reasons = models.JSONField(default=list)
    # other ways to explain the line:
    # [{"shares": [[instalment, "3000.00"], …], "confidence": 64, "reasons": […]}, …]
    candidates = models.JSONField(default=list)
    # every line of the match, when several pay together
    line_ids = models.JSONField(default=list)
    # what of the line the allocations leave over
    rest_amount = MoneyField(default=ZERO)
    exception_kind = models.CharField(max_length=16, choices=ExceptionKind, blank=True)
    computed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = _("proposed match")
        verbose_name_plural = _("proposed matches")
        constraints = [
            models.UniqueConstraint(fields=["organization", "line"], name="proposal_once_per_line")
        ]
        indexes = [models.Index(fields=["organization", "band", "line"], name="proposal_band_idx")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.band}"


class ProposedShare(TenantModel):
    """A part of a line that a proposal gives to an instalment."""

    proposal = TenantForeignKey(MatchProposal, models.CASCADE, related_name="shares")
    instalment = TenantForeignKey(Instalment, models.CASCADE, related_name="proposed_shares")
    amount = MoneyField(_("amount"))

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "proposal", "instalment"], name="proposed_share_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.instalment_id}: {self.amount}"


class Allocation(TenantModel):
    """Money of a bank line given to an instalment. Append-only: a correction is a reversal."""

    line = TenantForeignKey(StatementLine, models.PROTECT, related_name="allocations")
    instalment = TenantForeignKey(Instalment, models.PROTECT, related_name="allocations")
    amount = MoneyField(_("amount"))
    reverses = TenantForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    source = models.CharField(max_length=10, choices=AllocationSource)
    band = models.CharField(max_length=10, choices=Band, blank=True)
    confidence = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    member = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("posted by")
    )
    at = models.DateTimeField(_("posted"))

    append_only: ClassVar[bool] = True
    access_via: ClassVar[str] = "instalment__plan__order__"

    class Meta(TenantModel.Meta):
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=ZERO)
                | Q(reverses__isnull=False, amount__lt=ZERO),
                name="allocation_sign_fits",
            ),
            models.UniqueConstraint(
                fields=["organization", "reverses"],
                name="allocation_reversed_once",
                condition=Q(reverses__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "line", "id"], name="allocation_line_idx"),
            models.Index(
                fields=["organization", "instalment", "id"], name="allocation_instalment_idx"
            ),
            models.Index(fields=["organization", "at", "id"], name="allocation_at_idx"),
        ]
        triggers = [allocations_keep_sums()]

    def __str__(self) -> str:
        return f"{self.line_id} → {self.instalment_id}: {self.amount}"


class PayerAlias(TenantModel):
    """Who paid for whom before, learned from postings; one payer may pay for several."""

    # payments.matching.payer_keys: "account:…" or "name:…"
    key = EncryptedTextField(max_length=300)
    key_index = BlindIndexField(source="key")
    payer_name = models.CharField(_("payer"), max_length=200, blank=True)
    customer = TenantForeignKey(Customer, models.CASCADE, related_name="payer_aliases")
    times = models.IntegerField(default=1)
    learned_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = _("payer alias")
        verbose_name_plural = _("payer aliases")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key_index", "customer"], name="payer_alias_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payer_name} → {self.customer_id}"

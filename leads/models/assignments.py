from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.models.bases import OrderedRule
from leads.models.leads import Lead


class Strategy(models.TextChoices):
    """How the reps of a rule take turns: the engine's strategies."""

    ROUND_ROBIN = "round_robin", _("Round robin")
    LEAST_LOADED = "least_loaded", _("Fewest open leads first")


@tracked
class AssignmentRule(OrderedRule):
    """Which leads go to which reps, and how they take turns: tried in order of position."""

    # [{"field": "province", "op": "in", "value": ["31", "32"]}, …], all must hold
    conditions = models.JSONField(_("conditions"), default=list)
    # {"departments": [ids], "members": [ids]}
    pool = models.JSONField(_("reps"), default=dict)
    strategy = models.CharField(
        _("turns"), max_length=20, choices=Strategy, default=Strategy.ROUND_ROBIN
    )
    # a lead that meets the conditions waits for these reps instead of asking the next rule
    is_final = models.BooleanField(_("wait for these reps"), default=False)

    class Meta(OrderedRule.Meta):
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")


class AssignmentShare(TenantModel):
    """How far a rep has come in a rule's line: the memory behind fair turns."""

    rule = TenantForeignKey(AssignmentRule, models.CASCADE, related_name="shares")
    member = TenantForeignKey(Member, models.CASCADE, related_name="+")
    position = models.BigIntegerField(default=0)
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "rule", "member"], name="assignment_share_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.member_id}: {self.count}"


class AssignmentDecision(TenantModel):
    """Why this rep (or nobody): one row per decision, kept with its reasons."""

    lead = TenantForeignKey(Lead, models.CASCADE, related_name="assignment_decisions")
    member = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    rule = TenantForeignKey(AssignmentRule, models.SET_NULL, null=True, related_name="+")
    # the rule's name when it decided: it may be renamed or removed later
    rule_name = models.CharField(max_length=120, blank=True)
    reasons = models.JSONField(default=list)
    # [{"member": id, "value": turns or open leads}, …]: who would have been next
    candidates = models.JSONField(default=list)
    decided_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = _("assignment decision")
        verbose_name_plural = _("assignment decisions")
        indexes = [models.Index(fields=["organization", "lead", "-id"], name="decision_lead_idx")]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.member_id}"

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.entering import Label, shown_name
from leads.enums import (
    CardFact,
    CompleteField,
    NameOnCard,
    RecordKind,
    RuleEffect,
    ShareAction,
    ShareState,
)
from leads.models.bases import OrderedRule
from leads.models.customers import Customer

OPTIONAL_FIELDS = (CompleteField.WEBSITE,)
AT_LEAST_ONE = [MinValueValidator(1)]
PERCENT = [MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))]
ABOVE_NONE = [MinValueValidator(Decimal("0.1"))]


def every_card_fact() -> list[str]:
    """A redacted card shows all it may, until an administrator takes something away."""
    return [str(fact) for fact in CardFact]


def usual_complete_fields() -> list[str]:
    """What is asked of a complete customer until an administrator chooses."""
    return [str(one) for one in CompleteField if one not in OPTIONAL_FIELDS]


@tracked
class CollisionSettings(TenantModel):
    """How one organisation deals with two reps on one client: one row, defaults without it."""

    decision_hours = models.PositiveSmallIntegerField(
        _("working hours to decide a case"), default=8, validators=AT_LEAST_ONE
    )
    appeal_hours = models.PositiveSmallIntegerField(
        _("working hours to appeal"), default=16, validators=AT_LEAST_ONE
    )
    lookups_per_minute = models.PositiveSmallIntegerField(
        _("look-ups per member and minute"), default=60, validators=AT_LEAST_ONE
    )
    lookups_per_day = models.PositiveIntegerField(
        _("look-ups per member and day"), default=1_000, validators=AT_LEAST_ONE
    )
    protect_days = models.PositiveSmallIntegerField(
        _("longest protection in days"), default=90, validators=AT_LEAST_ONE
    )
    protect_limit = models.PositiveSmallIntegerField(_("protected customers per rep"), default=20)
    name_on_card = models.CharField(
        _("name on a redacted card"),
        max_length=8,
        choices=NameOnCard,
        default=NameOnCard.MASKED,
    )
    card_shows = models.JSONField(_("a redacted card shows"), default=every_card_fact)

    # a customer with all of these filled counts as complete in the figures
    complete_fields = models.JSONField(_("a complete customer has"), default=usual_complete_fields)

    # from this full hour on, in the organisation's own time, the day's early warnings are told
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=8)

    # what the figures are measured by; none: no target
    target_rate = models.DecimalField(
        _("target: collision rate below (%)"), max_digits=5, decimal_places=2, null=True,
        blank=True, default=Decimal(2), validators=PERCENT,
    )  # fmt: skip
    target_completeness = models.DecimalField(
        _("target: completeness above (%)"), max_digits=5, decimal_places=2, null=True,
        blank=True, default=Decimal(95), validators=PERCENT,
    )  # fmt: skip
    target_sharing = models.DecimalField(
        _("target: information sharing above (%)"), max_digits=5, decimal_places=2, null=True,
        blank=True, default=Decimal(80), validators=ABOVE_NONE,
    )  # fmt: skip
    target_hours = models.DecimalField(
        _("target: working hours to decision below"), max_digits=6, decimal_places=1, null=True,
        blank=True, validators=ABOVE_NONE,
    )  # fmt: skip
    target_per_rep = models.DecimalField(
        _("target: customers per rep below"), max_digits=8, decimal_places=1, null=True,
        blank=True, validators=ABOVE_NONE,
    )  # fmt: skip

    class Meta(TenantModel.Meta):
        verbose_name = _("collision settings")
        verbose_name_plural = _("collision settings")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], name="one_collision_settings_per_organization"
            ),
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23), name="collision_digest_hour_of_a_day"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Collision settings"))


@tracked
class CollisionRule(OrderedRule):
    """What happens when a client is entered that is like a known one: the first that fits."""

    # [{"field": "company", "op": "exact"}, …], all must hold; leads.collision_rules names them
    conditions = models.JSONField(_("conditions"), default=list)
    # where the new entry comes from; empty: from anywhere
    channels = models.JSONField(_("sources"), default=list)
    # the level of the customer that is met; empty: any, and leads too
    levels = models.JSONField(_("customer levels"), default=list)
    effect = models.CharField(_("effect"), max_length=8, choices=RuleEffect)

    class Meta(OrderedRule.Meta):
        verbose_name = _("collision rule")
        verbose_name_plural = _("collision rules")
        indexes = [
            models.Index(fields=["organization", "position", "id"], name="collision_rule_order_idx")
        ]

    @property
    def title(self) -> Label:
        """Its name in the reader's language, as long as it is a delivered one."""
        return shown_name(self.name)


@tracked
class CustomerProtection(TenantModel):
    """A customer whose duplicates are locked for a while, and for whom."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="protections")
    # whose limit it counts against: the owner when it began
    holder = TenantForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("protected for")
    )
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("protected until"))
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # null: it expired
    ended_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        verbose_name = _("protection")
        verbose_name_plural = _("protections")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer"],
                condition=Q(ended_at__isnull=True),
                name="customer_protected_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "holder"],
                condition=Q(ended_at__isnull=True),
                name="protection_holder_idx",
            ),
            models.Index(
                fields=["organization", "until"],
                condition=Q(ended_at__isnull=True),
                name="protection_until_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.until}"


@tracked
class ShareRequest(TenantModel):
    """Somebody met a client they may not see and asks its owner to share it."""

    asker = TenantForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("asked by"))
    record_kind = models.CharField(max_length=10, choices=RecordKind)
    record_id = models.BigIntegerField()
    # the name as the asker had typed it: what tells their own requests apart
    typed = models.CharField(max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(
        pgettext_lazy("request", "state"),
        max_length=10,
        choices=ShareState,
        default=ShareState.WAITING,
    )
    action = models.CharField(_("right"), max_length=8, choices=ShareAction, blank=True)
    until = models.DateField(_("until"), null=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        verbose_name = _("request to share")
        verbose_name_plural = _("requests to share")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "asker", "record_kind", "record_id"],
                condition=Q(state="waiting"),
                name="share_asked_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "record_kind", "record_id", "-id"],
                name="share_request_record_idx",
            ),
            models.Index(fields=["organization", "asker", "-id"], name="share_request_asker_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} → {self.record_kind} {self.record_id}"

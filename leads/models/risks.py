from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.people.models import Department, Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import RecordKind, RiskFactor, RiskState


class CollisionRisk(TenantModel):
    """Two records in different hands that may become a collision: how likely, and why.

    The left one is the smaller pair of kind and id. Owners and departments are those of the last
    look. A closed one keeps the probability it had, so that it can be held against what became
    of it.
    """

    left_kind = models.CharField(max_length=10, choices=RecordKind)
    left_id = models.BigIntegerField()
    right_kind = models.CharField(max_length=10, choices=RecordKind)
    right_id = models.BigIntegerField()
    left_owner = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    right_owner = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    left_department = TenantForeignKey(Department, models.SET_NULL, null=True, related_name="+")
    right_department = TenantForeignKey(Department, models.SET_NULL, null=True, related_name="+")
    # percent; whole numbers can be filtered by under row-level security
    probability = models.PositiveSmallIntegerField(_("probability"))
    # how like the two are by the identity engine, in percent
    score = models.PositiveSmallIntegerField(default=0)
    main_factor = models.CharField(_("main reason"), max_length=20, choices=RiskFactor)
    # [{"code": "same_brand", "weight": 45, …}, …], the weightiest first
    factors = models.JSONField(default=list)
    # the identity engine's own reasons
    reasons = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=RiskState, default=RiskState.OPEN)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    decided_by = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    why = models.CharField(_("reason"), max_length=200, blank=True)
    case_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("collision risk")
        verbose_name_plural = _("collision risks")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "left_kind", "left_id", "right_kind", "right_id"],
                name="collision_risk_once",
            ),
            models.CheckConstraint(
                condition=Q(probability__lte=100), name="collision_risk_at_most_100"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "state", "-probability", "-id"], name="risk_likeliest_idx"
            ),
            models.Index(fields=["organization", "probability", "id"], name="risk_probability_idx"),
            models.Index(fields=["organization", "first_seen_at", "id"], name="risk_age_idx"),
            models.Index(
                fields=["organization", "state", "last_seen_at"], name="risk_last_seen_idx"
            ),
            models.Index(
                fields=["organization", "right_kind", "right_id"], name="risk_right_record_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_kind} {self.left_id} ~ {self.right_kind} {self.right_id}"

    @property
    def is_open(self) -> bool:
        """Whether somebody should look at it."""
        return self.state == RiskState.OPEN

    @property
    def left(self) -> tuple[str, int]:
        return self.left_kind, self.left_id

    @property
    def right(self) -> tuple[str, int]:
        return self.right_kind, self.right_id


class CollisionWatch(TenantModel):
    """How far the watch over an organisation has come: one row, moved on with each chunk."""

    # records that changed before were looked at
    looked_until = models.DateTimeField(null=True)
    # the night's sweep: which day's it is, when it began, what it has looked at
    night = models.DateField(null=True)
    night_began_at = models.DateTimeField(null=True)
    night_ended_at = models.DateTimeField(null=True)
    cursor_kind = models.CharField(max_length=10, blank=True)
    cursor_id = models.BigIntegerField(default=0)
    # the day whose digest went out, and the last month whose figures are frozen
    digest_on = models.DateField(null=True)
    # what was first seen before has been told
    digest_at = models.DateTimeField(null=True)
    frozen_until = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="collision_watch_once")
        ]

    def __str__(self) -> str:
        return f"watch of {self.organization_id}"


class RiskDigestWish(TenantModel):
    """Whether one member wants the daily digest of early warnings; without a row, yes."""

    member = TenantForeignKey(Member, models.CASCADE, related_name="+")
    is_wanted = models.BooleanField(_("send me the digest"), default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="risk_digest_wish_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.is_wanted}"


class CollisionFigures(TenantModel):
    """The figures of a month, of a department with all below it or (none) of the company.

    Frozen when the month is over: what is said of March is not changed by what happens in June.
    """

    month = models.DateField(_("month"))
    department = TenantForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name=_("department")
    )
    customers = models.PositiveIntegerField(_("customers"), default=0)
    complete = models.PositiveIntegerField(_("complete customers"), default=0)
    owned = models.PositiveIntegerField(_("customers with an owner"), default=0)
    reps = models.PositiveIntegerField(_("reps with customers"), default=0)
    cases = models.PositiveIntegerField(_("cases opened"), default=0)
    decided = models.PositiveIntegerField(_("cases decided"), default=0)
    # working hours from opening to decision
    median_hours = models.DecimalField(
        _("hours to decision, median"), max_digits=9, decimal_places=1, null=True
    )
    p90_hours = models.DecimalField(
        _("hours to decision, 90 %"), max_digits=9, decimal_places=1, null=True
    )
    updates = models.PositiveIntegerField(_("updates of customer information"), default=0)
    follow_ups = models.PositiveIntegerField(_("follow-ups"), default=0)
    counted_at = models.DateTimeField(_("counted"))
    is_frozen = models.BooleanField(_("final"), default=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("collision figures")
        verbose_name_plural = _("collision figures")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "month", "department"],
                name="collision_figures_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "department", "-month"], name="figures_department_idx"
            ),
            models.Index(fields=["organization", "month", "id"], name="figures_month_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}/{self.department_id or '-'}"

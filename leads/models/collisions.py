from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.audit.tracking import tracked
from crm.people.models import Department, Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import (
    CaseState,
    CollisionOrigin,
    CollisionOutcome,
    CollisionSide,
    DecisionKind,
    RecordKind,
)


@tracked
class CollisionCase(TenantModel):
    """Who a client belongs to, asked because a second rep reached for it; one open per client.

    The record that was there first is its subject; whoever comes later joins.
    """

    number = models.CharField(_("number"), max_length=20, editable=False)
    # what the client is called on the record that was there first
    title = models.CharField(_("client"), max_length=200)
    subject_kind = models.CharField(max_length=10, choices=RecordKind)
    subject_id = models.BigIntegerField()
    origin = models.CharField(_("came up by"), max_length=10, choices=CollisionOrigin)
    state = FSMField(
        _("state"), max_length=10, choices=CaseState, default=CaseState.OPEN, protected=True
    )
    # 1 for the first decision, one more for each appeal
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    opened_by = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened"))
    # none means that the administrators decide
    decider = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("decides")
    )
    due_at = models.DateTimeField(_("due"), null=True)
    reminded_at = models.DateTimeField(null=True)
    # how often the deadline passed and the next superior was asked
    escalations = models.PositiveSmallIntegerField(_("escalations"), default=0)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=CollisionOutcome, blank=True, default=""
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    appeal_until = models.DateTimeField(_("appeal until"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    # counts every change a decider should have seen: a stale decision is refused
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    # within reach like any of its parties
    access_parties: ClassVar[str] = "parties"

    class Meta(TenantModel.Meta):
        verbose_name = _("collision case")
        verbose_name_plural = _("collision cases")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="case_number_unique"),
            models.UniqueConstraint(
                fields=["organization", "subject_kind", "subject_id"],
                name="case_one_open_per_record",
                condition=Q(state=CaseState.OPEN),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="case_latest_idx"),
            models.Index(fields=["organization", "state", "due_at", "id"], name="case_due_idx"),
            models.Index(fields=["organization", "due_at", "id"], name="case_due_only_idx"),
            # the list: what waits by its deadline, then the others, the latest first
            models.Index(
                F("organization"),
                Case(When(state__in=[CaseState.OPEN, CaseState.APPEALED], then=F("due_at"))),
                F("id").desc(),
                name="case_waiting_first_idx",
            ),
            models.Index(fields=["organization", "decider", "state"], name="case_decider_idx"),
            models.Index(
                fields=["organization", "subject_kind", "subject_id"], name="case_subject_idx"
            ),
            models.Index(fields=["organization", "opened_at", "id"], name="case_opened_idx"),
            models.Index(fields=["organization", "decided_at", "id"], name="case_decided_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to decide it."""
        return self.state in (CaseState.OPEN, CaseState.APPEALED)

    @transition(state, source=[CaseState.OPEN, CaseState.APPEALED], target=CaseState.DECIDED)
    def decide(self) -> None:
        """Somebody decided; it may be appealed."""

    @transition(state, source=CaseState.DECIDED, target=CaseState.APPEALED)
    def appeal(self) -> None:
        """A losing party asks the next level."""

    @transition(
        state,
        source=[CaseState.OPEN, CaseState.APPEALED, CaseState.DECIDED],
        target=CaseState.CLOSED,
    )
    def close(self) -> None:
        """Final: nobody appeals, or nobody is left to appeal to."""

    @transition(state, source=CaseState.OPEN, target=CaseState.WITHDRAWN)
    def withdraw(self) -> None:
        """Nobody claims the client from its owner any more: there is nothing to decide."""

    @transition(state, source=CaseState.APPEALED, target=CaseState.DECIDED)
    def withdraw_appeal(self) -> None:
        """Whoever appealed takes it back: the decision stands."""


class CollisionRecord(TenantModel):
    """A record of the case: the one that was there first, and each that came later."""

    case = TenantForeignKey(CollisionCase, models.CASCADE, related_name="records")
    record_kind = models.CharField(max_length=10, choices=RecordKind)
    record_id = models.BigIntegerField()
    is_held = models.BooleanField(_("was there first"), default=False)
    title = models.CharField(max_length=200)
    # how like the held record, by the engine
    score = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    reasons = models.JSONField(default=list)
    origin = models.CharField(max_length=10, choices=CollisionOrigin)
    explanation = models.CharField(_("why continue"), max_length=200, blank=True)
    # as it was when the record came into the case
    owner = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    # who entered or touched it
    member = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("record of a collision")
        verbose_name_plural = _("records of collisions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "case", "record_kind", "record_id"],
                name="case_record_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "case"],
                name="case_one_held_record",
                condition=Q(is_held=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "record_kind", "record_id", "-id"],
                name="case_record_idx",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.record_kind} {self.record_id}"


@tracked
class CollisionParty(TenantModel):
    """Somebody the case concerns: the reps on either side, their managers, who decides."""

    case = TenantForeignKey(CollisionCase, models.CASCADE, related_name="parties")
    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    # of a rep: managers above reach the case by it
    department = TenantForeignKey(Department, models.PROTECT, null=True, related_name="+")
    side = models.CharField(_("side"), max_length=10, choices=CollisionSide)
    # percent of the client that a decision gave them; none as long as nothing is shared
    share = models.PositiveSmallIntegerField(_("share (%)"), null=True)
    statement = models.TextField(_("statement"), max_length=4000, blank=True)
    stated_at = models.DateTimeField(null=True)
    # the level whose decision they accepted
    accepted_level = models.PositiveSmallIntegerField(null=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    access_owner: ClassVar[str] = "member_id"

    class Meta(TenantModel.Meta):
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "case", "member"], name="case_party_once"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__range=(1, 100)),
                name="case_share_is_a_percentage",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "case"], name="case_party_member_idx"),
            models.Index(
                fields=["organization", "department", "case"], name="case_party_department_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.member_id} {self.side}"

    @property
    def is_rep(self) -> bool:
        """Whether it is one of those the client may go to."""
        return self.side in (CollisionSide.HOLDER, CollisionSide.NEWCOMER)


class CollisionDecision(TenantModel):
    """What was decided at one level, on what evidence, and what it changed: append-only."""

    case = TenantForeignKey(CollisionCase, models.CASCADE, related_name="decisions")
    level = models.PositiveSmallIntegerField(_("level"))
    kind = models.CharField(_("decision"), max_length=10, choices=DecisionKind)
    decided_by = TenantForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=CollisionOutcome)
    winner = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("goes to")
    )
    # {"member id": percent}; empty where the client is not shared
    shares = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    # as leads.arbitration proposed it: outcome, winner, rule, reasons
    proposal = models.JSONField(default=dict)
    followed_proposal = models.BooleanField(_("follows the proposal"))
    # the facts the decision was made on
    evidence = models.JSONField(default=dict)
    # orders dated before stay credited to who gives the client away; none for older decisions
    commission_cutoff = models.DateField(_("commission cut-off"), null=True)
    # what it changed and from what, so that an appeal can put it back
    changes = models.JSONField(default=list)

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "case", "level"], name="case_decided_once_per_level"
            ),
            models.CheckConstraint(
                condition=Q(followed_proposal=True) | ~Q(reason="") | Q(outcome="merge"),
                name="case_other_than_proposed_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "decided_by", "-id"], name="case_decision_decider_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.level}: {self.outcome}"


class CollisionAppeal(TenantModel):
    """A losing party's objection to the decision of one level: append-only, one per level."""

    case = TenantForeignKey(CollisionCase, models.CASCADE, related_name="appeals")
    level = models.PositiveSmallIntegerField(_("level"))
    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=1000)
    at = models.DateTimeField()
    # who was asked for the decision it is against: taken back, the case is theirs again
    asked_before = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            # that one waits at a time is the state of the case
            models.UniqueConstraint(
                fields=["organization", "case", "level", "member"],
                name="case_appealed_once_per_level_and_member",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="case_appeal_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.level}"


class AppealWithdrawal(TenantModel):
    """An appeal taken back before anybody decided on it: append-only, the decision stands."""

    appeal = TenantForeignKey(CollisionAppeal, models.CASCADE, related_name="withdrawals")
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    at = models.DateTimeField()

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("withdrawn appeal")
        verbose_name_plural = _("withdrawn appeals")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "appeal"], name="case_appeal_withdrawn_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}"


@tracked
class ArbitrationTerms(TenantModel):
    """By which rules a decision is proposed; the usual ones until somebody changes them.

    The hours to decide and to appeal are in CollisionSettings.
    """

    # codes of leads.arbitration.Rule in the order they are asked, "-" before one that is not;
    # empty means the usual order
    rules = models.JSONField(_("rules in order"), default=list)
    remind_hours = models.PositiveSmallIntegerField(
        _("working hours of reminder before the deadline"), default=2
    )
    effective_days = models.PositiveSmallIntegerField(
        _("days an effective follow-up counts"), default=90
    )
    exhibition_days = models.PositiveSmallIntegerField(
        _("days an exhibition record protects"), default=30
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("terms of arbitration")
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_arbitration_terms"),
        ]

    def __str__(self) -> str:
        return "terms of arbitration"

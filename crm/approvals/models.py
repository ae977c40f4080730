from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.approvals.enums import OPEN_STATES, RunState, StepKind, StepState, Verdict
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel


class Flow(TenantModel):
    """Who is asked, in which order, before a kind of record counts. A change is a new version."""

    # the kind of record it is for: "orders.order"
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=1)
    # {"steps": [{"kind": "superior"}, {"kind": "role", "role": "finance"}, …]}
    definition = models.JSONField(_("steps"), default=dict)
    is_active = models.BooleanField(_("in use"), default=True)
    created_by = TenantForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("approval flow")
        verbose_name_plural = _("approval flows")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code", "version"], name="approval_flow_version_unique"
            ),
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="approval_flow_one_version_in_use",
                condition=Q(is_active=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Run(TenantModel):
    """One record on its way through the flow version that was in use when it was submitted."""

    flow = TenantForeignKey(Flow, models.PROTECT, related_name="runs")
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    title = models.CharField(_("title"), max_length=200)
    # of the guarded fields at submission: a decision on other content is refused
    content_hash = models.CharField(max_length=64)
    state = FSMField(
        _("state"), max_length=10, choices=RunState, default=RunState.RUNNING, protected=True
    )
    submitted_by = TenantForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "subject_kind", "subject_id"],
                name="approval_one_open_run_per_record",
                condition=Q(state__in=[str(state) for state in OPEN_STATES]),
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "-id"],
                name="approval_subject_idx",
            ),
            models.Index(fields=["organization", "state", "-id"], name="approval_state_idx"),
            models.Index(
                fields=["organization", "submitted_by", "-id"], name="approval_submitter_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Still to be decided."""
        return self.state in OPEN_STATES

    @transition(state, source=[RunState.RUNNING, RunState.BLOCKED], target=RunState.BLOCKED)
    def block(self) -> None:
        """Nobody was found for a step; never counts as approved."""

    @transition(state, source=RunState.BLOCKED, target=RunState.RUNNING)
    def unblock(self) -> None:
        """Somebody was found after all."""

    @transition(state, source=RunState.RUNNING, target=RunState.APPROVED)
    def approve(self) -> None:
        """The last step agreed."""

    @transition(state, source=RunState.RUNNING, target=RunState.SENT_BACK)
    def send_back(self) -> None:
        """Somebody asked for changes."""

    @transition(state, source=list(OPEN_STATES), target=RunState.WITHDRAWN)
    def withdraw(self) -> None:
        """The submitter took it back."""

    @transition(state, source=list(OPEN_STATES), target=RunState.VOIDED)
    def void(self) -> None:
        """The record changed under the approval."""


class RunStep(TenantModel):
    """One step of a run, as the flow described it at submission."""

    run = TenantForeignKey(Run, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind)
    # {"role": "finance"} or {"member": id}
    parameters = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=StepState, default=StepState.WAITING
    )
    started_at = models.DateTimeField(_("since"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "run", "position"], name="approval_step_position_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.position}"


class StepAssignee(TenantModel):
    """Somebody asked to decide a step; any one of them can."""

    step = TenantForeignKey(RunStep, models.CASCADE, related_name="assignees")
    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    # asked in the place of somebody who is away or has left
    stands_for = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "step", "member"], name="approval_assignee_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "member", "is_open", "-id"], name="approval_waiting_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.member_id}"


class Decision(TenantModel):
    """What somebody decided, on which content, and why: append-only."""

    run = TenantForeignKey(Run, models.CASCADE, related_name="decisions")
    step = TenantForeignKey(RunStep, models.CASCADE, related_name="decisions")
    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "step"], name="approval_step_decided_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVE) | ~Q(comment=""),
                name="approval_sent_back_with_a_comment",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "-id"], name="approval_decided_idx")
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.verdict}"

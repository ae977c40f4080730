from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from crm.audit.tracking import tracked
from crm.people.models import Department, Member
from crm.sharing.enums import OPEN_TRANSFERS, UNDO_WITHIN, TransferState
from crm.tenancy.models import TenantForeignKey, TenantModel


@tracked
class TransferRule(TenantModel):
    """When a transfer needs the agreement of the present owner's superior: one row."""

    across_departments = models.BooleanField(_("into another department"), default=True)
    most_at_once = models.PositiveIntegerField(
        _("more than so many records at once"), null=True, blank=True
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], name="one_transfer_rule_per_organization"
            )
        ]

    def __str__(self) -> str:
        return str(_("Rule for transfers"))


@tracked
class Transfer(TenantModel):
    """Records of one owner are to belong to another member, now or on a later day."""

    # the kind of record: "leads.customer"
    noun = models.CharField(max_length=60)
    count = models.PositiveIntegerField(_("records"))
    title = models.CharField(_("title"), max_length=200)
    giver = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("present owner")
    )
    receiver = TenantForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("new owner")
    )
    # keys of what goes along: "leads.opportunity", "orders.order", "teamwork.task"
    takes_along = ArrayField(models.CharField(max_length=60), default=list)
    reason = models.CharField(_("reason"), max_length=300)
    effective_date = models.DateField(pgettext_lazy("transfer", "effective"), null=True)
    # orders dated earlier stay credited to the giver; empty until it moves: the day it does
    commission_cutoff = models.DateField(_("commission cut-off"), null=True)
    keeps_reading = models.BooleanField(_("the old owner keeps read access"), default=False)
    reads_until = models.DateField(_("read access until"), null=True)
    state = FSMField(
        _("state"),
        max_length=10,
        choices=TransferState,
        default=TransferState.SCHEDULED,
        protected=True,
    )
    requested_by = TenantForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    department = TenantForeignKey(Department, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    undone_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    access_owner = "requested_by_id"

    class Meta(TenantModel.Meta):
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(
                condition=Q(giver__isnull=True) | ~Q(giver=models.F("receiver")),
                name="transfer_to_another_member",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="transfer_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-id"], name="transfer_state_idx"),
            models.Index(fields=["organization", "requested_by", "-id"], name="transfer_asker_idx"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Nothing has moved yet, and it may still."""
        return self.state in OPEN_TRANSFERS

    @property
    def undo_until(self) -> datetime | None:
        """The last moment at which it can be undone; none where nobody would get it back."""
        if self.state != TransferState.DONE or self.finished_at is None or self.giver_id is None:
            return None
        return self.finished_at + UNDO_WITHIN

    @property
    def can_undo(self) -> bool:
        """Carried out, from somebody, and not longer than seven days ago."""
        until = self.undo_until
        return until is not None and timezone.now() < until

    @transition(state, source=TransferState.SCHEDULED, target=TransferState.WAITING)
    def ask(self) -> None:
        """The superior of the present owner has to agree first."""

    @transition(state, source=TransferState.WAITING, target=TransferState.SCHEDULED)
    def agree(self) -> None:
        """Everybody asked has agreed."""

    @transition(state, source=TransferState.SCHEDULED, target=TransferState.DONE)
    def finish(self) -> None:
        """The records belong to the receiver."""

    @transition(state, source=TransferState.SCHEDULED, target=TransferState.FAILED)
    def fail(self) -> None:
        """On the day, none of the records was the present owner's any more."""

    @transition(state, source=TransferState.WAITING, target=TransferState.REFUSED)
    def refuse(self) -> None:
        """The superior said no."""

    @transition(state, source=TransferState.DONE, target=TransferState.UNDONE)
    def undo(self) -> None:
        """What had not moved on came back."""

    @transition(state, source=list(OPEN_TRANSFERS), target=TransferState.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back before anything moved."""

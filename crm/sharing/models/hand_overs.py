from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.sharing.enums import UNDO_WITHIN, HandOverState
from crm.tenancy.models import TenantForeignKey, TenantModel


@tracked
class HandOver(TenantModel):
    """Everything a leaver holds goes to others, in one transaction; undone within seven days."""

    leaver = TenantForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("who leaves")
    )
    # {"leads.customer": "split", "orders.order": "12", …}; see crm.sharing.allotment
    choices = models.JSONField(default=dict)
    # single customers given elsewhere: {"leads.customer": {"345": 12}}
    exceptions = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # orders dated earlier stay credited to the leaver; empty until it moves: the day it does
    commission_cutoff = models.DateField(_("commission cut-off"), null=True)
    deactivates = models.BooleanField(_("deactivate the member"), default=True)
    state = FSMField(
        _("state"),
        max_length=10,
        choices=HandOverState,
        default=HandOverState.DRAFT,
        protected=True,
    )
    count = models.PositiveIntegerField(_("rows moved"), default=0)
    prepared_by = TenantForeignKey(Member, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(auto_now_add=True)
    done_by = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("handed over by")
    )
    done_at = models.DateTimeField(_("handed over"), null=True)
    undone_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "leaver"],
                condition=models.Q(state="draft"),
                name="hand_over_prepared_once",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "leaver", "-id"], name="hand_over_leaver_idx"),
            models.Index(fields=["organization", "-id"], name="hand_over_latest_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.leaver_id} #{self.pk}"

    @property
    def undo_until(self) -> datetime | None:
        """The last moment at which it can be undone."""
        return self.done_at + UNDO_WITHIN if self.done_at else None

    @property
    def can_undo(self) -> bool:
        """Handed over, and not longer than seven days ago."""
        until = self.undo_until
        return self.state == HandOverState.DONE and until is not None and timezone.now() < until

    @transition(state, source=HandOverState.DRAFT, target=HandOverState.DONE)
    def finish(self) -> None:
        """Everything moved."""

    @transition(state, source=HandOverState.DONE, target=HandOverState.UNDONE)
    def undo(self) -> None:
        """What had not moved on came back."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import RecordKind

UNDO_WITHIN = timedelta(days=30)


@tracked
class Merge(TenantModel):
    """Two records of one client became one; undone within thirty days.

    The records stand by kind and id, not by reference: a merge outlives later merges of the same
    records, and none of its own moves may move it.
    """

    kept_kind = models.CharField(max_length=10, choices=RecordKind)
    kept_id = models.BigIntegerField()
    kept_title = models.CharField(_("kept"), max_length=200)
    gone_kind = models.CharField(max_length=10, choices=RecordKind)
    gone_id = models.BigIntegerField()
    gone_title = models.CharField(_("merged into it"), max_length=200)
    # {"phone": "gone", …}: whose value was taken, field by field
    picks = models.JSONField(default=dict)
    # every column of both records as they were
    kept_before = models.JSONField(default=dict)
    gone_before = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # the collision case that was decided by it
    case_id = models.BigIntegerField(null=True, editable=False)
    count = models.PositiveIntegerField(_("rows moved"), default=0)
    by = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("merged by")
    )
    at = models.DateTimeField(_("merged"))
    undone_by = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "gone_kind", "gone_id"],
                name="merged_away_once",
                condition=models.Q(undone_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=False) | models.Q(undone_by__isnull=True),
                name="merge_undone_by_and_at",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="merge_latest_idx"),
            models.Index(
                fields=["organization", "kept_kind", "kept_id", "-id"], name="merge_kept_idx"
            ),
            models.Index(
                fields=["organization", "gone_kind", "gone_id", "-id"], name="merge_gone_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_title} → {self.kept_title}"

    @property
    def undo_until(self) -> datetime:
        """The last moment at which it can be undone."""
        return self.at + UNDO_WITHIN

    @property
    def is_in_force(self) -> bool:
        return self.undone_at is None

    @property
    def can_undo(self) -> bool:
        """In force, and not older than thirty days."""
        return self.is_in_force and timezone.now() < self.undo_until


class MergeStep(TenantModel):
    """One thing a merge did to other rows, exact enough to take it back.

    Moved: `record_ids` of `model` pointed at `before_id` by `column` and point at `after_id` now.
    Changed: row `before_id` of `model` had `values` = {column: [before, after]}.
    """

    merge = TenantForeignKey(Merge, models.CASCADE, related_name="steps")
    model = models.CharField(max_length=60)
    # empty where a row was changed and nothing moved
    column = models.CharField(max_length=60, blank=True)
    record_ids = ArrayField(models.BigIntegerField(), default=list)
    before_id = models.BigIntegerField()
    after_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)

    append_only: ClassVar[bool] = False

    class Meta(TenantModel.Meta):
        verbose_name = _("step of a merge")
        verbose_name_plural = _("steps of a merge")
        indexes = [models.Index(fields=["organization", "merge", "id"], name="merge_step_idx")]

    def __str__(self) -> str:
        return f"{self.merge_id}: {self.model}.{self.column} {self.before_id} → {self.after_id}"

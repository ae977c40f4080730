from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import Bucket, Channel, ImportState


class ImportBatch(TenantModel):
    """One uploaded lead file on its way in."""

    file = TenantForeignKey(StoredFile, models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED
    )
    channel = models.CharField(_("source"), max_length=12, choices=Channel, default=Channel.FILE)
    campaign = models.CharField(_("campaign or event"), max_length=120, blank=True)
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    # column index (as text) → field name
    mapping = models.JSONField(default=dict)
    include_probable = models.BooleanField(_("import probable duplicates too"), default=False)
    row_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    created_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    job = TenantForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["organization", "-id"], name="import_latest_idx")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ImportRow(TenantModel):
    """One row of an import: as read, its bucket and why, and the lead it became."""

    batch = TenantForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField()
    values = models.JSONField(default=list)
    bucket = models.CharField(max_length=10, choices=Bucket)
    problems = models.JSONField(default=list)
    lead = TenantForeignKey("leads.Lead", models.SET_NULL, null=True, related_name="+")
    is_done = models.BooleanField(default=False)

    append_only: ClassVar[bool] = False

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "batch", "row_number"], name="import_row_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "batch", "bucket", "row_number"],
                name="import_row_bucket_idx",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row_number}"

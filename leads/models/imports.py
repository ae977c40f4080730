from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.files.models import StoredFile
from crm.jobs.models import Job, JobState
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import Bucket, Channel, ImportState, RecordKind


class ImportBatch(TenantModel):
    """One uploaded lead file on its way in.

    `checked_until` and `done_until` are row numbers of the file: where a killed worker's
    successor goes on. Each moves in the transaction that stores the rows before it.
    """

    file = TenantForeignKey(StoredFile, models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED
    )
    channel = models.CharField(_("source"), max_length=12, choices=Channel, default=Channel.FILE)
    campaign = models.CharField(_("campaign or event"), max_length=120, blank=True)
    # of a workbook with several sheets: which is read, and the names of all
    sheet = models.CharField(max_length=120, blank=True, default="", db_default="")
    sheets = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    # same names in the same order → the same signature: the columns are remembered by it
    signature = models.CharField(max_length=32, default="")
    # column index (as text) → field name
    mapping = models.JSONField(default=dict)
    include_probable = models.BooleanField(_("import probable duplicates too"), default=False)
    row_count = models.PositiveIntegerField(default=0)
    checked_until = models.PositiveIntegerField(default=0)
    done_until = models.PositiveIntegerField(default=0)
    # rows by bucket after the dry run, and touches by outcome after the import
    counts = models.JSONField(default=dict)
    results = models.JSONField(default=dict)
    # {"place": "row:17", "code": "unclosed_quote", "params": {…}}
    error = models.JSONField(default=dict)
    job = TenantForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["organization", "-id"], name="import_latest_idx"),
            models.Index(fields=["organization", "signature", "-id"], name="import_signature_idx"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_busy(self) -> bool:
        """Whether a worker is, or will be, at work on it."""
        return self.state in (ImportState.CHECKING, ImportState.RUNNING) and not self.has_given_up

    @property
    def has_given_up(self) -> bool:
        """Whether the worker failed too often; the import can be continued from where it was."""
        working = self.state in (ImportState.CHECKING, ImportState.RUNNING)
        return working and self.job is not None and self.job.state == JobState.FAILED


class ImportRow(TenantModel):
    """One row of an import: as read, normalised, its bucket and why."""

    batch = TenantForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField()
    values = models.JSONField(default=list)
    # the columns of the lead it would become
    fields = models.JSONField(default=dict)
    keys = ArrayField(models.BigIntegerField(), default=list)
    key_kinds = ArrayField(models.CharField(max_length=12), default=list)
    bucket = models.CharField(_("result of the check"), max_length=10, choices=Bucket)
    # [{"column": 3, "code": "phone_invalid", "params": {…}}, …]
    problems = models.JSONField(default=list)
    # whom it meets: a record of ours, or an earlier row of this file
    match_kind = models.CharField(max_length=10, choices=RecordKind, blank=True)
    match_id = models.BigIntegerField(null=True)
    match_row = models.PositiveIntegerField(null=True)
    match_reasons = models.JSONField(default=list)

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

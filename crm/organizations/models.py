"""What is known about organisations from outside them, and the exports inside them.

Tables that outlive an organisation name it by its bare number: no column `organization_id`, which
would make them a tenant's own.
"""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people.models import User
from crm.tenancy.models import TenantForeignKey, TenantModel


class SignUp(models.Model):
    """Somebody wants to found an organisation and has yet to prove the e-mail address."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=80)
    company = models.CharField(_("company"), max_length=120)
    slug = models.CharField(pgettext_lazy("organisation", "address"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    password = models.CharField(max_length=128, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        indexes = [models.Index(fields=["expires_at"], name="sign_up_expiry_idx")]

    def __str__(self) -> str:
        return self.company

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class LastVisit(models.Model):
    """The organisation a person was in last, wherever they sign in next."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    number = models.BigIntegerField()
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.number}"


class Usage(models.Model):
    """Sizes of one organisation, counted inside it by a chore: numbers, never contents."""

    number = models.BigIntegerField(primary_key=True)
    members = models.PositiveIntegerField(default=0)
    row_count = models.BigIntegerField(default=0)
    file_bytes = models.BigIntegerField(default=0)
    jobs_waiting = models.PositiveIntegerField(default=0)
    jobs_failed = models.PositiveIntegerField(default=0)
    tables = models.JSONField(default=dict)
    measured_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.number}: {self.row_count}"


class OperatorAction(models.Model):
    """What an operator of the platform did, outside all tenants: append-only."""

    by_id = models.BigIntegerField(null=True)
    by_email = models.CharField(max_length=254)
    action = models.CharField(_("action"), max_length=60)
    number = models.BigIntegerField(null=True)
    slug = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    append_only: ClassVar[bool] = True

    class Meta:
        verbose_name = _("operator action")
        verbose_name_plural = _("operator actions")
        indexes = [models.Index(fields=["number", "-id"], name="operator_action_subject_idx")]

    def __str__(self) -> str:
        return self.action


class Deletion(models.Model):
    """The request to erase an organisation and, when it is done, the certificate of it."""

    number = models.BigIntegerField(_("organisation"))
    slug_hash = models.CharField(max_length=64, db_index=True)
    requested_by = models.CharField(max_length=160)
    requested_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=160, blank=True)
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # while it runs: whose accounts to look at; emptied at the end
    user_ids = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(cancelled_at=None, finished_at=None),
                name="one_open_deletion_per_organization",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.due_at}"

    @property
    def row_count(self) -> int:
        """Rows erased so far."""
        return sum(self.counts.get("tables", {}).values())


class ExportState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("export", "Waiting")
    READY = "ready", pgettext_lazy("export", "Ready")
    FAILED = "failed", pgettext_lazy("export", "Failed")
    REMOVED = "removed", pgettext_lazy("export", "Removed")


class Export(TenantModel):
    """A full export of the organisation: asked for with a reason, kept for a week."""

    reason = models.CharField(_("reason"), max_length=300)
    requested_by = TenantForeignKey(
        "people.Member", models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    job = TenantForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    path = models.CharField(max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.BigIntegerField(default=0)
    row_count = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    download_count = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        verbose_name = _("full export")
        verbose_name_plural = _("full exports")
        indexes = [models.Index(fields=["organization", "-id"], name="export_latest_idx")]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d}"

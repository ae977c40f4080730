from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.models import Department, Member
from crm.teamwork.enums import NotificationKind, TaskState
from crm.tenancy.models import TenantForeignKey, TenantModel


@tracked
class Task(TenantModel):
    """Something one member has to do by a time, perhaps about a record."""

    title = models.CharField(_("task"), max_length=200)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.OPEN)
    owner = TenantForeignKey(
        Member, models.PROTECT, related_name="tasks", verbose_name=_("assigned to")
    )
    department = TenantForeignKey(Department, models.PROTECT, null=True, related_name="+")
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_title = models.CharField(max_length=200, blank=True)
    subject_url = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    created_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(
                fields=["organization", "owner", "state", "due_at"], name="task_owner_due_idx"
            ),
            models.Index(
                fields=["organization", "subject_kind", "subject_id"], name="task_subject_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Comment(TenantModel):
    """A remark on any record, seen by whoever may see the record."""

    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "-id"],
                name="comment_subject_idx",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Notification(TenantModel):
    """A line in one member's inbox, linking straight to the record."""

    member = TenantForeignKey(Member, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20, choices=NotificationKind)
    # what the sentence is about; the sentence itself is made in the reader's language
    title = models.CharField(max_length=200)
    # inside the organisation's prefix, e.g. "leads/12/"
    path = models.CharField(max_length=300, blank=True)
    actor = TenantForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["organization", "member", "-id"], name="notification_inbox_idx"),
            models.Index(
                fields=["organization", "member"],
                name="notification_unread_idx",
                condition=models.Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

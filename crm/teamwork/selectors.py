from django.db.models import Model, QuerySet
from django.utils import timezone

from crm.people.models import Member
from crm.teamwork.enums import TaskState
from crm.teamwork.models import Comment, Notification, Task

MOST_COUNTED = 99


def unread_count(member: Member) -> int:
    """How many notifications wait, counted no further than 100."""
    unread = Notification.objects.filter(member=member, read_at__isnull=True)
    return int(unread[: MOST_COUNTED + 1].count())


def inbox(member: Member, *, limit: int = 50) -> list[Notification]:
    """The member's latest notifications, newest first."""
    rows = Notification.objects.filter(member=member).select_related("actor")
    return list(rows.order_by("-id")[:limit])


def comments_on(record: Model) -> QuerySet[Comment]:
    """The remarks under a record, newest first."""
    rows = Comment.objects.filter(subject_kind=record._meta.label_lower, subject_id=record.pk)
    return rows.select_related("member").order_by("-id")


def tasks_about(record: Model) -> QuerySet[Task]:
    """The tasks about a record, open ones first, by due time."""
    rows = Task.objects.filter(subject_kind=record._meta.label_lower, subject_id=record.pk)
    return rows.select_related("owner").order_by("-state", "due_at", "id")


def open_tasks_of(member: Member) -> QuerySet[Task]:
    """What the member still has to do, the most urgent first."""
    return Task.objects.filter(owner=member, state=TaskState.OPEN).order_by("due_at", "id")


def due_tasks_of(member: Member) -> QuerySet[Task]:
    """What should have been done by now."""
    return open_tasks_of(member).filter(due_at__lte=timezone.now())

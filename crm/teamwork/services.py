from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Model
from django.urls import get_script_prefix
from django.utils import timezone

from crm.audit import services as audit
from crm.people.models import Member
from crm.teamwork.enums import NotificationKind, TaskState
from crm.teamwork.models import Comment, Notification, Task
from crm.tenancy.context import current_member_id
from crm.web import live


class EmptyComment(ValueError):
    """A comment without words."""


def relative_path(url: str) -> str:
    """The part of an address below the organisation's prefix."""
    prefix = get_script_prefix()
    return (url.removeprefix(prefix) if prefix != "/" else url).lstrip("/")


class Notice(NamedTuple):
    """A line for one member's inbox; `url` as `reverse` gives it, or a path below the prefix."""

    member_id: int
    kind: NotificationKind | str
    title: str
    url: str = ""


def notify(
    *, member_ids: Iterable[int | None], kind: NotificationKind | str, title: str, url: str = ""
) -> None:
    """Put one line into the inbox of each member, except the one who acts."""
    wanted = sorted({member_id for member_id in member_ids if member_id})
    notify_all(Notice(member_id, kind, title, url) for member_id in wanted)


def notify_all(notices: Iterable[Notice]) -> None:
    """Put lines into inboxes, all at once, and tell the browsers; who acts is told nothing."""
    actor_id = current_member_id()
    wanted = [one for one in notices if one.member_id != actor_id]
    Notification.objects.bulk_create(
        (
            Notification(
                member_id=one.member_id,
                kind=one.kind,
                title=one.title[:200],
                path=relative_path(one.url)[:300],
                actor_id=actor_id,
            )
            for one in wanted
        ),
        batch_size=2_000,
    )
    for one in wanted:
        live.publish(live.member_topic(one.member_id), "notification", kind=str(one.kind))


def mark_read(*, member: Member, notification_ids: Iterable[int] | None = None) -> int:
    """Mark the member's notifications as read, all of them by default; returns how many."""
    unread = Notification.objects.filter(member=member, read_at__isnull=True)
    if notification_ids is not None:
        unread = unread.filter(pk__in=list(notification_ids))
    return int(unread.update(read_at=timezone.now()))


@transaction.atomic
def add_comment(*, subject: Model, member: Member, text: str) -> Comment:
    """Write a remark under a record the caller has checked the member may see."""
    if not text.strip():
        raise EmptyComment
    return Comment.objects.create(
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        member=member,
        text=text.strip(),
    )


@transaction.atomic
def create_task(
    *,
    title: str,
    owner: Member,
    due_at: datetime | None = None,
    subject: Model | None = None,
    subject_url: str = "",
) -> Task:
    """Give a member something to do; they are told unless they gave it to themselves."""
    task = Task.objects.create(
        title=title,
        owner=owner,
        department_id=owner.department_id,
        due_at=due_at,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        subject_title=str(subject)[:200] if subject is not None else "",
        subject_url=relative_path(subject_url)[:300],
        created_by_id=current_member_id(),
    )
    notify(
        member_ids=[owner.pk],
        kind=NotificationKind.TASK_ASSIGNED,
        title=title,
        url=subject_url or "tasks/",
    )
    return task


@transaction.atomic
def set_task_state(*, task_id: int, state: TaskState) -> Task:
    """Finish, cancel or reopen a task; doing it twice changes nothing."""
    task: Task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task_id)
    if task.state != state:
        task.state = state
        task.done_at = timezone.now() if state == TaskState.DONE else None
        task.save(update_fields=["state", "done_at"])
        audit.record(f"task.{state}", target=task)
    return task


@transaction.atomic
def change_task(*, task_id: int, title: str, owner: Member, due_at: datetime | None) -> Task:
    """Change what, who or when; a new owner is told."""
    task: Task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task_id)
    is_handed_on = task.owner_id != owner.pk
    task.title, task.owner, task.due_at = title, owner, due_at
    task.department_id = owner.department_id
    task.save(update_fields=["title", "owner", "due_at", "department"])
    if is_handed_on:
        notify(
            member_ids=[owner.pk], kind=NotificationKind.TASK_ASSIGNED, title=title, url="tasks/"
        )
    return task

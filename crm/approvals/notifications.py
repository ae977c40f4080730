"""Who hears about an approval: people's inboxes, and the pages that show it."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from crm.access.administrators import administrators
from crm.approvals.models import Run, StepAssignee
from crm.teamwork import services as teamwork
from crm.teamwork.enums import NotificationKind
from crm.web import live


def address(run: Run) -> str:
    """Where the approval is decided, also from outside a request."""
    return reverse("approvals:detail", urlconf=settings.TENANT_URLCONF, args=[run.pk])


def tell_waiting(run: Run, member_ids: Iterable[int]) -> None:
    """It is their turn."""
    teamwork.notify(
        member_ids=member_ids,
        kind=NotificationKind.APPROVAL_WAITING,
        title=run.title,
        url=address(run),
    )


def tell_decided(run: Run) -> None:
    """The submitter hears how it ended."""
    teamwork.notify(
        member_ids=[run.submitted_by_id],
        kind=NotificationKind.APPROVAL_DECIDED,
        title=f"{run.title} · {run.get_state_display()}",
        url=address(run),
    )


def tell_blocked(run: Run) -> None:
    """Administrators hear that nobody can decide, so that they can put it right."""
    teamwork.notify(
        member_ids=administrators().values_list("pk", flat=True),
        kind=NotificationKind.APPROVAL_BLOCKED,
        title=run.title,
        url=address(run),
    )


def announce(run: Run) -> None:
    """Everybody's pages that show this approval read it again."""
    asked = StepAssignee.objects.filter(step__run=run).values_list("member_id", flat=True)
    for member_id in sorted({run.submitted_by_id, *asked}):
        live.publish(live.member_topic(member_id), "approval-changed", run=run.pk)

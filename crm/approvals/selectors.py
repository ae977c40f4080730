"""Questions about approvals: what waits, what happened, who is next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import pgettext

from crm.access import policy
from crm.approvals import resolution
from crm.approvals.enums import RunState, StepState, Verdict
from crm.approvals.models import Decision, Run, RunStep, StepAssignee
from crm.approvals.registry import subject_of
from crm.people.models import Member
from crm.web.components import Link
from crm.web.formats import listed

MOST_COUNTED = 99


def waiting_for(member: Member) -> QuerySet[Run]:
    """Runs whose current step this member is asked to decide."""
    asked = StepAssignee.objects.filter(step__run_id=OuterRef("pk"), member=member, is_open=True)
    return Run.objects.filter(Exists(asked), state=RunState.RUNNING)


def waiting_count(member: Member) -> int:
    """How many approvals wait for the member, counted no further than 100."""
    asked = StepAssignee.objects.filter(member=member, is_open=True)
    return int(asked[: MOST_COUNTED + 1].count())


def submitted_by(member: Member) -> QuerySet[Run]:
    """Runs the member started."""
    return Run.objects.filter(submitted_by=member)


def decided_by(member: Member) -> QuerySet[Run]:
    """Runs the member had a say in."""
    return Run.objects.filter(Exists(Decision.objects.filter(run_id=OuterRef("pk"), member=member)))


def blocked() -> QuerySet[Run]:
    """Runs nobody can decide as things stand."""
    return Run.objects.filter(state=RunState.BLOCKED)


def readable_runs(member: Member) -> QuerySet[Run]:
    """Every run with the scope “all”; otherwise those the member takes part in."""
    reach = policy.reach_of(member, "approvals.view_run")
    if reach is None:
        return Run.objects.none()
    if reach.is_all:
        return Run.objects.all()
    asked = StepAssignee.objects.filter(step__run_id=OuterRef("pk"), member=member)
    return Run.objects.filter(Q(submitted_by=member) | Exists(asked))


def can_read_subject(member: Member, run: Run) -> bool:
    """Whether the member may open the record itself, beyond the approval's summary."""
    subject = subject_of(run.subject_kind)
    rows = subject.model._default_manager.filter(pk=run.subject_id)
    return policy.visible(member, rows, subject.permission).exists()


def runs_of(record: Any) -> QuerySet[Run]:
    """Every run of a record, newest first."""
    rows = Run.objects.filter(subject_kind=record._meta.label_lower, subject_id=record.pk)
    return rows.select_related("submitted_by").order_by("-id")


def decisions_on(record: Any) -> list[Decision]:
    """Every decision on a record, newest first."""
    rows = Decision.objects.filter(
        run__subject_kind=record._meta.label_lower, run__subject_id=record.pk
    )
    return list(rows.select_related("member", "step", "run").order_by("-id"))


@dataclass(frozen=True)
class Turn:
    """What the page needs to know about the present step."""

    links: list[Link]
    waiting_names: list[str]
    since: datetime | None
    is_mine: bool
    blocked: str = ""


def turn_of(run: Run, member: Member) -> Turn:
    """The chain of a run: who decided, who is next and since when, who comes later."""
    steps = run.steps.order_by("position").prefetch_related(
        Prefetch("assignees", StepAssignee.objects.select_related("member", "stands_for")),
        Prefetch("decisions", Decision.objects.select_related("member")),
    )
    links: list[Link] = []
    waiting: list[str] = []
    since, is_mine, blocked = None, False, ""
    for step in steps:
        if step.state == StepState.ENDED:
            continue
        links.append(_link(run, step))
        if step.state == StepState.CURRENT and run.is_open:
            waiting = [_asked(one) for one in step.assignees.all() if one.is_open]
            since = step.started_at
            is_mine = any(one.member_id == member.pk for one in step.assignees.all() if one.is_open)
            if run.state == RunState.BLOCKED:
                blocked = resolution.why_nobody(step.kind, step.parameters, run.submitted_by)
    return Turn(links, waiting, since, is_mine and run.submitted_by_id != member.pk, blocked)


def _link(run: Run, step: RunStep) -> Link:
    words = resolution.step_words(step.kind, step.parameters)
    decision: Decision | None = next(iter(step.decisions.all()), None)
    if decision is not None:
        state = "approved" if decision.verdict == Verdict.APPROVE else "returned"
        return Link(decision.member.name, words, state, decision.at, decision.comment)
    if step.state == StepState.CURRENT:
        names = listed(_asked(one) for one in step.assignees.all() if one.is_open)
        return Link(names or pgettext("approval", "Nobody"), words, "now", step.started_at)
    asked = resolution.approvers(step.kind, step.parameters, run.submitted_by)
    return Link(listed(one.name for one in asked) or "—", words, "later")


def _asked(one: StepAssignee) -> str:
    """Who is asked, and in whose place."""
    if one.stands_for is None:
        return str(one.member.name)
    words = {"name": one.member.name, "other": one.stands_for.name}
    return pgettext("stand-in", "%(name)s (for %(other)s)") % words

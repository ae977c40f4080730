"""Submit, decide, withdraw. The record is locked first, then its run: always in this order."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.approvals import errors, flows, notifications, resolution
from crm.approvals.enums import OPEN_STATES, RunState, StepState, Verdict
from crm.approvals.models import Decision, Run, RunStep, StepAssignee
from crm.approvals.registry import Callback, Subject, subject_of
from crm.audit import services as audit
from crm.constraints import violated
from crm.people.models import Member

ONE_OPEN_RUN = "approval_one_open_run_per_record"


@transaction.atomic
def submit(*, record: Any, by: Member) -> Run:
    """Start a run for a record the caller has locked; the flow's version in use is pinned."""
    subject = subject_of(record._meta.label_lower)
    flow = flows.flow_in_use(subject)
    run = Run(
        flow=flow,
        subject_kind=subject.kind,
        subject_id=record.pk,
        title=subject.title(record)[:200],
        content_hash=subject.content_hash(record),
        submitted_by=by,
        submitted_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        if violated(error) != ONE_OPEN_RUN:
            raise
        raise errors.AlreadyInApproval from error
    RunStep.objects.bulk_create(
        RunStep(
            run=run,
            position=position,
            kind=step["kind"],
            parameters=_parameters(step, subject, record),
        )
        for position, step in enumerate(flow.definition["steps"], start=1)
    )
    audit.record("approval.submitted", target=record, run=run.pk, flow=flow.version)
    _go_on(run)
    return run


def decide(*, run_id: int, by: Member, verdict: Verdict, comment: str = "") -> Run:
    """Approve or send back the current step. Content that changed meanwhile voids the run."""
    comment = comment.strip()
    with transaction.atomic():
        run, subject, record = _locked(run_id)
        if not run.is_open:
            raise errors.AlreadyDecided
        if subject.content_hash(record) == run.content_hash:
            return _decide(run, subject, record, by=by, verdict=verdict, comment=comment)
        _end(run, run.void, subject.on_voided, record)
    # voiding is kept although the decision is refused
    raise errors.ContentChanged


@transaction.atomic
def withdraw(*, run_id: int, by: Member) -> Run:
    """The submitter takes it back while nobody has finished deciding."""
    run, subject, record = _locked(run_id)
    if run.submitted_by_id != by.pk:
        raise errors.NotTheSubmitter
    if not run.is_open:
        raise errors.AlreadyDecided
    _end(run, run.withdraw, subject.on_withdrawn, record)
    return run


@transaction.atomic
def look_again(*, run_id: int) -> Run:
    """Search once more for somebody to decide a blocked step."""
    run, _subject, _record = _locked(run_id)
    if run.state != RunState.BLOCKED:
        raise errors.NotBlocked
    run.unblock()
    run.save(update_fields=["state"])
    _go_on(run)
    return run


def _parameters(step: dict[str, Any], subject: Subject, record: Any) -> dict[str, Any]:
    """The step as the flow says; whose superior is meant is settled now."""
    found = {key: value for key, value in step.items() if key not in {"kind", "of"}}
    owner = subject.owner(record) if step.get("of") == "owner" else None
    return found | {"of": owner.pk} if owner is not None else found


def _locked(run_id: int) -> tuple[Run, Subject, Any]:
    """The run and its record, both locked, and read after the locks were held."""
    kind, subject_id = Run.objects.values_list("subject_kind", "subject_id").get(pk=run_id)
    subject = subject_of(kind)
    record = subject.locked(subject_id)
    run = Run.objects.select_for_update(of=("self",), no_key=True).get(pk=run_id)
    return run, subject, record


def _decide(
    run: Run, subject: Subject, record: Any, *, by: Member, verdict: Verdict, comment: str
) -> Run:
    step = _step_for(run, by)
    if verdict == Verdict.SEND_BACK and not comment:
        raise errors.CommentMissing
    Decision.objects.create(
        run=run,
        step=step,
        member=by,
        verdict=verdict,
        comment=comment,
        content_hash=run.content_hash,
    )
    is_approval = verdict == Verdict.APPROVE
    _close(step, StepState.APPROVED if is_approval else StepState.SENT_BACK)
    audit.record(f"approval.{verdict}", target=record, run=run.pk, step=step.position)
    if not is_approval:
        _end(run, run.send_back, subject.on_sent_back, record)
    elif not _go_on(run):
        _end(run, run.approve, subject.on_approved, record)
    return run


def _step_for(run: Run, by: Member) -> RunStep:
    """The step this member is asked to decide now."""
    if run.submitted_by_id == by.pk:
        raise errors.OwnSubmission
    step: RunStep | None = run.steps.filter(state=StepState.CURRENT).first()
    if step is not None and step.assignees.filter(member=by, is_open=True).exists():
        return step
    if run.decisions.filter(member=by).exists() or (
        StepAssignee.objects.filter(step__run=run, member=by).exists()
    ):
        raise errors.AlreadyDecided
    raise errors.NotYourTurn


def _go_on(run: Run) -> bool:
    """Ask for the next step's decision, or block; False when no step is left."""
    step: RunStep | None = (
        run.steps.filter(state__in=[StepState.WAITING, StepState.CURRENT])
        .order_by("position")
        .first()
    )
    if step is None:
        return False
    asked = resolution.approvers(step.kind, step.parameters, run.submitted_by)
    step.state, step.started_at = StepState.CURRENT, timezone.now()
    step.save(update_fields=["state", "started_at"])
    if asked:
        standing = resolution.stand_ins(asked, run.submitted_by)
        StepAssignee.objects.bulk_create(
            [StepAssignee(step=step, member=one) for one in asked]
            + [
                StepAssignee(step=step, member_id=deputy, stands_for=one)
                for deputy, one in standing.items()
            ]
        )
        notifications.tell_waiting(run, [*(one.pk for one in asked), *standing])
    else:
        run.block()
        run.save(update_fields=["state"])
        notifications.tell_blocked(run)
    notifications.announce(run)
    return True


def _close(step: RunStep, state: StepState) -> None:
    step.state, step.decided_at = state, timezone.now()
    step.save(update_fields=["state", "decided_at"])
    step.assignees.filter(is_open=True).update(is_open=False)


def _end(run: Run, transition: Callable[[], None], tell_record: Callback, record: Any) -> None:
    """Finish the run, let the record follow, and tell people."""
    transition()
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "finished_at"])
    for step in run.steps.filter(state__in=[StepState.WAITING, StepState.CURRENT]):
        _close(step, StepState.ENDED)
    tell_record(record)
    notifications.tell_decided(run)
    notifications.announce(run)


def open_run_of(record: Any) -> Run | None:
    """The run the record is in, if any."""
    return Run.objects.filter(
        subject_kind=record._meta.label_lower, subject_id=record.pk, state__in=OPEN_STATES
    ).first()

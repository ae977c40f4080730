"""Enqueue, run, report, sweep. See the package's docstring for the promise."""

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from crm.jobs.broker import send
from crm.jobs.models import Job, JobState
from crm.jobs.registry import Task, task_named
from crm.tenancy.context import current_member_id, current_organization_id, tenant_context
from crm.tenancy.links import inside
from crm.tenancy.models import Organization, open_organizations
from crm.web import live

logger = logging.getLogger("tongzhou.jobs")

LEASE = timedelta(seconds=60)
RENEW_EVERY = LEASE / 4
REPORT_EVERY = timedelta(milliseconds=400)
LOST_AFTER = timedelta(seconds=5)
RETRY_BASE_SECONDS = 4
MOST_LOST_WORKERS = 20

_running: ContextVar[tuple[int, int, int] | None] = ContextVar("running_job", default=None)


class LeaseLost(RuntimeError):
    """Another worker has taken the job meanwhile: what this one did must not count."""


@transaction.atomic
def enqueue(
    name: str, *, key: str | None = None, run_after: datetime | None = None, **arguments: Any
) -> Job:
    """Ask for `name` to run in the background after this transaction commits.

    A second call with the same `key` returns the first job. Arguments must be JSON: ids, not
    objects.
    """
    task_named(name)
    job, is_new = (
        Job.objects.get_or_create(
            key=key or None,
            defaults={
                "name": name,
                "arguments": arguments,
                "run_after": run_after or timezone.now(),
                "created_by_id": current_member_id(),
            },
        )
        if key
        else (_create(name, arguments, run_after), True)
    )
    if is_new and (run_after is None or run_after <= timezone.now()):
        organization_id, job_id = current_organization_id(), job.pk
        transaction.on_commit(lambda: send(organization_id, job_id))
    return job


def _create(name: str, arguments: dict[str, Any], run_after: datetime | None) -> Job:
    return Job.objects.create(
        name=name,
        arguments=arguments,
        run_after=run_after or timezone.now(),
        created_by_id=current_member_id(),
    )


def run(organization_id: int, job_id: int) -> bool:
    """Run one job if it is waiting or its worker is gone; False if there was nothing to do."""
    job = _take(organization_id, job_id)
    if job is None:
        return False
    task = task_named(job.name)
    token = _running.set((organization_id, job.pk, job.attempts))
    try:
        with (
            inside(Organization.objects.get(pk=organization_id)),
            _kept_lease(organization_id, job),
        ):
            _call(task, organization_id, job)
    except LeaseLost:
        logger.warning("Job %s %s went to another worker", job.name, job.pk)
    except Exception as error:
        logger.exception("Job %s %s failed", job.name, job.pk)
        _fail(organization_id, job, task, error)
    finally:
        _running.reset(token)
    return True


@contextmanager
def _kept_lease(organization_id: int, job: Job) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs, however long that takes."""
    is_over = threading.Event()

    def renew() -> None:
        try:
            while not is_over.wait(RENEW_EVERY.total_seconds()):
                try:
                    _extend(organization_id, job.pk, job.attempts)
                except DatabaseError:
                    logger.warning("The lease of job %s could not be renewed", job.pk)
        finally:
            connection.close()

    keeper = threading.Thread(target=renew, name=f"lease-{job.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join()


def _extend(organization_id: int, job_id: int, attempt: int, **progress: int) -> bool:
    """Hold the job longer; False when it is no longer this attempt's."""
    with tenant_context(organization_id):
        held = Job.objects.filter(pk=job_id, attempts=attempt, state=JobState.RUNNING)
        return bool(held.update(lease_until=timezone.now() + LEASE, **progress))


def _take(organization_id: int, job_id: int) -> Job | None:
    """Lease the job to this worker, unless another holds it or it is finished."""
    now = timezone.now()
    with tenant_context(organization_id):
        if not open_organizations().filter(pk=organization_id).exists():
            return None
        job: Job | None = (
            Job.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(pk=job_id, state__in=[JobState.QUEUED, JobState.RUNNING])
            .first()
        )
        if job is None or (job.lease_until and job.lease_until > now):
            return None
        if job.attempts >= MOST_LOST_WORKERS:
            _give_up(job)
            return None
        job.state, job.lease_until = JobState.RUNNING, now + LEASE
        job.attempts += 1
        job.started_at = job.started_at or now
        job.save(update_fields=["state", "lease_until", "attempts", "started_at"])
        return job


def _give_up(job: Job) -> None:
    """A job whose worker never lives to its end would otherwise be tried for ever."""
    job.state, job.lease_until, job.finished_at = JobState.FAILED, None, timezone.now()
    job.error = "Its worker was lost every time"
    job.save(update_fields=["state", "lease_until", "finished_at", "error"])
    _announce(job)


def _call(task: Task, organization_id: int, job: Job) -> None:
    reason = f"job {job.name}"
    if task.is_atomic:
        with tenant_context(organization_id, member_id=job.created_by_id, reason=reason):
            task.function(**job.arguments)
            _finish(job)
    else:
        task.function(organization_id, **job.arguments)
        with tenant_context(organization_id, member_id=job.created_by_id, reason=reason):
            _finish(job)


def _finish(job: Job) -> None:
    """Mark it done, unless it was taken over; an atomic task's work is then rolled back."""
    finished = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING).update(
        state=JobState.DONE, lease_until=None, finished_at=timezone.now(), error=""
    )
    if not finished:
        raise LeaseLost(str(job))
    _announce(job)


def _fail(organization_id: int, job: Job, task: Task, error: Exception) -> None:
    """Try again later, each time waiting longer, until the task's attempts are used up."""
    is_last = job.attempts >= task.most_attempts
    delay = timedelta(seconds=RETRY_BASE_SECONDS**job.attempts)
    with tenant_context(organization_id):
        Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING).update(
            state=JobState.FAILED if is_last else JobState.QUEUED,
            lease_until=None,
            run_after=timezone.now() + delay,
            finished_at=timezone.now() if is_last else None,
            error="".join(traceback.format_exception_only(error)).replace("\x00", "")[:2000],
        )
        _announce(job)


def _announce(job: Job) -> None:
    if job.created_by_id:
        live.publish(live.member_topic(job.created_by_id), "job-changed", job=job.pk)


def report_progress(done: int, total: int) -> None:
    """Say how far the running job is and renew its lease; outside a job it does nothing.

    Call it between transactions of a non-atomic task: the figure is committed at once. Raises
    LeaseLost when another worker has the job by now, so that this one stops.
    """
    running = _running.get()
    if running is None or connection.in_atomic_block:
        return
    organization_id, job_id, attempt = running
    with tenant_context(organization_id):
        if not _extend(organization_id, job_id, attempt, done_count=done, total_count=total):
            raise LeaseLost(str(job_id))
        if not open_organizations().filter(pk=organization_id).exists():
            raise LeaseLost(f"organisation {organization_id} was closed")
        job = Job.objects.only("id", "created_by_id").get(pk=job_id)
        _announce(job)


def sweep() -> int:
    """Send again what the broker or a worker lost; returns how many jobs were sent."""
    now, sent = timezone.now(), 0
    for organization_id in open_organizations().values_list("id", flat=True):
        with tenant_context(organization_id):
            waiting = Job.objects.filter(
                state=JobState.QUEUED, run_after__lt=now - LOST_AFTER, lease_until__isnull=True
            )
            orphaned = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
            ids = [*waiting.values_list("id", flat=True)[:500]]
            ids += [*orphaned.values_list("id", flat=True)[:500]]
        for job_id in ids:
            send(organization_id, job_id)
        sent += len(ids)
    return sent


def release_orphans() -> int:
    """After a restart no worker is left: every lease is void and the work starts again."""
    released = 0
    for organization_id in Organization.objects.values_list("id", flat=True):
        with tenant_context(organization_id):
            released += Job.objects.filter(state=JobState.RUNNING).update(
                state=JobState.QUEUED, lease_until=None
            )
    return released

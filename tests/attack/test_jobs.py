"""However slow a job is, one worker has it at a time, and only that one's work counts."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from crm import jobs
from crm.jobs import registry, services
from crm.jobs.models import Job, JobState
from crm.teamwork.models import Comment
from crm.tenancy.context import tenant_context


@pytest.fixture
def register():
    names: list[str] = []

    def add(name, function, **options):
        jobs.task(name, **options)(function)
        names.append(name)

    yield add
    for name in names:
        del registry._tasks[name]


@pytest.mark.slow
@pytest.mark.parametrize("atomic", [True, False])
def test_a_slow_job_keeps_its_lease(
    real_transactions, cast_committed, register, monkeypatch, atomic
):
    monkeypatch.setattr(services, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(services, "RENEW_EVERY", timedelta(seconds=0.1))
    ran: list[float] = []
    begun, may_end = threading.Event(), threading.Event()

    def slow(*_organization):
        ran.append(time.monotonic())
        begun.set()
        may_end.wait(120)

    register("test.slow", slow, atomic=atomic)
    organization_id = cast_committed.organization.id
    with tenant_context(organization_id):
        job = jobs.enqueue("test.slow")

    def work():
        services.run(organization_id, job.pk)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(120)
    time.sleep(2.1)  # the lease with which it began is over
    taken = services.run(organization_id, job.pk)
    may_end.set()
    worker.join()
    assert not taken
    assert len(ran) == 1
    with tenant_context(organization_id):
        assert Job.objects.get(pk=job.pk).state == JobState.DONE


def test_work_of_a_worker_that_lost_its_lease_does_not_count(cast, register):
    def work(job_id):
        Comment.objects.create(subject_kind="x", subject_id=1, member=cast.agent, text="late")
        Job.objects.filter(pk=job_id).update(attempts=7)  # another worker took it

    register("test.late", work)
    with tenant_context(cast.organization.id):
        job = jobs.enqueue("test.late")
        Job.objects.filter(pk=job.pk).update(arguments={"job_id": job.pk})
    services.run(cast.organization.id, job.pk)
    with tenant_context(cast.organization.id):
        assert not Comment.objects.exists()
        assert Job.objects.get(pk=job.pk).state == JobState.RUNNING, "the other one finishes it"


def test_a_job_that_kills_its_workers_is_given_up(cast, register):
    register("test.killer", lambda: None)
    with tenant_context(cast.organization.id):
        job = jobs.enqueue("test.killer")
        Job.objects.update(state=JobState.RUNNING, attempts=services.MOST_LOST_WORKERS)
    assert not services.run(cast.organization.id, job.pk)
    with tenant_context(cast.organization.id):
        assert Job.objects.get(pk=job.pk).state == JobState.FAILED

"""A job is a row: lost only with the change that asked for it, run at least once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from crm import jobs
from crm.jobs import registry, services
from crm.jobs.models import Job, JobState
from crm.teamwork.models import Comment
from crm.tenancy.context import tenant_context


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The ids handed to the broker."""
    found: list[int] = []
    monkeypatch.setattr(services, "send", lambda organization_id, job_id: found.append(job_id))
    return found


@pytest.fixture
def register():
    """Register a task for one test."""
    names: list[str] = []

    def add(name, function, **options):
        jobs.task(name, **options)(function)
        names.append(name)

    yield add
    for name in names:
        del registry._tasks[name]


def test_a_job_is_sent_only_after_the_commit(
    tenant, register, sent, django_capture_on_commit_callbacks
):
    register("test.noop", lambda: None)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("test.noop")
        assert sent == []
    assert sent == [job.pk]


def test_a_rolled_back_change_takes_its_job_with_it(tenant, register, sent):
    register("test.noop", lambda: None)
    with transaction.atomic():
        jobs.enqueue("test.noop")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_the_same_key_asks_once(tenant, register):
    register("test.noop", lambda number: None)
    first = jobs.enqueue("test.noop", key="import:1", number=1)
    assert jobs.enqueue("test.noop", key="import:1", number=2).pk == first.pk
    assert Job.objects.count() == 1


def test_an_unknown_name_is_refused_at_once(tenant):
    with pytest.raises(KeyError):
        jobs.enqueue("test.nobody_knows")


def test_work_and_its_mark_commit_together(cast, register):
    def work(text):
        Comment.objects.create(subject_kind="x", subject_id=1, member=cast.agent, text=text)

    register("test.work", work)
    with tenant_context(cast.organization.id, member_id=cast.agent.pk):
        job = jobs.enqueue("test.work", text="hello")
    assert services.run(cast.organization.id, job.pk)
    assert not services.run(cast.organization.id, job.pk), "done jobs do not run again"
    with tenant_context(cast.organization.id):
        job.refresh_from_db()
        assert (job.state, job.attempts, Comment.objects.count()) == (JobState.DONE, 1, 1)


def test_a_failing_job_waits_longer_each_time_and_then_gives_up(cast, register):
    def fail():
        Comment.objects.create(subject_kind="x", subject_id=1, member=cast.agent, text="half")
        raise RuntimeError("no luck")

    register("test.fail", fail, most_attempts=2)
    with tenant_context(cast.organization.id):
        job = jobs.enqueue("test.fail")
    services.run(cast.organization.id, job.pk)
    with tenant_context(cast.organization.id):
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, 1)
        assert job.run_after > timezone.now()
        assert "no luck" in job.error
        assert not Comment.objects.exists(), "nothing half-done stays"
    services.run(cast.organization.id, job.pk)
    with tenant_context(cast.organization.id):
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.FAILED, 2)


def test_a_leased_job_is_not_taken_twice(cast, register):
    register("test.noop", lambda: None)
    with tenant_context(cast.organization.id):
        job = jobs.enqueue("test.noop")
        Job.objects.update(
            state=JobState.RUNNING, lease_until=timezone.now() + timedelta(seconds=30)
        )
    assert not services.run(cast.organization.id, job.pk)


def test_the_sweeper_sends_what_was_lost_and_nothing_else(cast, register, sent):
    register("test.noop", lambda: None)
    past = timezone.now() - timedelta(minutes=5)
    with tenant_context(cast.organization.id):
        fresh = jobs.enqueue("test.noop")
        lost = jobs.enqueue("test.noop", run_after=past)
        orphan = jobs.enqueue("test.noop", run_after=past)
        done = jobs.enqueue("test.noop", run_after=past)
        Job.objects.filter(pk=orphan.pk).update(state=JobState.RUNNING, lease_until=past)
        Job.objects.filter(pk=done.pk).update(state=JobState.DONE)
    services.sweep()
    assert sorted(sent) == sorted([lost.pk, orphan.pk])
    assert fresh.pk not in sent


def test_a_restart_frees_what_a_killed_worker_held(cast, register):
    register("test.noop", lambda: None)
    with tenant_context(cast.organization.id):
        job = jobs.enqueue("test.noop")
        Job.objects.update(
            state=JobState.RUNNING, lease_until=timezone.now() + timedelta(minutes=1)
        )
    assert services.release_orphans() == 1
    assert services.run(cast.organization.id, job.pk)


def test_another_tenants_job_is_out_of_reach(cast, other_cast, register):
    register("test.noop", lambda: None)
    with tenant_context(cast.organization.id):
        job = jobs.enqueue("test.noop")
    assert not services.run(other_cast.organization.id, job.pk)


@pytest.mark.slow
def test_progress_is_visible_while_the_job_runs(real_transactions, register, cast_committed):
    seen = []

    def count(organization_id, total):
        for done in range(1, total + 1):
            jobs.report_progress(done, total)
            with tenant_context(organization_id):
                seen.append(Job.objects.get().percent)

    register("test.count", count, atomic=False)
    with tenant_context(cast_committed.organization.id):
        job = jobs.enqueue("test.count", total=4)
    services.run(cast_committed.organization.id, job.pk)
    assert seen == [25, 50, 75, 100]


def test_every_enqueued_name_exists_and_its_arguments_fit():
    """Reads the calls of jobs.enqueue in the source and compares them with the functions."""
    import ast
    import inspect
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    calls = 0
    for folder in ("crm", "leads", "orders", "payments", "reports"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "enqueue"
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    task = registry.task_named(node.args[0].value)
                    given = {k.arg for k in node.keywords if k.arg} - {"key", "run_after"}
                    wanted = inspect.signature(task.function).parameters
                    assert given <= set(wanted), (path, node.lineno)
                    calls += 1
    assert calls

"""Work that need not wait: `enqueue` is the only door to Celery.

A job is a row written in the caller's transaction, so it is lost only if the change that asked
for it is. After the commit its id is sent to the broker; a sweeper sends it again when the
broker or a worker lost it. Functions registered with `task` therefore run at least once and
must be idempotent.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from crm.jobs.registry import task

if TYPE_CHECKING:
    from crm.jobs.models import Job

__all__ = ["enqueue", "report_progress", "task"]


def enqueue(
    name: str, *, key: str | None = None, run_after: datetime | None = None, **arguments: Any
) -> "Job":
    """Ask for `name` to run in the background after this transaction commits.

    A second call with the same `key` returns the first job. Arguments must be JSON: ids, not
    objects.
    """
    from crm.jobs import services  # noqa: PLC0415  (models need the app registry)

    return services.enqueue(name, key=key, run_after=run_after, **arguments)


def report_progress(done: int, total: int) -> None:
    """Say how far the running job is; between transactions, outside a job it does nothing."""
    from crm.jobs import services  # noqa: PLC0415  (models need the app registry)

    services.report_progress(done, total)

"""The only module that talks to Celery."""

import logging
import time

from django.conf import settings

logger = logging.getLogger("tongzhou.jobs")
ASK_AGAIN_SECONDS = 2.0
_away_until = 0.0


def send(organization_id: int, job_id: int) -> None:
    """Hand a job's id to the broker; if it is away, or was a moment ago, the sweeper will."""
    global _away_until  # noqa: PLW0603  one broker per process
    if not getattr(settings, "JOBS_SEND", True) or time.monotonic() < _away_until:
        return
    from crm.jobs.celery_tasks import run_job  # noqa: PLC0415  (services and tasks meet here)

    try:
        run_job.apply_async(args=(organization_id, job_id), retry=False, expires=3600)
    except Exception:
        _away_until = time.monotonic() + ASK_AGAIN_SECONDS
        logger.warning("The broker is away; job %s waits for the sweeper", job_id)

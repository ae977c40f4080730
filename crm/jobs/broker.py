"""The only module that talks to Celery."""

import logging

from django.conf import settings

logger = logging.getLogger("tongzhou.jobs")


def send(organization_id: int, job_id: int) -> None:
    """Hand a job's id to the broker; if that fails the sweeper will."""
    if not getattr(settings, "JOBS_SEND", True):
        return
    from crm.jobs.celery_tasks import run_job  # noqa: PLC0415  (services and tasks meet here)

    try:
        run_job.apply_async(args=(organization_id, job_id), retry=False, expires=3600)
    except Exception:
        logger.warning("The broker is away; job %s waits for the sweeper", job_id)

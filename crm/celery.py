"""The Celery application: one task, `crm.jobs.run`, and the sweeper's beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.local")

app = Celery("tongzhou")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    # who sends a job does not wait for a broker that is away: the sweeper sends it again
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_connect_timeout": 1,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    },
    task_default_queue="default",
    timezone="UTC",
    beat_schedule={
        "sweep": {"task": "crm.jobs.sweep", "schedule": 5.0},
        "chores": {"task": "crm.jobs.chores", "schedule": 30.0},
        "seal": {"task": "crm.audit.seal", "schedule": 10.0},
    },
)
app.autodiscover_tasks(["crm.jobs", "crm.audit"], related_name="celery_tasks")

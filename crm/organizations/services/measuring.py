"""How large each organisation is: counted inside it, kept outside it as bare numbers."""

import logging
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Q, Sum
from django.utils import timezone

from crm.files.models import StoredFile
from crm.jobs.models import Job, JobState
from crm.organizations.models import Usage
from crm.people.models import Member
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.tenancy.schema import tenant_models

logger = logging.getLogger("tongzhou.organizations")


def measure_all() -> int:
    """Measure every organisation; returns how many there are."""
    numbers = list(Organization.objects.values_list("pk", flat=True))
    for number in numbers:
        try:
            measure(number)
        except DatabaseError:
            logger.exception("Organisation %s could not be measured", number)
    Usage.objects.exclude(number__in=numbers).delete()
    return len(numbers)


def measure(number: int) -> Usage:
    """Count rows by app, members and bytes of one organisation."""
    with tenant_context(number, reason="measuring"):
        tables = count_tables()
        size = StoredFile.objects.aggregate(size=Sum("size"))["size"] or 0
        facts = {
            "members": Member.objects.filter(is_active=True).count(),
            "row_count": sum(tables.values()),
            "file_bytes": size,
            "tables": tables,
            **job_counts(),
        }
    return _keep(number, facts)


def count_tables() -> dict[str, int]:
    """Rows of the current organisation by app."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for model in tenant_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  a table of ours
            (rows,) = cursor.fetchone()
            found[model._meta.app_label] = found.get(model._meta.app_label, 0) + rows
    return found


def count_jobs() -> None:
    """Only how many jobs wait and failed lately: cheap, and done more often. New ones in whole."""
    known = set(Usage.objects.values_list("number", flat=True))
    for number in Organization.objects.values_list("pk", flat=True):
        if number not in known:
            measure(number)
            continue
        with tenant_context(number, reason="measuring"):
            facts = job_counts()
        Usage.objects.filter(number=number).update(**facts)


def job_counts() -> dict[str, int]:
    """Jobs of the current organisation that wait, and that failed in the last week."""
    week_ago = timezone.now() - timedelta(days=7)
    return Job.objects.filter(
        Q(state__in=[JobState.QUEUED, JobState.RUNNING])
        | Q(state=JobState.FAILED, finished_at__gte=week_ago)
    ).aggregate(
        jobs_waiting=Count("pk", filter=Q(state__in=[JobState.QUEUED, JobState.RUNNING])),
        jobs_failed=Count("pk", filter=Q(state=JobState.FAILED)),
    )


def _keep(number: int, facts: dict[str, Any]) -> Usage:
    usage, _is_new = Usage.objects.update_or_create(number=number, defaults=facts)
    return usage

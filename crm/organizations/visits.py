"""Where a person was last and when an organisation was last used: one write an hour at most.

A cookie of this browser says what is already written; it decides nothing else.
"""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.organizations.models import LastVisit
from crm.tenancy.models import Organization

COOKIE = "place"
HOUR = 3600
YEAR = 365 * 24 * HOUR


def note(request: HttpRequest, response: HttpResponse, organization: Organization) -> None:
    """Inside the request's transaction, after its page: remember the visit if it is news."""
    mark = f"{organization.pk}.{int(time.time()) // HOUR}"
    if request.COOKIES.get(COOKIE) == mark or not _is_page(request, response):
        return
    now = timezone.now()
    user: Any = request.user
    LastVisit.objects.bulk_create(
        [LastVisit(user=user, number=organization.pk, at=now)],
        update_conflicts=True,
        update_fields=["number", "at"],
        unique_fields=["user"],
    )
    Organization.objects.filter(
        Q(last_active_at=None) | Q(last_active_at__lt=now - timedelta(hours=1)), pk=organization.pk
    ).update(last_active_at=now)
    response.set_cookie(
        COOKIE, mark, max_age=YEAR, httponly=True, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip


def _is_page(request: HttpRequest, response: Any) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and not getattr(request, "htmx", False)
        and not connection.needs_rollback
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    )

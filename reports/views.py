from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.teamwork.selectors import inbox
from crm.tenancy.http import TenantRequest
from leads.models import FollowUp
from reports.selectors.charts import charts_for
from reports.selectors.figures import figures_for
from reports.selectors.waiting import waiting_for

MOST_SHOWN = 20


@needs(ANY_MEMBER)
def today(request: TenantRequest) -> HttpResponse:
    """The home page: what waits for me, my figures, what changed."""
    waiting = waiting_for(request.member)
    return render(
        request,
        "reports/today.html",
        {
            "now": timezone.localtime(),
            "waiting": waiting[:MOST_SHOWN],
            "more": max(0, len(waiting) - MOST_SHOWN),
            "late": sum(item.is_late for item in waiting),
            "done": FollowUp.objects.filter(
                member=request.member,
                at__gte=timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0),
            ).count(),
            "tiles": figures_for(request.member),
            "charts": charts_for(request.member),
            "notifications": inbox(request.member, limit=8),
        },
    )

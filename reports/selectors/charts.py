"""The charts of the home page: each answers one question, and its figures open their rows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth, TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.money import ZERO
from crm.people.models import Member
from crm.people.selectors import own_currency
from leads.enums import Channel, StageKind
from leads.models import Stage
from payments.selectors.receivables import visible_instalments
from reports.selectors.figures import deals_of, leads_of, month_start

WEEKS, MONTHS = 8, 6


def charts_for(member: Member) -> list[dict[str, Any]]:
    """The charts that go with the member's roles."""
    found = []
    if "leads.view_opportunity" in member.scopes:
        found.append(pipeline_by_stage(member))
    if member.role_codes & {"marketing", "manager", "administrator"}:
        found.append(leads_per_week(member))
    if member.role_codes & {"finance", "manager", "administrator"}:
        found.append(due_and_paid(member))
    return found[:2]


def pipeline_by_stage(member: Member) -> dict[str, Any]:
    stages = list(Stage.objects.filter(kind=StageKind.OPEN).order_by("position"))
    rows = deals_of(member).filter(stage__in=stages, currency=own_currency())
    sums = dict(rows.values_list("stage_id").annotate(total=Sum("amount")).order_by())
    return {
        "id": "pipeline",
        "title": _("Where is the open pipeline?"),
        "nothing": _("No opportunity with an amount is open."),
        "data": {
            "kind": "bar",
            "labels": [stage.name for stage in stages],
            "series": [{"name": _("Amount"), "values": [as_float(sums.get(s.pk)) for s in stages]}],
            "unit": "money",
            "url": reverse("leads:board"),
        },
    }


def leads_per_week(member: Member) -> dict[str, Any]:
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    weeks = [first + timedelta(days=7 * number) for number in range(WEEKS)]
    start = timezone.now() - timedelta(days=(today - first).days + 1)
    rows = (
        leads_of(member)
        .filter(created_at__gte=start)
        .annotate(week=TruncWeek("created_at"))
        .values_list("week", "channel")
        .annotate(count=Count("id"))
        .order_by()
    )
    counts = {(week.date(), channel): count for week, channel, count in rows}
    used = [c for c in Channel if any((week, c.value) in counts for week in weeks)]
    return {
        "id": "arrivals",
        "title": _("How many leads arrive, and from where?"),
        "nothing": _("No lead has arrived in the last eight weeks."),
        "data": {
            "kind": "bar",
            "stacked": True,
            "labels": [f"{week:%m-%d}" for week in weeks],
            "series": [
                {
                    "name": str(channel.label),
                    "values": [counts.get((week, channel.value), 0) for week in weeks],
                }
                for channel in used
            ],
            "unit": "count",
            "url": reverse("leads:list"),
        },
    }


def due_and_paid(member: Member) -> dict[str, Any]:
    months = [month_start(ago).date() for ago in reversed(range(MONTHS))]
    rows = (
        visible_instalments(member)
        .filter(
            currency=own_currency(),
            due_date__gte=months[0],
            due_date__lt=month_start().date() + timedelta(days=31),
        )
        .annotate(month=TruncMonth("due_date"))
        .values_list("month")
        .annotate(due=Sum("amount"), paid=Sum("paid_amount"))
        .order_by()
    )
    due = {month: amount for month, amount, _paid in rows}
    paid = {month: amount for month, _due, amount in rows}
    return {
        "id": "collection",
        "title": _("Is what falls due being paid?"),
        "nothing": _("Nothing has fallen due in the last six months."),
        "data": {
            "kind": "bar",
            "labels": [f"{month:%Y-%m}" for month in months],
            "series": [
                {"name": _("Fell due"), "values": [as_float(due.get(m)) for m in months]},
                {"name": _("Paid of it"), "values": [as_float(paid.get(m)) for m in months]},
            ],
            "unit": "money",
            "url": reverse("payments:receivables"),
        },
    }


def as_float(amount: Decimal | int | None) -> float:
    """A figure for drawing only; the table under the chart shows the same rounded."""
    return float(amount or ZERO)

"""The figures about collisions with their targets, and the rows behind each."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Department, Member
from crm.tenancy.http import TenantRequest
from crm.web import formats
from crm.web.asked import record_id
from crm.web.components import Tile
from crm.web.tables import Table
from leads.collision_tabs import tabs_for
from leads.enums import CompleteField
from leads.models import CollisionFigures, FollowUp
from leads.selectors import cases
from leads.selectors import figures as selectors
from leads.selectors.customers import visible_customers
from leads.selectors.figure_targets import Target, figure_targets
from leads.services.figures import bring_up_to_date
from leads.tables import figures as tables
from leads.tables.choices import department_tree

NEED = "leads.view_figures"
FIELDS = (
    "month", "department_id", "department__name", "is_frozen", "counted_at", "customers",
    "complete", "owned", "reps", "cases", "decided", "median_hours", "p90_hours", "updates",
    "follow_ups",
)  # fmt: skip
CHARTS: dict[str, tuple[Callable[[Any], float | None], str]] = {
    "rate": (tables.rate, "percent"),
    "hours": (tables.median_hours, "count"),
    "completeness": (tables.completeness, "percent"),
    "sharing": (tables.sharing, "percent"),
    "per_rep": (tables.per_rep, "count"),
}

Targets = Mapping[str, Target]


def chart_words() -> dict[str, tuple[str, str]]:
    """What each chart asks, and how it is counted."""
    return {
        "rate": (_("How many clients are fought over?"), ""),
        "hours": (_("How long does a decision take?"), _("working hours, median")),
        "completeness": (_("How complete is what is known of customers?"), ""),
        "sharing": (_("Is what was learned written down?"), _("updates for each follow-up")),
        "per_rep": (_("How many customers does a rep have?"), ""),
    }


def chart_titles(targets: Targets) -> dict[str, str]:
    """What each chart asks, with its target."""
    found = {}
    for key, (asks, counted) in chart_words().items():
        target = targets[key].words if key in targets else ""
        said = pgettext("between names", ", ").join(one for one in (counted, target) if one)
        found[key] = _("%(asks)s (%(said)s)") % {"asks": asks, "said": said} if said else asks
    return found


@needs(NEED)
def metrics(request: TenantRequest) -> HttpResponseBase:
    """The indicators of one month, a year of them, and the departments beside each other."""
    bring_up_to_date()
    month, of = asked_month(request, "at"), asked_department(request)
    visible = selectors.visible_figures(request.member)
    own = visible.filter(department=of)
    months = selectors.months_before(selectors.this_month(), selectors.MONTHS)
    known = {row["month"]: row for row in own.filter(month__in=months).values(*FIELDS)}
    by = request.GET.get("by", "")
    rows = visible.filter(month=month) if by == "departments" else own
    kind = request.GET.get("chart", "rate")
    kind = kind if kind in CHARTS else "rate"
    before, targets = selectors.months_before(month, 2)[0], figure_targets()
    context = {
        "tabs": tabs_for(request.member, "figures"),
        "tiles": tiles(known.get(month), known.get(before), months, known, targets),
        "chart": chart(kind, months, known, month, of),
        "charts": chart_titles(targets),
        "kind": kind,
        "month": f"{month:%Y-%m}",
        "months": [f"{one:%Y-%m}" for one in reversed(months)],
        "of": of,
        "departments": departments_for(request.member),
        "sees_company": selectors.departments_seen(request.member) is None,
        "by": by,
        "complete": pgettext("between names", ", ").join(
            str(CompleteField(name).label) for name in selectors.complete_fields()
        ),
        "may_choose": policy.allowed(request.member, "leads.edit_collision_rules"),
    }
    table = tables.FigureTable(request, rows)
    return table.respond("leads/metrics/page.html", context, title=pgettext("collision", "Figures"))


def asked_month(request: TenantRequest, name: str = "month") -> date:
    """The month in the address, or the present one; "month" is the table's own filter."""
    try:
        month = date.fromisoformat(f"{request.GET.get(name, '')}-01")
    except ValueError:
        return selectors.this_month()
    # at the ends of time there is no month before or after
    return month if date.min.year < month.year < date.max.year else selectors.this_month()


def asked_department(request: TenantRequest) -> int | None:
    """The department in the address if the member sees it; else the widest they see."""
    seen = selectors.departments_seen(request.member)
    asked = record_id(request.GET.get("of", ""))
    if seen is None:
        return asked
    if asked in seen:
        return asked
    own = request.member.department_id
    return own if own in seen else next(iter(seen), 0)


def departments_for(member: Member) -> list[tuple[int, str]]:
    """The departments whose figures the member may see, indented as a tree."""
    seen = selectors.departments_seen(member)
    rows = Department.objects.order_by("path")
    rows = rows if seen is None else rows.filter(pk__in=seen)
    return [(one.pk, f"{'　' * max(len(one.path) - 1, 0)}{one.name}") for one in rows]


Known = dict[date, dict[str, Any]]


def tiles(
    row: dict[str, Any] | None,
    before: dict[str, Any] | None,
    months: list[date],
    known: Known,
    targets: Targets,
) -> list[Tile]:
    """The indicators of the month, each against the month before."""
    if row is None:
        return []

    def tile(label: str, key: str, kind: str, value: str, note: str = "", **more: Any) -> Tile:
        measure, target = CHARTS[key][0], targets.get(key)
        now, then = measure(row), measure(before) if before else None
        trend = None if now is None or then is None else now - then
        points = [measure(known[one]) or 0.0 for one in months if one in known]
        url = tables.rows_url(kind, row["month"], row["department_id"])
        moved = "" if trend is None else moved_by(abs(trend), CHARTS[key][1])
        notes = [one for one in (target.words if target else "", note) if one]
        colour = tone(target is not None and target.is_missed(now))
        return Tile(label, value, url, trend=trend, moved=moved, points=points, tone=colour,
                    note=" · ".join(notes) or _("no target"), **more)  # fmt: skip

    rate, complete, shared = tables.rate(row), tables.completeness(row), tables.sharing(row)
    return [
        tile(_("Collision rate"), "rate", "cases", formats.percent(rate, 2), good_when_up=False),
        tile(_("Time to decision"), "hours", "decided",
             _("%(hours)s h") % {"hours": formats.number(row["median_hours"], 1)}
             if row["median_hours"] is not None else formats.EMPTY,
             good_when_up=False,
             note=_("90%% within %(hours)s h") % {"hours": formats.number(row["p90_hours"], 1)}
             if row["p90_hours"] is not None else _("no decision in the month")),
        tile(_("Completeness"), "completeness", "incomplete", formats.percent(complete, 1)),
        tile(_("Information sharing"), "sharing", "updates", formats.percent(shared, 1)),
        tile(_("Customers per rep"), "per_rep", "reps", formats.number(tables.per_rep(row), 1)),
    ]  # fmt: skip


def moved_by(change: float, unit: str) -> str:
    """How far an indicator moved: of a share the points, for a percentage of one misleads."""
    if unit == "percent":
        return _("%(points)s points") % {"points": formats.number(change * 100, 1)}
    return formats.number(change, 1)


def tone(is_missed: bool) -> str:
    return "amber" if is_missed else ""


def chart(
    kind: str, months: list[date], known: Known, month: date, of: int | None
) -> dict[str, Any] | None:
    """Twelve months of one indicator; none before there is anything."""
    if not known:
        return None
    measure, unit = CHARTS[kind]
    values = [measure(known[one]) if one in known else None for one in months]
    if not any(one is not None for one in values):
        return None
    return {
        "kind": "line",
        "labels": [f"{one:%Y-%m}" for one in months],
        "series": [
            {
                "name": chart_words()[kind][0],
                "values": [None if one is None else round(float(one), 4) for one in values],
            }
        ],
        "unit": unit,
        "url": tables.rows_url(ROWS_OF[kind], month, of),
    }


ROWS_OF = {
    "rate": "cases",
    "hours": "decided",
    "completeness": "incomplete",
    "sharing": "updates",
    "per_rep": "reps",
}


@needs(NEED)
def metric_rows(request: TenantRequest, kind: str) -> HttpResponseBase:
    """The rows behind a figure, as far as the member may see them."""
    if kind not in ROWS:
        raise Http404
    month, of = asked_month(request), asked_department(request)
    inside = list(department_tree(of)) if of else None
    title, table = ROWS[kind](request, month, inside)
    row: Any = CollisionFigures.objects.filter(month=month, department=of).first()
    context = {
        "tabs": tabs_for(request.member, "figures"),
        "month": f"{month:%Y-%m}",
        "is_frozen": row is not None and row.is_frozen,
        "back_url": f"{reverse('leads:metrics')}?at={month:%Y-%m}" + (f"&of={of}" if of else ""),
    }
    return table.respond("leads/metrics/rows.html", context, title=title)


Made = tuple[str, Table]


def _customers(request: TenantRequest, ids: Any, inside: list[int] | None) -> QuerySet[Any]:
    if not policy.allowed(request.member, "leads.view_customer"):
        raise Http404
    rows = selectors.with_asked(visible_customers(request.member).filter(pk__in=list(ids)))
    return rows if inside is None else rows.filter(department__in=inside)


def all_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    rows = _customers(request, selectors.customers_then(month), inside)
    return _("Customers at the end of the month"), tables.MonthCustomers(request, rows)


def incomplete_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    rows = _customers(request, selectors.customers_then(month, complete=False), inside)
    return _("Incomplete customers"), tables.MonthCustomers(request, rows)


def update_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    times = selectors.customers_updated(month)
    rows = _customers(request, times, inside)
    return _("Customers whose information was updated"), tables.UpdatedCustomers(
        request, rows, times
    )


def follow_up_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    span = selectors.bounds(month)
    seen = visible_customers(request.member)
    seen = seen if inside is None else seen.filter(department__in=inside)
    rows = FollowUp.objects.filter(
        customer__in=seen.values("pk"), created_at__gte=span["start"], created_at__lt=span["end"]
    )
    return _("Follow-ups of customers"), tables.FollowUpTable(request, rows)


def owner_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    held = selectors.customers_held(month, inside)
    rows = Member.objects.filter(pk__in=list(held))
    return _("Customers per rep"), tables.OwnerTable(request, rows, held)


def _cases(request: TenantRequest, wanted: Q, inside: list[int] | None) -> Table:
    if not policy.allowed(request.member, "leads.view_case"):
        raise Http404
    rows = cases.with_parties(cases.visible_cases(request.member).filter(wanted))
    if inside is not None:
        rows = rows.filter(pk__in=selectors.cases_of(inside))
    return tables.MonthCases(request, rows)


def case_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    wanted = selectors.opened_within(selectors.bounds(month))
    return _("Cases opened in the month"), _cases(request, wanted, inside)


def decided_rows(request: TenantRequest, month: date, inside: list[int] | None) -> Made:
    decided = selectors.decided_within(selectors.bounds(month)).values("case_id")
    return _("Cases decided in the month"), _cases(request, Q(pk__in=decided), inside)


ROWS: dict[str, Callable[[TenantRequest, date, list[int] | None], Made]] = {
    "customers": all_rows,
    "incomplete": incomplete_rows,
    "updates": update_rows,
    "follow-ups": follow_up_rows,
    "reps": owner_rows,
    "cases": case_rows,
    "decided": decided_rows,
}

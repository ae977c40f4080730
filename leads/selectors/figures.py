"""The figures about collisions, month by month: counted as things stood at the month's end.

What was true then is read from the history (the row before each later change), from the day things
were written and from decisions, which are only ever added; so a month can be counted at any time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from crm.access import policy
from crm.people.middleware import zone_of
from crm.people.models import Department, Member
from crm.people.working_hours import working_time_of
from crm.tenancy.context import current_organization_id
from crm.tenancy.models import Organization
from leads.enums import CollisionSide, CompleteField
from leads.models import (
    CollisionCase,
    CollisionDecision,
    CollisionFigures,
    CollisionParty,
)
from leads.selectors.entering import collision_settings

VIEW = "leads.view_figures"
MONTHS = 12
# What a complete customer may be asked to have; the settings name those that count.
COMPLETE = tuple(CompleteField.values)
# A change of one of these updates the customer's information; owner, status, next steps do not.
INFORMATION = (
    "name", "credit_code", "level", "phone", "website", "province", "city", "address", "industry",
)  # fmt: skip
CONTACT_INFORMATION = ("name", "title", "phone", "other_phones", "email", "wechat", "is_primary")
IS_COMPLETE = " AND ".join(
    f"({name} <> '' OR NOT '{name}' = ANY(%(complete)s))" for name in COMPLETE
)
# The customers as they were at a moment: as they are, or as the first later change found them.
KNOWN = f"""
    WITH later AS (
        SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id AS id, department_id, owner_id, created_at,
               merged_into_id, {", ".join(COMPLETE)}
        FROM leads_customerevent WHERE pgh_created_at >= %(end)s ORDER BY pgh_obj_id, pgh_id
    ), known AS (
        SELECT id, department_id, owner_id, {IS_COMPLETE} AS is_complete FROM leads_customer
        WHERE created_at < %(end)s AND merged_into_id IS NULL
          AND NOT EXISTS (SELECT FROM later WHERE later.id = leads_customer.id)
        UNION ALL
        SELECT id, department_id, owner_id, {IS_COMPLETE} FROM later
        WHERE created_at < %(end)s AND merged_into_id IS NULL
    )
"""  # noqa: S608  names of our own
CUSTOMERS = f"""{KNOWN}
    SELECT department_id, owner_id, count(*), count(*) FILTER (WHERE is_complete)
    FROM known GROUP BY 1, 2
"""  # noqa: S608  names of our own


def _changed(table: str, columns: Sequence[str]) -> str:
    """Which rows of a history had one of these columns changed between two moments."""
    state = f"ROW({', '.join(columns)})::text"
    now = f"(SELECT {state} FROM {table} AS present WHERE present.id = pgh_obj_id)"  # noqa: S608
    return f"""
        SELECT pgh_obj_id FROM (
            SELECT pgh_obj_id, pgh_label, pgh_created_at, {state} AS was,
                   coalesce(lead({state}) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id), {now})
                   AS became
            FROM {table}event WHERE pgh_created_at >= %(start)s
        ) AS step
        WHERE pgh_created_at < %(end)s AND pgh_label = 'update' AND was IS DISTINCT FROM became
    """  # noqa: S608  names of our own


# One row per update: the customer whose information changed, was added or taken away.
# Each history is read once, whatever the planner knows of a table that has just been filled.
UPDATED = f"""
    WITH one AS MATERIALIZED ({_changed("leads_customer", INFORMATION)}),
         person AS MATERIALIZED ({_changed("leads_contact", CONTACT_INFORMATION)})
    SELECT pgh_obj_id AS customer_id FROM one
    UNION ALL
    SELECT contact.customer_id FROM person
    JOIN leads_contact AS contact ON contact.id = person.pgh_obj_id
    UNION ALL
    SELECT contact.customer_id FROM leads_contact AS contact
    JOIN leads_customer AS customer ON customer.id = contact.customer_id
    WHERE contact.created_at >= %(start)s AND contact.created_at < %(end)s
      AND contact.created_at > customer.created_at + interval '1 minute'
"""  # noqa: S608  names of our own
UPDATES = f"""
    WITH updated AS MATERIALIZED ({UPDATED})
    SELECT customer.department_id, count(*) FROM updated
    JOIN leads_customer AS customer ON customer.id = updated.customer_id GROUP BY 1
"""  # noqa: S608  names of our own
FOLLOWED = """
    SELECT customer.department_id, count(*) FROM leads_followup AS follow_up
    JOIN leads_customer AS customer ON customer.id = follow_up.customer_id
    WHERE follow_up.created_at >= %(start)s AND follow_up.created_at < %(end)s GROUP BY 1
"""


@dataclass
class Count:
    """What adds up over departments, before medians are taken."""

    customers: int = 0
    complete: int = 0
    owned: int = 0
    owners: set[int] = field(default_factory=set)
    cases: int = 0
    hours: list[float] = field(default_factory=list)
    updates: int = 0
    follow_ups: int = 0

    def add(self, other: "Count") -> None:
        """Together with another department's."""
        self.customers += other.customers
        self.complete += other.complete
        self.owned += other.owned
        self.owners |= other.owners
        self.cases += other.cases
        self.hours += other.hours
        self.updates += other.updates
        self.follow_ups += other.follow_ups

    def as_figures(self) -> dict[str, Any]:
        """The columns of CollisionFigures."""
        hours = sorted(self.hours)
        return {
            "customers": self.customers,
            "complete": self.complete,
            "owned": self.owned,
            "reps": len(self.owners),
            "cases": self.cases,
            "decided": len(hours),
            "median_hours": round(median(hours), 1) if hours else None,
            "p90_hours": round(hours[ceil(0.9 * len(hours)) - 1], 1) if hours else None,
            "updates": self.updates,
            "follow_ups": self.follow_ups,
        }


def month_of(on: date) -> date:
    return on.replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def months_before(month: date, number: int) -> list[date]:
    """So many months that end with this one, the earliest first."""
    found = [month]
    while len(found) < number:
        found.append(month_of(found[-1] - timedelta(days=1)))
    return found[::-1]


def this_month() -> date:
    """The present month by the organisation's clock."""
    return month_of(timezone.now().astimezone(zone()).date())


def zone() -> Any:
    """The time zone by which the organisation's months begin."""
    rows = Organization.objects.filter(pk=current_organization_id())
    return zone_of(rows.values_list("time_zone", flat=True).get())


def complete_fields() -> list[str]:
    """The fields that a complete customer of this organisation has."""
    return [name for name in COMPLETE if name in collision_settings().complete_fields]


def bounds(month: date) -> dict[str, Any]:
    """When the month begins and ends and what is complete: parameters of the statements above."""
    here = zone()
    return {
        "complete": complete_fields(),
        "start": datetime.combine(month, time.min, tzinfo=here),
        "end": datetime.combine(month_after(month), time.min, tzinfo=here),
    }


def count_month(month: date) -> dict[int | None, dict[str, Any]]:
    """The figures of the company (None) and of each department with all below it."""
    counts = _by_department(month)
    whole = Count()
    for one in counts.values():
        whole.add(one)
    found: dict[int | None, dict[str, Any]] = {None: whole.as_figures()}
    paths = dict(Department.objects.order_by("pk").values_list("pk", "path"))
    below: dict[int, Count] = {pk: Count() for pk in paths}
    for department, one in counts.items():
        for above in paths.get(department, ()) if department else ():
            below[above].add(one)
    return found | {pk: one.as_figures() for pk, one in below.items()}


def _by_department(month: date) -> dict[int | None, Count]:
    found: dict[int | None, Count] = defaultdict(Count)
    params = bounds(month)
    for department, owner, customers, complete in _rows(CUSTOMERS, params):
        one = found[department]
        one.customers += customers
        one.complete += complete
        if owner is not None:
            one.owned += customers
            one.owners.add(owner)
    for department, number in _rows(UPDATES, params):
        found[department].updates += number
    for department, number in _rows(FOLLOWED, params):
        found[department].follow_ups += number
    for department, number in _opened(params).items():
        found[department].cases += number
    for department, hours in _decided(params):
        found[department].hours.append(hours)
    return found


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()  # type: ignore[no-any-return]


def _holder_department() -> Subquery:
    holders = CollisionParty.objects.filter(case=OuterRef("pk"), side=CollisionSide.HOLDER)
    return Subquery(holders.order_by("id").values("department_id")[:1])


def _opened(params: dict[str, Any]) -> Counter[int | None]:
    cases = CollisionCase.objects.filter(opened_within(params)).annotate(of=_holder_department())
    return Counter(cases.order_by("pk").values_list("of", flat=True))


def opened_within(params: dict[str, Any]) -> Q:
    return Q(opened_at__gte=params["start"], opened_at__lt=params["end"])


def decided_within(params: dict[str, Any]) -> QuerySet[CollisionDecision]:
    """The first decisions of the time; what an appeal changed came later and is none of them."""
    rows = CollisionDecision.objects.filter(level=1)
    return rows.filter(decided_at__gte=params["start"], decided_at__lt=params["end"])


def _decided(params: dict[str, Any]) -> Iterable[tuple[int | None, float]]:
    decided = dict(decided_within(params).order_by("pk").values_list("case_id", "decided_at"))
    cases = CollisionCase.objects.filter(pk__in=decided).annotate(of=_holder_department())
    hours = working_time_of() if decided else None
    for pk, opened_at, department in cases.order_by("pk").values_list("pk", "opened_at", "of"):
        if hours is not None:
            yield department, hours.working_seconds(opened_at, decided[pk]) / 3_600


# What a member may see


def departments_seen(member: Member) -> list[int] | None:
    """The departments whose figures the member may see; None for all and the company's."""
    reach = policy.reach_of(member, VIEW)
    if reach is None:
        return []
    return None if reach.is_all else member.departments_within(reach)


def visible_figures(member: Member) -> QuerySet[CollisionFigures]:
    """The months of the company and departments within the member's reach."""
    seen, rows = departments_seen(member), CollisionFigures.objects.all()
    return rows if seen is None else rows.filter(department__in=seen)


# The rows behind a figure


def customers_then(month: date, *, complete: bool | None = None) -> list[int]:
    """The customers there were at the end of the month."""
    condition = {None: "true", True: "is_complete", False: "NOT is_complete"}[complete]
    statement = f"{KNOWN} SELECT id FROM known WHERE {condition}"  # noqa: S608  our own words
    return [pk for (pk,) in _rows(statement, bounds(month))]


def customers_updated(month: date) -> Counter[int]:
    """How often each customer's information was updated in the month."""
    return Counter(pk for (pk,) in _rows(UPDATED, bounds(month)))


def cases_of(departments: list[int]) -> QuerySet[Any]:
    """The cases whose first owner belongs to one of these departments."""
    held = CollisionCase.objects.annotate(of=_holder_department())
    return held.filter(of__in=departments).values("pk")


def customers_held(month: date, departments: list[int] | None = None) -> Counter[int]:
    """How many customers each owner had at the end of the month."""
    found: Counter[int] = Counter()
    for department, owner, number, _complete in _rows(CUSTOMERS, bounds(month)):
        if owner is not None and (departments is None or department in departments):
            found[owner] += number
    return found


def with_asked(customers: QuerySet[Any]) -> QuerySet[Any]:
    """The customers with what is asked of a complete one, as `asked`."""
    asked = Value(complete_fields(), output_field=JSONField())
    found: QuerySet[Any] = customers.annotate(asked=asked)
    return found


def missing_of(row: Any, wanted: Sequence[str]) -> list[str]:
    """The wanted fields that a customer lacks, by their names."""
    return [str(CompleteField(name).label) for name in wanted if not row[name]]

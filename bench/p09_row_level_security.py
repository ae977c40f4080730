"""P9: what row-level security costs: our hot queries against the same SQL with an explicit WHERE.

The queries are those that the selectors and tables really make, recorded. They run as crm_app
under the policies, and as a superuser with the organisation written into the WHERE; both must
bring the same rows. EXPLAIN must show no condition of a person's left as a filter that threw
away rows by the tenant, and none that read another tenant's rows.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from bench import harness
from bench.harness import Figure, Options
from bench.project import set_up

LEAST_SECONDS = 0.01
MOST_REPEATS = 40
# What a table's constructor wants beside the request and the rows.
MORE: dict[str, dict[str, Any]] = {"orders": {"create": None}}
# A filter may throw away this share of the tenant's rows before it counts as a scan of it.
SCAN = 0.5


@dataclass(frozen=True)
class Query:
    """One statement under the policies, and the same with the organisation spelled out."""

    name: str
    secured: tuple[str, Any]
    explicit: tuple[str, Any]


def recorded(ask: Callable[[], object]) -> tuple[str, Any]:
    """The last statement that a piece of code sends."""
    from django.db import connection  # noqa: PLC0415  (after set_up)

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    return sent[-1]


def list_queries(member: Any) -> Iterator[Query]:
    """Each list by each order, each filter, its search box and its count."""
    from crm.access import policy  # noqa: PLC0415
    from leads.models import Customer, Lead, Opportunity  # noqa: PLC0415
    from leads.tables.customers import CustomerTable  # noqa: PLC0415
    from leads.tables.leads import LeadTable  # noqa: PLC0415
    from leads.tables.opportunities import OpportunityTable  # noqa: PLC0415
    from orders.models import Order  # noqa: PLC0415
    from orders.tables.orders import OrderTable  # noqa: PLC0415

    lists = [
        (LeadTable, Lead, "leads.view_lead"),
        (CustomerTable, Customer, "leads.view_customer"),
        (OpportunityTable, Opportunity, "leads.view_opportunity"),
        (OrderTable, Order, "orders.view_order"),
    ]
    for table, model, permission in lists:
        rows = policy.visible(member, model.objects.all(), permission)
        yield from table_queries(table, member, rows)


def receivable_queries(member: Any) -> Iterator[Query]:
    """Instalments by state and due date."""
    from crm.tenancy.clock import organization_today  # noqa: PLC0415
    from payments.selectors.receivables import visible_instalments  # noqa: PLC0415
    from payments.selectors.status import for_list  # noqa: PLC0415
    from payments.tables.receivables import ReceivableTable  # noqa: PLC0415

    rows = for_list(visible_instalments(member), organization_today())
    yield from table_queries(ReceivableTable, member, rows)


def table_queries(table: Any, member: Any, rows: Any) -> Iterator[Query]:
    """What one table asks for: pages and the capped count."""
    explicit = rows.filter(organization_id=member.organization_id)
    addresses = [("first page", ""), ("last page", "page=last")]
    for column in table.columns:
        if column.sort:
            addresses += [(f"by {column.sort}", f"sort={column.sort}")]
            addresses += [(f"by -{column.sort}", f"sort=-{column.sort}")]
    for one in table.filters:
        value = sample(one, member)
        if value:
            addresses.append((f"where {one.key}", f"{one.key}={value}"))
    if table.search_hint:
        addresses += [("search a prefix", "q=上海华"), ("search a number", "q=S26-00001")]
    for words, address in addresses:
        for what in ("page", "total"):
            if what == "page" or words in {"first page"} or words.startswith(("where", "search")):
                name = f"{table.key}: {words}{'' if what == 'page' else ', counted'}"
                asked = (
                    partial(answer, table, member, part, address, what) for part in (rows, explicit)
                )
                yield Query(name, *map(recorded, asked))


def sample(one: Any, member: Any) -> str:
    """A value that the filter finds rows with."""
    from crm.web.formats import Formats  # noqa: PLC0415
    from crm.web.tables import AmountFilter, DateFilter, Scope  # noqa: PLC0415

    if isinstance(one, DateFilter):
        return "week"
    if isinstance(one, AmountFilter):
        return "1000..2000"
    scope = Scope(member_id=member.pk, formats=Formats.current())
    values = [value for value, _words in one.options(scope) if value not in ("me", "-")]
    return values[len(values) // 2] if values else ""


def answer(table: Any, member: Any, rows: Any, address: str, what: str) -> object:
    """Build the table as a request would and ask for its page or its total."""
    from django.test import RequestFactory  # noqa: PLC0415

    request = RequestFactory().get(f"/?{address}")
    request.session = {"columns": {f"{member.organization_id}:{table.key}": []}}
    request.member, request.organization = member, member.organization
    built = table(request, rows, **MORE.get(table.key, {}))
    if what == "page":
        return built.page
    from crm.web.tables.paging import capped_count  # noqa: PLC0415

    return capped_count(built.queryset, cap=built.cap)


def record_queries(member: Any, organization_id: int) -> Iterator[Query]:
    """One record by id, its story, its identity keys, a customer's orders, what waits today."""
    from leads.models import Customer, FollowUp, IdentityKey, Lead  # noqa: PLC0415
    from leads.selectors.candidates import CANDIDATES  # noqa: PLC0415
    from leads.selectors.leads import follow_ups_of_lead  # noqa: PLC0415
    from orders.models import Order  # noqa: PLC0415
    from orders.selectors.orders import orders_of_customer  # noqa: PLC0415

    lead = Lead.objects.order_by("pk").first()
    customer = Customer.objects.order_by("pk").first()
    assert lead is not None
    assert customer is not None
    mine = {"organization_id": organization_id}

    def both(name: str, ask: Callable[[Any], object], rows: Any) -> Query:
        spelled = rows.filter(**mine)
        return Query(name, recorded(lambda: ask(rows)), recorded(lambda: ask(spelled)))

    yield both("one lead", lambda rows: rows.get(pk=lead.pk), Lead.objects.all())
    yield both(
        "the story of a lead",
        lambda rows: list(rows.select_related("member").order_by("-at", "-id")[:60]),
        follow_ups_of_lead(lead),
    )
    yield both(
        "a customer's orders", lambda rows: list(orders_of_customer(rows, customer.pk)[:26]),
        Order.objects.all(),
    )  # fmt: skip
    yield both(
        "a member's follow-ups of a month",
        lambda rows: rows.filter(member=lead.owner_id, at__gte=lead.created_at).count(),
        FollowUp.objects.all(),
    )
    keys = list(
        IdentityKey.objects.filter(record_id__lt=lead.pk + 3).values_list("key", flat=True)[:9]
    )
    spelled = CANDIDATES.replace(
        "WHERE", f"WHERE leads_identitykey.organization_id = {organization_id} AND"
    )
    yield Query("identity keys", (CANDIDATES, [keys]), (spelled, [keys]))


def seconds_of(connection: psycopg.Connection[Any], query: tuple[str, Any], times: int) -> None:
    for _ in range(times):
        connection.execute(*query).fetchall()


def compared(
    query: Query, app: psycopg.Connection[Any], admin: psycopg.Connection[Any], rounds: int
) -> tuple[float, float]:
    """Milliseconds under the policies and without, medians of interleaved rounds."""
    rows = [sorted(map(repr, c.execute(*sql).fetchall())) for c, sql in
            ((app, query.secured), (admin, query.explicit))]  # fmt: skip
    assert rows[0] == rows[1], query.name
    once = harness.timed(partial(seconds_of, admin, query.explicit, 1))
    times = max(1, min(MOST_REPEATS, int(LEAST_SECONDS / max(once, 1e-6)) + 1))
    found = harness.medians(
        harness.interleaved(
            {
                "secured": partial(seconds_of, app, query.secured, times),
                "explicit": partial(seconds_of, admin, query.explicit, times),
            },
            rounds=rounds,
        )
    )
    return found["secured"] * 1000 / times, found["explicit"] * 1000 / times


def scans(
    connection: psycopg.Connection[Any], query: tuple[str, Any], tenant_rows: int
) -> list[str]:
    """The filters of a plan that threw away a tenant's worth of rows."""
    sql, params = query
    row = connection.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params).fetchone()
    assert row is not None
    plans = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return [
        f"{node.get('Relation Name')}: {node['Filter']}"
        for node in nodes(plans[0]["Plan"])
        if "Filter" in node
        and node.get("Rows Removed by Filter", 0) * node.get("Actual Loops", 1) > SCAN * tenant_rows
    ]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def connect(url: str, organization_id: int) -> psycopg.Connection[Any]:
    """A connection with the planner's settings of the application, inside the organisation."""
    from django.conf import settings  # noqa: PLC0415

    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    found = psycopg.connect(
        url, autocommit=True, cursor_factory=psycopg.ClientCursor, options=options
    )
    found.execute("SELECT set_config('app.organization', %s, false)", [str(organization_id)])
    return found


def collect(company: Any) -> list[Query]:
    """Every query, of an administrator and of a manager with a department's rights."""
    from django.urls import set_urlconf  # noqa: PLC0415

    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    set_urlconf("crm.tenant_urls")
    organization_id = company.organization.pk
    found = []
    with tenant_context(organization_id):
        found += record_queries(company.administrator, organization_id)
        found += receivable_queries(company.administrator)
        for member in (company.administrator, company.manager):
            member.organization = company.organization
            found += [
                Query(f"{member.name}: {one.name}", one.secured, one.explicit)
                for one in list_queries(member)
            ]
    return found


def measure(options: Options) -> list[Figure]:
    """The median and the worst ratio, and what EXPLAIN says."""
    set_up("p09")
    from bench.population import admin_url, app_url, found_company  # noqa: PLC0415

    company = found_company("mid", leads=options.rows)
    found_company("other", leads=options.rows // 2)
    organization_id = company.organization.pk
    queries = collect(company)
    app, admin = connect(app_url(), organization_id), connect(admin_url(), organization_id)
    times = {one.name: compared(one, app, admin, options.rounds) for one in queries}
    ratios = {name: secured / explicit for name, (secured, explicit) in times.items()}
    tenant_rows = options.rows // 5
    left = {one.name: scans(app, one.secured, tenant_rows) for one in queries}
    anyway = {one.name: scans(admin, one.explicit, tenant_rows) for one in queries}
    caused = {name: found for name, found in left.items() if found and not anyway[name]}
    return [*figures(times, ratios, caused), unindexed(anyway)]


def unindexed(anyway: dict[str, list[str]]) -> Figure:
    """Filters over the tenant that no index serves, with the policies or without."""
    found = {name: conditions[0] for name, conditions in anyway.items() if conditions}
    return Figure("filters over the tenant without policies, too", len(found), detail=found)


def figures(
    times: dict[str, tuple[float, float]], ratios: dict[str, float], left: dict[str, list[str]]
) -> list[Figure]:
    """All queries together, the dearest ones by name, the plans."""
    secured = sum(pair[0] for pair in times.values())
    explicit = sum(pair[1] for pair in times.values())
    worst = sorted(ratios, key=lambda name: -ratios[name])[:8]
    middle = sorted(ratios.values())[len(ratios) // 2]
    detail = {f"{name} ({times[name][1]:.2f} ms)": ratios[name] for name in worst}
    return [
        Figure("all queries: policies : explicit WHERE", secured / explicit, "×", 1.10, "low",
               {"queries": len(times), "ms": secured, "explicit ms": explicit}),
        Figure("the median query", middle, "×", 1.10, "low"),
        Figure("the dearest query", ratios[worst[0]], "×", 1.10, "low", detail),
        Figure("conditions the policies keep from an index", len(left), "", 0, "low",
               {name: found[0] for name, found in left.items()}),
    ]  # fmt: skip


if __name__ == "__main__":
    harness.main("P9", "Row-level security", measure, rows=100_000)

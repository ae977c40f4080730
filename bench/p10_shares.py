"""P10: the list of a member to whom 100,000 customers were shared one by one.

Held against a member who owns as many: the same list, the same page size, the same rows under
row-level security; one's rows are found by the owner's column, the other's by grants. The
customers lie among as many that neither may see.
"""

from functools import partial
from typing import Any

from bench import harness
from bench.harness import Figure, Options
from bench.p09_row_level_security import answer
from bench.project import set_up


def shared_customers(company: Any, rows: int) -> tuple[Any, Any]:
    """2 × rows customers: a rep owns every other one, a colleague was given those; both people."""
    from bench.population import Writer, superuser  # noqa: PLC0415
    from crm.access.grants import VIEW, permission_for  # noqa: PLC0415
    from crm.people.models import Member  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.models import Customer, CustomerGrant  # noqa: PLC0415

    with tenant_context(company.organization.pk):
        reps = Member.objects.filter(member_roles__role__code="rep").order_by("pk")
        owner, colleague, other = reps[:3]
        permission = permission_for(Customer, VIEW)
    with superuser() as admin:
        writer = Writer(admin, company.organization)
        first = writer.fill(
            Customer,
            2 * rows,
            owner_id=f"CASE i % 2 WHEN 0 THEN {owner.pk} ELSE {other.pk} END",
            department_id=str(owner.department_id),
            number="'S' || i",
            name="'客户' || i",
            sort_key="'kehu' || i",
        )
        writer.fill(
            CustomerGrant,
            rows,
            user_id=str(colleague.user_id),
            permission_id=str(permission.pk),
            content_object_id=f"{first - 1} + 2 * i",
        )
        admin.execute("ANALYZE leads_customer")
        admin.execute("ANALYZE leads_customergrant")
    return owner, colleague


def measure(options: Options) -> list[Figure]:
    """Pages and counts of both, interleaved."""
    set_up("p10")
    from django.urls import set_urlconf  # noqa: PLC0415

    from bench.population import found_company  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    set_urlconf("crm.tenant_urls")
    company = found_company("shares", leads=1_000, only_leads=True)
    owner, colleague = shared_customers(company, options.rows)
    cases = {
        f"{who}: {what}": partial(look, company, member, address, part)
        for who, member in (("owner", owner), ("shares", colleague))
        for what, address, part in (
            ("first page", "", "page"),
            ("last page", "page=last", "page"),
            ("by reading", "sort=sort_key", "page"),
            ("count of the header", "", "total"),
            ("exact count", "", "count"),
            ("search", "q=客户12", "page"),
        )
    }
    with tenant_context(company.organization.pk):
        sizes = {look(company, one, "", "count") for one in (owner, colleague)}
        assert sizes == {options.rows}, sizes
        found = harness.medians(harness.interleaved(cases, rounds=options.rounds))
    pages = ("first page", "last page", "by reading", "search")
    counts = ("count of the header", "exact count")
    return [figure(found, what) for what in pages] + [figure(found, what, 5.0) for what in counts]


def look(company: Any, member: Any, address: str, part: str) -> Any:
    """What the list asks the database, as a fresh request of the member would."""
    from crm.access import policy  # noqa: PLC0415
    from crm.people.models import Member  # noqa: PLC0415
    from leads.models import Customer  # noqa: PLC0415
    from leads.tables.customers import CustomerTable  # noqa: PLC0415

    fresh = Member.objects.select_related("department").get(pk=member.pk)
    fresh.organization = company.organization
    rows = policy.visible(fresh, Customer.objects.all(), "leads.view_customer")
    if part == "count":
        return rows.count()
    return answer(CustomerTable, fresh, rows, address, part)


def figure(found: dict[str, float], what: str, goal: float = 1.5) -> Figure:
    """The shares' time by the owner's."""
    mine, shared = found[f"owner: {what}"], found[f"shares: {what}"]
    detail = {"owner ms": mine * 1000, "shares ms": shared * 1000}
    return Figure(f"{what}: shares : owner", shared / mine, "×", goal, "low", detail)


if __name__ == "__main__":
    harness.main("P10", "A member with many shares", measure, rows=100_000)

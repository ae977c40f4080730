"""P2: 10,000 leads to 200 reps by territory and industry under capacity, a reason for each.

The limit is one statement that deals the same leads round robin, with the same history triggers
and foreign keys, and writes nothing else.
"""

from functools import partial

from bench import harness, project
from bench.harness import Figure, Options, timed

GOAL = 0.15
DEAL = """
    UPDATE leads_lead SET owner_id = dealt.member_id, department_id = dealt.department_id,
           assigned_at = now(), updated_at = now()
    FROM (SELECT l.id, m.id AS member_id, m.department_id
          FROM (SELECT id, (row_number() OVER (ORDER BY id)) % (SELECT count(*) FROM reps) AS turn
                FROM leads_lead WHERE owner_id IS NULL) AS l
          JOIN (SELECT id, department_id, row_number() OVER (ORDER BY id) - 1 AS turn
                FROM reps) AS m USING (turn)) AS dealt
    WHERE leads_lead.id = dealt.id
"""
REPS = """
    CREATE TEMP TABLE reps AS SELECT m.id, m.department_id FROM people_member m
    JOIN people_memberrole r ON r.member_id = m.id JOIN people_role o ON o.id = r.role_id
    WHERE o.code = 'rep'
"""


def add_rules(organization: int) -> None:
    """Ten regions by province, and two industries that go to reps of their own."""
    from bench.p01_import import share_provinces  # noqa: PLC0415  (after django.setup)
    from crm.people.models import Member  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.services.assignment_rules import (  # noqa: PLC0415
        ensure_rules,
        move_rule,
        save_rule,
    )

    share_provinces(organization)
    with tenant_context(organization):
        Member.objects.update(capacity=100_000)
        ensure_rules()
        reps = list(
            Member.objects.filter(member_roles__role__code="rep").values_list("pk", flat=True)
        )
        for industry, some in (("medical", reps[:20]), ("software", reps[20:40])):
            conditions = [{"field": "industry", "op": "in", "value": [industry]}]
            rule = save_rule(name=industry, conditions=conditions, pool={"members": some})
            move_rule(rule_id=rule.pk, steps=-20)


def take_back(organization: int) -> list[int]:
    """Every lead new and nobody's; untimed, behind the triggers' back."""
    from bench import population  # noqa: PLC0415

    with population.superuser() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE leads_lead SET owner_id = NULL, status = 'new', assigned_at = NULL"
            " WHERE organization_id = %s",
            [organization],
        )
        admin.execute("TRUNCATE leads_assignmentdecision, leads_leadevent")
        admin.execute("VACUUM ANALYZE leads_lead")
        rows = admin.execute(
            "SELECT id FROM leads_lead WHERE organization_id = %s ORDER BY id", [organization]
        ).fetchall()
    return [pk for (pk,) in rows]


def deal(organization: int) -> None:
    from django.db import connection  # noqa: PLC0415

    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    with tenant_context(organization), connection.cursor() as cursor:
        cursor.execute(DEAL)


def assign(organization: int, ids: list[int]) -> None:
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.services import assignment  # noqa: PLC0415

    with tenant_context(organization):
        outcome = assignment.assign_leads(lead_ids=ids)
    assert outcome.assigned == len(ids), outcome


def measure(options: Options) -> list[Figure]:
    project.set_up("p02")
    from django.db import connection  # noqa: PLC0415  (after django.setup)

    from bench import population  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    organization = population.found_company(
        "dealer", leads=options.rows, only_leads=True
    ).organization.pk
    add_rules(organization)
    with tenant_context(organization), connection.cursor() as cursor:
        cursor.execute(REPS)
    limits, ours = [], []
    for _round in range(options.rounds):
        take_back(organization)
        limits.append(timed(partial(deal, organization)))
        ids = take_back(organization)
        ours.append(timed(partial(assign, organization, ids)))
    limit, own = sorted(limits)[len(limits) // 2], sorted(ours)[len(ours) // 2]
    detail = {"leads/s": options.rows / own, "limit leads/s": options.rows / limit}
    return [Figure("one statement : assignment by rules", limit / own, "", GOAL, detail=detail)]


if __name__ == "__main__":
    harness.main("P2", "Assignment of leads to reps", measure, rows=10_000, rounds=5)

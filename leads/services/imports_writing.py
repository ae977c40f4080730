"""What a chunk writes: leads with their keys and decisions, and a touch for every row.

Each kind of row is one statement; what the file said is read where it lies.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from crm import arrays
from crm.numbering import take_numbers
from crm.tenancy.context import current_organization_id
from leads.models import ImportBatch
from leads.selectors import assignments
from leads.services.assignment_desk import Given, decide_owners, record_decisions
from leads.services.imports_plan import Plan, Row

IDS = "SELECT nextval(pg_get_serial_sequence('leads_lead', 'id')) FROM generate_series(1, %s)"
LEADS = """
    INSERT INTO leads_lead
        (id, organization_id, number, company_name, sort_key, name_key, credit_code, contact_name,
         contact_title, phone, phone_key, other_phones, email, wechat, province, city, address,
         industry, need, channel, campaign, status, owner_id, department_id, assigned_at,
         unassigned_reason,
         created_by_id, created_at, updated_at, version, next_step, invalid_reason,
         import_batch_id)
    SELECT made.id, %(organization)s, made.number, f->>'company_name',
           coalesce(f->>'sort_key', ''), coalesce(f->>'name_key', ''),
           coalesce(f->>'credit_code', ''), coalesce(f->>'contact_name', ''),
           coalesce(f->>'contact_title', ''), coalesce(f->>'phone', ''),
           coalesce(f->>'phone_key', ''), coalesce(f->>'other_phones', ''),
           coalesce(f->>'email', ''), coalesce(f->>'wechat', ''),
           coalesce(f->>'province', ''), coalesce(f->>'city', ''), coalesce(f->>'address', ''),
           coalesce(f->>'industry', ''), coalesce(f->>'need', ''), %(channel)s,
           coalesce(f->>'campaign', %(campaign)s), 'new', made.owner_id,
           coalesce(made.department_id, %(department)s),
           CASE WHEN made.owner_id IS NULL THEN NULL ELSE %(at)s END, made.waits_because,
           %(by)s, %(at)s, %(at)s, 1, '', '', %(batch)s
    FROM leads_importrow AS source
    JOIN unnest(%(rows)s::int[], %(ids)s::bigint[], %(numbers)s::text[], %(owners)s::bigint[],
                %(departments)s::bigint[], %(waits)s::text[])
         AS made(row_number, id, number, owner_id, department_id, waits_because)
      ON source.row_number = made.row_number
    CROSS JOIN LATERAL (SELECT source.fields) AS read(f)
    WHERE source.batch_id = %(batch)s AND source.row_number BETWEEN %(first)s AND %(last)s
    ORDER BY made.id
"""
KEYS = """
    INSERT INTO leads_identitykey (organization_id, key, kind, record_kind, record_id)
    SELECT %(organization)s, held.key, held.kind, 'lead', made.id
    FROM leads_importrow AS source
    JOIN unnest(%(rows)s::int[], %(ids)s::bigint[]) AS made(row_number, id)
      ON source.row_number = made.row_number
    CROSS JOIN LATERAL unnest(source.keys, source.key_kinds) AS held(key, kind)
    WHERE source.batch_id = %(batch)s AND source.row_number BETWEEN %(first)s AND %(last)s
"""
TOUCHES = """
    INSERT INTO leads_touch
        (organization_id, channel, payload, received_at, outcome, outcome_reason, lead_id,
         import_batch_id, case_id)
    SELECT %(organization)s, %(channel)s,
           jsonb_build_object('row', source.row_number, 'values', source.values),
           %(received)s, became.outcome, became.reason, became.lead_id, %(batch)s, became.case_id
    FROM leads_importrow AS source
    JOIN unnest(%(rows)s::int[], %(outcomes)s::text[], %(reasons)s::text[], %(leads)s::bigint[],
                %(cases)s::bigint[])
         AS became(row_number, outcome, reason, lead_id, case_id)
      ON source.row_number = became.row_number
    WHERE source.batch_id = %(batch)s AND source.row_number BETWEEN %(first)s AND %(last)s
    ORDER BY source.row_number
"""


def make_leads(batch: ImportBatch, plan: Plan, *, at: datetime) -> dict[int, int | None]:
    """Number, assign and insert the rows that become leads; answers row → owner."""
    if not plan.created:
        return {}
    ids = _take_ids(len(plan.created))
    given = decide_owners(
        [
            assignments.candidate_of(pk, _facts(batch, row))
            for pk, row in zip(ids, plan.created, strict=True)
        ]
    )
    # taken last: whoever enters a lead meanwhile waits for the number series
    numbers = take_numbers("L", len(ids))
    rows = [row.row_number for row in plan.created]
    for number, pk in zip(rows, ids, strict=True):
        plan.fates[number].lead_id = pk
    _insert_leads(batch, rows, numbers, given, at=at)
    record_decisions(given, at=at)
    return {number: one.member_id for number, one in zip(rows, given, strict=True)}


def _facts(batch: ImportBatch, row: Row) -> dict[str, str | None]:
    """What rules may ask about a row."""
    return {
        "province": row.province,
        "city": row.city,
        "industry": row.industry,
        "channel": batch.channel,
        "campaign": row.campaign or batch.campaign,
    }


def _take_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(IDS, [count])
        return [pk for (pk,) in cursor.fetchall()]


def _insert_leads(
    batch: ImportBatch,
    rows: list[int],
    numbers: list[str],
    given: Sequence[Given],
    *,
    at: datetime,
) -> None:
    importer = batch.created_by
    values = {
        "organization": current_organization_id(),
        "batch": batch.pk,
        "channel": batch.channel,
        "campaign": batch.campaign,
        "by": batch.created_by_id,
        "department": importer.department_id if importer else None,
        "at": at,
        "rows": arrays.of_numbers(rows),
        "first": rows[0],
        "last": rows[-1],
        "ids": arrays.of_numbers(one.lead_id for one in given),
        "numbers": arrays.of_texts(numbers),
        "owners": arrays.of_numbers(one.member_id for one in given),
        "departments": arrays.of_numbers(one.department_id for one in given),
        "waits": arrays.of_texts(one.waits_because for one in given),
    }
    with connection.cursor() as cursor:
        cursor.execute(LEADS, values)
        cursor.execute(KEYS, values)


def write_touches(batch: ImportBatch, plan: Plan) -> None:
    """What became of every row, as an arrival."""
    numbers = sorted(plan.fates)
    fates = [plan.fates[number] for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(
            TOUCHES,
            {
                "organization": current_organization_id(),
                "batch": batch.pk,
                "channel": batch.channel,
                "received": timezone.now(),
                "rows": arrays.of_numbers(numbers),
                "first": numbers[0],
                "last": numbers[-1],
                "outcomes": arrays.of_texts(one.outcome.value for one in fates),
                "reasons": arrays.of_texts(one.reason for one in fates),
                "leads": arrays.of_numbers(one.lead_id for one in fates),
                "cases": arrays.of_numbers(one.case_id for one in fates),
            },
        )

"""The import itself: each chunk is one transaction that makes leads, keys, touches and decisions.

A killed worker leaves whole chunks behind: `done_until` moves with them. Imports of one
organisation take turns chunk by chunk, and before a row becomes a lead its strong keys are looked
up again, so the same file imported twice at once makes every lead once. Nobody enters a client by
hand while a chunk looks and saves: either it sees theirs, or they are told of its.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from crm import jobs
from crm.audit import services as audit
from crm.numbering import take_numbers
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.context import acting_as, current_organization_id, tenant_context
from leads.enums import Bucket, ImportState, RecordKind, TouchOutcome
from leads.identity.profiles import profile_of
from leads.identity.seeking import STRONG as ALONE
from leads.models import ImportBatch, ImportRow, Lead
from leads.selectors import assignments
from leads.selectors.deciders import Desk
from leads.selectors.imports import leads_of_rows
from leads.services.assignment import notify_reps, tell_reps
from leads.services.assignment_desk import Given, decide_owners, hold_turns, record_decisions
from leads.services.entering import hold_all_entries
from leads.services.imports_cases import Met, open_cases, tell_of_cases
from leads.services.imports_matching import (
    Asked,
    Meeting,
    Seen,
    judge,
    keys_in_use,
    strong_keys,
)
from leads.services.imports_rows import identity_of_fields

CHUNK = 1_000
ROWS = """
    SELECT row_number, bucket, keys, key_kinds, match_kind, match_id, match_row,
           fields->>'province', fields->>'city', fields->>'industry', fields->>'campaign'
    FROM leads_importrow WHERE batch_id = %s AND row_number > %s ORDER BY row_number LIMIT %s
"""
IDS = "SELECT nextval(pg_get_serial_sequence('leads_lead', 'id')) FROM generate_series(1, %s)"
LEADS = """
    INSERT INTO leads_lead
        (id, organization_id, number, company_name, sort_key, name_key, credit_code, contact_name,
         contact_title, phone, phone_key, email, wechat, province, city, address, industry, need,
         channel, campaign, status, owner_id, department_id, assigned_at, unassigned_reason,
         created_by_id, created_at, updated_at, version, next_step, invalid_reason,
         import_batch_id)
    SELECT made.id, %(organization)s, made.number, f->>'company_name',
           coalesce(f->>'sort_key', ''), coalesce(f->>'name_key', ''),
           coalesce(f->>'credit_code', ''), coalesce(f->>'contact_name', ''),
           coalesce(f->>'contact_title', ''), coalesce(f->>'phone', ''),
           coalesce(f->>'phone_key', ''), coalesce(f->>'email', ''), coalesce(f->>'wechat', ''),
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


class Row(NamedTuple):
    """A checked row as the import needs it; its other fields stay in the database."""

    row_number: int
    bucket: str
    keys: list[int]
    key_kinds: list[str]
    match_kind: str
    match_id: int | None
    match_row: int | None
    province: str | None
    city: str | None
    industry: str | None
    campaign: str | None

    @property
    def strong(self) -> list[int]:
        return strong_keys(self.keys, self.key_kinds)


@dataclass(slots=True)
class Fate:
    """What becomes of a row."""

    outcome: TouchOutcome
    reason: str = ""
    lead_id: int | None = None
    case_id: int | None = None


@dataclass(slots=True)
class Plan:
    """What a chunk will do: the fate of every row, the rows that become leads, who copies whom."""

    fates: dict[int, Fate] = field(default_factory=dict)
    created: list[Row] = field(default_factory=list)
    # row → the earlier row of this chunk it is the same as
    copies: dict[int, int] = field(default_factory=dict)
    # what rows meet of others', by row; of a row like an earlier one of the file, that one's number
    met: dict[int, Met] = field(default_factory=dict)
    alike: dict[int, int] = field(default_factory=dict)


def run(organization_id: int, batch_id: int) -> None:
    """Import chunk by chunk until the file is done or somebody stops it."""
    desk = Desk()
    while True:
        with tenant_context(organization_id):
            batch = ImportBatch.objects.get(pk=batch_id)
        with tenant_context(organization_id, member_id=batch.created_by_id, reason="import"):
            is_going_on = run_chunk(batch_id, desk=desk)
        with tenant_context(organization_id):
            done = ImportBatch.objects.values_list("results", flat=True).get(pk=batch_id)
        jobs.report_progress(sum(done.values()), batch.row_count)
        if not is_going_on:
            return


def run_chunk(batch_id: int, *, desk: Desk | None = None) -> bool:
    """Import the next rows; False when there is nothing more to do."""
    batch: ImportBatch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(
        pk=batch_id
    )
    if batch.state == ImportState.CANCELLED:
        tell_owners(batch)
        tell_of_cases(batch)
    if batch.state != ImportState.RUNNING:
        return False
    rows = _next_rows(batch)
    if not rows:
        _finish(batch)
        return False
    hold_turns()
    hold_all_entries()
    at = timezone.now()
    plan = plan_chunk(batch, rows)
    owners = _make_leads(batch, plan, at=at)
    _settle_copies(plan)
    _open_cases(batch, plan, owners, desk or Desk())
    _write_touches(batch, plan)
    results = Counter(batch.results)
    results.update(fate.outcome.value for fate in plan.fates.values())
    batch.results, batch.done_until = dict(results), rows[-1].row_number
    batch.save(update_fields=["results", "done_until"])
    return True


def _next_rows(batch: ImportBatch) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [batch.pk, batch.done_until, CHUNK])
        return [Row(*values) for values in cursor.fetchall()]


def plan_chunk(batch: ImportBatch, rows: Sequence[Row]) -> Plan:
    """The fate of each row by its bucket; what would become a lead is looked up once more."""
    plan = Plan()
    wanted: list[Row] = []
    for row in rows:
        if row.bucket == Bucket.ERROR:
            plan.fates[row.row_number] = Fate(TouchOutcome.REJECTED, "faulty")
        elif row.bucket == Bucket.PROBABLE and not batch.include_probable:
            plan.fates[row.row_number] = Fate(TouchOutcome.REJECTED, "probable")
        elif row.match_id and row.bucket != Bucket.PROBABLE:
            plan.fates[row.row_number] = _fate_by_record(row.bucket, row.match_kind, row.match_id)
            if row.bucket == Bucket.OWNED:
                plan.met[row.row_number] = Met(row.row_number, (row.match_kind, row.match_id))
        else:
            wanted.append(row)
    for row, meeting in zip(wanted, _look_again(batch, wanted), strict=True):
        _plan_one(plan, row, meeting, batch)
    return plan


def _plan_one(plan: Plan, row: Row, meeting: Meeting, batch: ImportBatch) -> None:
    number = row.row_number
    if meeting.row is not None and meeting.bucket == Bucket.DUPLICATE:
        plan.copies[number] = meeting.row
        plan.fates[number] = Fate(TouchOutcome.ATTACHED, "same_file")
    elif meeting.candidate and meeting.bucket in (Bucket.DUPLICATE, Bucket.OWNED):
        kind, pk = meeting.candidate.kind, meeting.candidate.record_id
        fate = _fate_by_record(meeting.bucket, kind, pk)
        if row.match_row or _is_own(batch, kind, pk):
            fate = Fate(TouchOutcome.ATTACHED, "same_file", fate.lead_id)
        elif meeting.bucket == Bucket.OWNED:
            plan.met[number] = Met(number, (kind.value, pk), meeting.reasons)
        plan.fates[number] = fate
    else:
        plan.created.append(row)
        plan.fates[number] = Fate(TouchOutcome.CREATED)
        _note_likeness(plan, row, meeting)


def _note_likeness(plan: Plan, row: Row, meeting: Meeting) -> None:
    """Whom a row that becomes a lead is like, as far as the search says."""
    number = row.row_number
    if meeting.candidate is not None:
        pair = (meeting.candidate.kind.value, meeting.candidate.record_id)
        plan.met[number] = Met(number, pair, meeting.reasons)
    elif row.match_id:
        plan.met[number] = Met(number, (row.match_kind, row.match_id))
    elif row.match_row:
        plan.alike[number] = row.match_row


def _is_own(batch: ImportBatch, kind: str, pk: int) -> bool:
    """Whether the record met is a lead this very file has made."""
    own = Lead.objects.filter(pk=pk, import_batch=batch)
    return kind == RecordKind.LEAD and own.exists()


def _fate_by_record(bucket: str, kind: str, pk: int) -> Fate:
    outcome = TouchOutcome.COLLIDED if bucket == Bucket.OWNED else TouchOutcome.ATTACHED
    return Fate(outcome, f"{kind}:{pk}", pk if kind == RecordKind.LEAD else None)


def _look_again(batch: ImportBatch, rows: Sequence[Row]) -> list[Meeting]:
    """Whom rows meet now by their strong keys; only rows that share one are compared."""
    strong = {row.row_number: row.strong for row in rows}
    asked_for = Counter(key for keys in strong.values() for key in keys)
    hits = keys_in_use(asked_for)
    shared = {key for key, number in asked_for.items() if number > 1 or key in hits}
    doubtful = [number for number, keys in strong.items() if not shared.isdisjoint(keys)]
    fields = dict(
        ImportRow.objects.filter(batch=batch, row_number__in=doubtful).values_list(
            "row_number", "fields"
        )
    )
    asked = [
        Asked(
            number,
            profile_of(identity_of_fields(fields[number])),
            [(key, ALONE, True) for key in strong[number]],
            tuple(strong[number]),
        )
        for number in doubtful
    ]
    meetings = judge(asked, seen=Seen(), importer_id=batch.created_by_id, channel=batch.channel)
    found = {one.number: meeting for one, meeting in zip(asked, meetings, strict=True)}
    return [found.get(row.row_number, Meeting(Bucket.NEW)) for row in rows]


def _make_leads(batch: ImportBatch, plan: Plan, *, at: datetime) -> dict[int, int | None]:
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
        "rows": rows,
        "first": rows[0],
        "last": rows[-1],
        "ids": [one.lead_id for one in given],
        "numbers": numbers,
        "owners": [one.member_id for one in given],
        "departments": [one.department_id for one in given],
        "waits": [one.waits_because for one in given],
    }
    with connection.cursor() as cursor:
        cursor.execute(LEADS, values)
        cursor.execute(KEYS, values)


def _settle_copies(plan: Plan) -> None:
    """A row that repeats an earlier one of its chunk is attached to what that one became."""
    for number, original in plan.copies.items():
        plan.fates[number].lead_id = plan.fates[original].lead_id


def _open_cases(
    batch: ImportBatch, plan: Plan, owners: Mapping[int, int | None], desk: Desk
) -> None:
    """What others have becomes a case, with the lead of the row where it became one."""
    for number, earlier in leads_of_rows(batch, plan.alike).items():
        plan.met[number] = Met(number, (RecordKind.LEAD.value, earlier))
    for number, earlier in plan.alike.items():
        fate = plan.fates.get(earlier)
        if fate is not None and fate.lead_id:
            plan.met[number] = Met(number, (RecordKind.LEAD.value, fate.lead_id))
    for number, met in plan.met.items():
        if number in owners:
            met.lead_id, met.owner_id = plan.fates[number].lead_id, owners[number]
    met_in_order = [plan.met[number] for number in sorted(plan.met)]
    for number, case_id in open_cases(batch, met_in_order, desk=desk).items():
        plan.fates[number].case_id = case_id
    for row in plan.created:
        fate, met_one = plan.fates[row.row_number], plan.met.get(row.row_number)
        if met_one is not None and fate.case_id is None:
            # no conflict, yet probably one client: the result and the lead's page say so
            fate.reason = ":".join(map(str, met_one.pair))


def _write_touches(batch: ImportBatch, plan: Plan) -> None:
    numbers = sorted(plan.fates)
    with connection.cursor() as cursor:
        cursor.execute(
            TOUCHES,
            {
                "organization": current_organization_id(),
                "batch": batch.pk,
                "channel": batch.channel,
                "received": timezone.now(),
                "rows": numbers,
                "first": numbers[0],
                "last": numbers[-1],
                "outcomes": [plan.fates[number].outcome.value for number in numbers],
                "reasons": [plan.fates[number].reason for number in numbers],
                "leads": [plan.fates[number].lead_id for number in numbers],
                "cases": [plan.fates[number].case_id for number in numbers],
            },
        )


def _finish(batch: ImportBatch) -> None:
    """Say that it is done: to the importer, and to each rep how many leads came."""
    batch.state, batch.finished_at = ImportState.DONE, timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    audit.record("leads.imported", target=batch, **batch.results)
    tell_owners(batch)
    tell_of_cases(batch)
    if batch.created_by_id:
        with acting_as(None):  # nobody is told of what they do themselves; this is the worker's
            notify(
                member_ids=[batch.created_by_id],
                kind=NotificationKind.IMPORT_FINISHED,
                title=batch.file.name,
                url=reverse("leads:import", urlconf=settings.TENANT_URLCONF, args=[batch.pk]),
            )


def tell_owners(batch: ImportBatch) -> None:
    """Tell each rep once how many leads this run has brought, however many chunks it took."""
    owned = Lead.objects.filter(import_batch=batch, owner__isnull=False).order_by()
    if batch.job is not None:
        owned = owned.filter(created_at__gte=batch.job.created_at)
    shares = owned.values_list("owner_id").annotate(number=Count("id"), latest=Max("id"))
    counts = {owner: number for owner, number, _latest in shares}
    latest = {owner: lead for owner, _number, lead in shares}
    tell_reps(counts, latest=latest)
    notify_reps(counts, latest=latest)

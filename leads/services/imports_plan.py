"""What becomes of each row of a chunk: decided here, written elsewhere.

Before a row becomes a lead its strong keys are looked up again: somebody may have entered the same
client since the dry run.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from leads.enums import Bucket, RecordKind, TouchOutcome
from leads.identity.profiles import profile_of
from leads.identity.seeking import STRONG as ALONE
from leads.models import ImportBatch, ImportRow, Lead
from leads.services.imports_asked import Asked, strong_keys
from leads.services.imports_cases import Met
from leads.services.imports_matching import Meeting, Seen, judge, keys_in_use
from leads.services.imports_rows import identity_of_fields

ROWS = """
    SELECT row_number, bucket, keys, key_kinds, match_kind, match_id, match_row,
           fields->>'province', fields->>'city', fields->>'industry', fields->>'campaign'
    FROM leads_importrow WHERE batch_id = %s AND row_number > %s ORDER BY row_number LIMIT %s
"""
MOST_MEETING = 200  # rows of a chunk that meet clients of others


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


def next_rows(batch: ImportBatch, most: int) -> list[Row]:
    """The rows behind the last whole chunk: fewer where they are to open many cases.

    A case takes many times as long as a lead, and whoever waits is to see that it goes on.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [batch.pk, batch.done_until, most])
        rows = [Row(*values) for values in cursor.fetchall()]
    meeting = [place for place, row in enumerate(rows) if _meets_another(batch, row)]
    return rows[: meeting[MOST_MEETING]] if len(meeting) > MOST_MEETING else rows


def _meets_another(batch: ImportBatch, row: Row) -> bool:
    if row.bucket == Bucket.PROBABLE:
        return batch.include_probable and row.match_id is not None
    return row.bucket == Bucket.OWNED


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

"""The dry run: every row normalised, compared with all we know, and put into a bucket.

Chunk by chunk, each in one transaction that also moves `checked_until`; a killed worker's
successor goes on behind it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from crm import jobs
from crm.tabular import Row, UnreadableTable
from crm.tenancy.context import current_organization_id, tenant_context
from leads.enums import Bucket, ImportState
from leads.identity.helpers import no_collecting
from leads.identity.profiles import profile_of
from leads.identity.seeking import sought_keys
from leads.models import ImportBatch, ImportRow
from leads.services.imports_files import error_of, find_table
from leads.services.imports_matching import (
    Asked,
    Meeting,
    Seen,
    judge,
    numbers_before,
    telling_keys,
)
from leads.services.imports_rows import Reading, columns_of, identity_of_fields, read_row
from leads.services.imports_statistics import refresh_statistics

CHUNK = 1_000
CHUNK_TEXT = 4_000_000  # characters: a row may be as long as a whole file of others
# One JSON document per chunk: arrays of JSON texts would be escaped character by character.
STORE = """
    INSERT INTO leads_importrow
        (organization_id, batch_id, row_number, values, fields, keys, key_kinds, bucket, problems,
         match_kind, match_id, match_row, match_reasons)
    SELECT %s, %s, row.number, row.cells, row.fields, row.keys, row.kinds, row.bucket,
           row.problems, row.met_kind, row.met_id, row.met_row, row.reasons
    FROM jsonb_to_recordset(%s::jsonb)
         AS row(number int, cells jsonb, fields jsonb, keys bigint[], kinds varchar[], bucket text,
                problems jsonb, met_kind text, met_id bigint, met_row int, reasons jsonb)
"""


def check(organization_id: int, batch_id: int) -> None:
    """Run the dry run to its end, or until somebody takes the file back."""
    with tenant_context(organization_id):
        batch = ImportBatch.objects.select_related("file").get(pk=batch_id)
        seen = _seen_so_far(batch)
    columns, position = columns_of(batch.mapping), batch.checked_until
    try:
        rows = find_table(batch.file).iter_rows(after=position)
        for chunk in chunks_of(rows):
            with no_collecting():
                readings = [read_row(row, columns) for row in chunk]
            with (
                no_collecting(),
                tenant_context(organization_id, member_id=batch.created_by_id, reason="import"),
            ):
                if not check_chunk(batch_id, readings, seen=seen, after=position):
                    return
            position = chunk[-1].number
            jobs.report_progress(position, max(batch.row_count, position))
            refresh_statistics(organization_id)
    except UnreadableTable as problem:
        _fail(organization_id, batch_id, problem)
        return
    with tenant_context(organization_id, member_id=batch.created_by_id, reason="import"):
        _finish(batch_id)


def chunks_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists that are worth a transaction, and no more than fit into memory."""
    chunk: list[Row] = []
    room = CHUNK_TEXT
    for row in rows:
        chunk.append(row)
        room -= sum(map(len, filter(None, row.cells)))
        if len(chunk) >= CHUNK or room <= 0:
            yield chunk
            chunk, room = [], CHUNK_TEXT
    if chunk:
        yield chunk


def check_chunk(batch_id: int, readings: Sequence[Reading], *, seen: Seen, after: int) -> bool:
    """Store one chunk's rows with their buckets; False when the file was taken back meanwhile."""
    batch = _locked(batch_id)
    if batch.state != ImportState.CHECKING or batch.checked_until != after:
        return False
    asked = {reading.row.number: _asked(reading) for reading in readings if not reading.problems}
    rows = list(asked.values())
    _load_profiles(batch, seen, numbers_before(rows, seen))
    judged_rows = judge(rows, seen=seen, importer_id=batch.created_by_id, channel=batch.channel)
    meetings = dict(zip(asked, judged_rows, strict=True))
    faulty = Meeting(Bucket.ERROR)
    judged = [meetings.get(reading.row.number, faulty) for reading in readings]
    _store(batch, readings, judged)
    seen.forget_profiles()
    counts = Counter(batch.counts)
    counts.update(meeting.bucket.value for meeting in judged)
    batch.counts, batch.checked_until = dict(counts), readings[-1].row.number
    batch.save(update_fields=["counts", "checked_until"])
    return True


def _asked(reading: Reading) -> Asked:
    keys = reading.hashes
    sought = [
        (keys.get(one.key) or one.key.hash64, one.worth, one.is_enough)
        for one in sought_keys(reading.profile)
    ]
    telling = telling_keys(keys.values(), (key.kind for key in keys))
    return Asked(reading.row.number, reading.profile, sought, telling)


def _load_profiles(batch: ImportBatch, seen: Seen, numbers: set[int]) -> None:
    rows = ImportRow.objects.filter(batch=batch, row_number__in=numbers)
    for number, fields in rows.values_list("row_number", "fields"):
        seen.profiles[number] = profile_of(identity_of_fields(fields))


def _seen_so_far(batch: ImportBatch) -> Seen:
    """What an earlier worker had met in this file."""
    seen = Seen()
    if batch.checked_until:
        rows = ImportRow.objects.filter(batch=batch, bucket__in=[Bucket.NEW, Bucket.PROBABLE])
        columns = rows.order_by("row_number").values_list("row_number", "keys", "key_kinds")
        for number, keys, kinds in columns.iterator():
            seen.remember(number, telling_keys(keys, kinds))
    return seen


def _store(
    batch: ImportBatch,
    readings: Sequence[Reading],
    meetings: Sequence[Meeting],
) -> None:
    rows = [_stored(reading, meeting) for reading, meeting in zip(readings, meetings, strict=True)]
    document = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute(STORE, [current_organization_id(), batch.pk, document])


def _stored(reading: Reading, meeting: Meeting) -> dict[str, Any]:
    candidate = meeting.candidate
    return {
        "number": reading.row.number,
        "cells": reading.row.cells,
        "fields": reading.fields,
        "keys": list(reading.hashes.values()),
        "kinds": [key.kind for key in reading.hashes],
        "bucket": meeting.bucket.value,
        "problems": reading.problems,
        "met_kind": candidate.kind.value if candidate else "",
        "met_id": candidate.record_id if candidate else None,
        "met_row": meeting.row,
        "reasons": meeting.reasons,
    }


def _locked(batch_id: int) -> ImportBatch:
    batch: ImportBatch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(
        pk=batch_id
    )
    return batch


def _finish(batch_id: int) -> None:
    batch = _locked(batch_id)
    if batch.state == ImportState.CHECKING:
        batch.state = ImportState.CHECKED
        batch.save(update_fields=["state"])


def _fail(organization_id: int, batch_id: int, problem: UnreadableTable) -> None:
    """The file itself cannot be read further: trying again would not help."""
    with tenant_context(organization_id):
        batch = _locked(batch_id)
        batch.state = ImportState.FAILED
        batch.error = error_of(problem)
        batch.save(update_fields=["state", "error"])

"""The dry run: every row normalised, compared with all we know, and put into a bucket.

Chunk by chunk, each in one transaction that also moves `checked_until`; a killed worker's
successor goes on behind it. The rows of a long file are read and normalised ahead by a helper
process: 60 MB of readings and phrases stay out of the worker.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from crm import jobs
from crm.tabular import Row, UnreadableTable
from crm.tenancy.context import current_organization_id, tenant_context
from leads.enums import Bucket, ImportState
from leads.identity.duplicates import HelperLost
from leads.identity.helpers import no_collecting, own_cores, workers
from leads.identity.profiles import profile_of
from leads.models import ImportBatch, ImportRow
from leads.services import imports_reading
from leads.services.imports_asked import Asked, telling_keys
from leads.services.imports_files import error_of, find_table
from leads.services.imports_matching import NEW, Meeting, Seen, judge, numbers_before
from leads.services.imports_reading import Read
from leads.services.imports_rows import columns_of, identity_of_fields
from leads.services.imports_statistics import refresh_statistics

logger = logging.getLogger("tongzhou.leads")
CHUNK = 1_000
CHUNK_TEXT = 4_000_000  # characters: a row may be as long as a whole file of others
WORTH_A_HELPER = 20_000  # rows: to start a process takes as long as to read six thousand
FAULTY = Meeting(Bucket.ERROR)
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
    is_long = batch.row_count - batch.checked_until >= WORTH_A_HELPER
    try:
        try:
            is_done = _check_rows(batch, seen, processes=min(own_cores(), 2) if is_long else 1)
        except HelperLost as lost:  # perhaps for want of memory: more slowly, then
            logger.warning("%s The check of import %d goes on alone.", lost, batch_id)
            with tenant_context(organization_id):
                batch.refresh_from_db(fields=["checked_until"])
            is_done = _check_rows(batch, seen, processes=1)
    except UnreadableTable as problem:
        _fail(organization_id, batch_id, problem)
        return
    if is_done:
        with tenant_context(organization_id, member_id=batch.created_by_id, reason="import"):
            _finish(batch_id)


def _check_rows(batch: ImportBatch, seen: Seen, *, processes: int) -> bool:
    """The rows behind the last whole chunk; False when the file was taken back meanwhile."""
    columns, position = columns_of(batch.mapping), batch.checked_until
    rows = find_table(batch.file, sheet=batch.sheet).iter_rows(after=position)
    orders = (imports_reading.order(columns, chunk) for chunk in chunks_of(rows))
    organization, importer = batch.organization_id, batch.created_by_id
    with workers(processes, imports_reading.__name__) as readers:
        for answer in readers.steadily(imports_reading.read, orders):
            with (
                no_collecting(),
                tenant_context(organization, member_id=importer, reason="import"),
            ):
                read = list(imports_reading.answered(answer))
                if not check_chunk(batch, read, seen=seen, after=position):
                    return False
            position = read[-1][0]
            jobs.report_progress(position, max(batch.row_count, position))
            refresh_statistics(organization)
    return True


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


def check_chunk(of: ImportBatch, read: Sequence[Read], *, seen: Seen, after: int) -> bool:
    """Store one chunk's rows with their buckets; False when the file was taken back meanwhile.

    Its columns may have been chosen anew since the rows were read, and another worker be at it.
    """
    batch = _locked(of.pk)
    if batch.state != ImportState.CHECKING or batch.mapping != of.mapping:
        return False
    if batch.checked_until != after:
        return False
    rows = [asked for _number, _document, asked in read if asked is not None]
    _load_profiles(batch, seen, numbers_before(rows, seen))
    judged = judge(rows, seen=seen, importer_id=batch.created_by_id, channel=batch.channel)
    meetings = {row.number: one for row, one in zip(rows, judged, strict=True)}
    met = [meetings.get(number, FAULTY) for number, _document, _asked in read]
    _store(batch, [document for _number, document, _asked in read], met)
    seen.forget_profiles()
    counts = Counter(batch.counts)
    counts.update(meeting.bucket.value for meeting in met)
    batch.counts, batch.checked_until = dict(counts), read[-1][0]
    batch.save(update_fields=["counts", "checked_until"])
    return True


def _load_profiles(batch: ImportBatch, seen: Seen, numbers: set[int]) -> None:
    rows = ImportRow.objects.filter(batch=batch, row_number__in=numbers)
    for number, fields in rows.values_list("row_number", "fields"):
        seen.at_hand[number] = Asked(number, profile_of(identity_of_fields(fields)))


def _seen_so_far(batch: ImportBatch) -> Seen:
    """What an earlier worker had met in this file."""
    seen = Seen()
    if batch.checked_until:
        rows = ImportRow.objects.filter(batch=batch, bucket__in=[Bucket.NEW, Bucket.PROBABLE])
        columns = rows.order_by("row_number").values_list("row_number", "keys", "key_kinds")
        for number, keys, kinds in columns.iterator():
            seen.remember(number, telling_keys(keys, kinds))
    return seen


def _store(batch: ImportBatch, documents: Sequence[str], meetings: Sequence[Meeting]) -> None:
    """Each document lacks what the row meets, and its end."""
    rows = [
        f"{document[:-1]},{_met(meeting)}"
        for document, meeting in zip(documents, meetings, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [current_organization_id(), batch.pk, f"[{','.join(rows)}]"])


def _met(meeting: Meeting) -> str:
    if meeting is NEW or meeting is FAULTY:
        return f'"bucket":"{meeting.bucket.value}","met_kind":"","reasons":[]}}'
    candidate = meeting.candidate
    return json.dumps(
        {
            "bucket": meeting.bucket.value,
            "met_kind": candidate.kind.value if candidate else "",
            "met_id": candidate.record_id if candidate else None,
            "met_row": meeting.row,
            "reasons": meeting.reasons,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )[1:]


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

"""An import from the upload to the order to run it; the work itself is a worker's."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from crm import jobs
from crm.audit import services as audit
from crm.files import services as files
from crm.files.models import StoredFile
from crm.people.models import Member
from crm.refusals import Refused
from crm.tabular import UnreadableTable
from leads.enums import Channel, ImportState
from leads.models import ImportBatch, ImportRow
from leads.services.imports_columns import FIELDS, propose_mapping, signature_of
from leads.services.imports_files import error_of, find_table
from leads.services.refusals import WrongState

SAMPLE_ROWS = 200
SHOWN_SAMPLES = 5
MOST_ROWS = 200_000
CHOOSABLE = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED, ImportState.FAILED)
STARTABLE = (ImportState.CHECKED, ImportState.CANCELLED)


class FileUnreadable(Refused):
    """The file cannot be read as a table; `error` is worded where it is shown."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["code"])
        self.error = dict(error)


class ColumnsIncomplete(Refused):
    """No column holds the company's name, which every lead needs."""


def first_filled(samples: Sequence[Sequence[str]]) -> list[list[str]]:
    """The first filled cells of each column, one below the other: no rows of the file.

    A column that begins with empty cells is not an empty one.
    """
    width = max(map(len, samples), default=0)
    columns = [
        [row[index][:80] for row in samples if index < len(row) and row[index]][:SHOWN_SAMPLES]
        for index in range(width)
    ]
    height = max(map(len, columns), default=0)
    return [
        [column[place] if place < len(column) else "" for column in columns]
        for place in range(height)
    ]


@transaction.atomic
def upload_leads(
    *, upload: "UploadedFile[Any]", by: Member, channel: str = Channel.FILE, campaign: str = ""
) -> ImportBatch:
    """Keep a lead file and propose what its columns hold.

    FileRefused for a wrong kind of file, FileUnreadable for one that is no table.
    """
    stored = files.store_upload(upload, purpose="lead-import", accept=files.TABLES)
    batch: ImportBatch = ImportBatch.objects.create(
        file=stored,
        channel=channel,
        campaign=campaign.strip(),
        created_by=by,
        **_as_read(stored),
    )
    audit.record("import.uploaded", target=batch, name=stored.name, rows=batch.row_count)
    return batch


def _as_read(stored: StoredFile, *, sheet: str = "") -> dict[str, Any]:
    """What a new import knows of its file; FileUnreadable."""
    try:
        table = find_table(stored, sheet=sheet)
        sampled = islice(table.iter_rows(), SAMPLE_ROWS)
        samples = [[cell or "" for cell in row.cells] for row in sampled]
        row_count = table.count_rows()
    except UnreadableTable as problem:
        raise FileUnreadable(error_of(problem)) from problem
    if not row_count:
        raise FileUnreadable({"place": "file", "code": "no_rows", "params": {}})
    if row_count > MOST_ROWS:
        raise FileUnreadable(
            {"place": "file", "code": "too_many_rows", "params": {"limit": MOST_ROWS}}
        )
    header = list(table.header)
    return {
        "sheet": table.sheet or "",
        "sheets": list(table.sheets),
        "header": header,
        "samples": first_filled(samples),
        "signature": signature_of(header),
        "mapping": propose_mapping(header, samples),
        "row_count": row_count,
    }


@transaction.atomic
def choose_sheet(*, batch_id: int, sheet: str) -> ImportBatch:
    """Read another sheet of the workbook; its columns are proposed anew.

    WrongState once rows are checked or for a sheet that there is not; FileUnreadable.
    """
    batch = _locked(batch_id)
    if batch.state != ImportState.UPLOADED or sheet not in batch.sheets:
        raise WrongState(batch.state)
    told = _as_read(batch.file, sheet=sheet)
    for name, value in told.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(told))
    return batch


@transaction.atomic
def choose_columns(*, batch_id: int, mapping: Mapping[str, str]) -> ImportBatch:
    """Say what the columns hold and let a worker check every row; ColumnsIncomplete, WrongState."""
    batch = _locked(batch_id)
    if batch.state not in CHOOSABLE:
        raise WrongState(batch.state)
    chosen = {index: field for index, field in mapping.items() if field in FIELDS}
    if "company_name" not in chosen.values():
        raise ColumnsIncomplete
    ImportRow.objects.filter(batch=batch).delete()
    batch.mapping, batch.state, batch.error = chosen, ImportState.CHECKING, {}
    batch.checked_until, batch.counts = 0, {}
    batch.job = jobs.enqueue("leads.check_import", batch_id=batch.pk)
    batch.save(update_fields=["mapping", "state", "error", "checked_until", "counts", "job"])
    return batch


@transaction.atomic
def change_columns(*, batch_id: int) -> ImportBatch:
    """Back to the columns: a check that is running ends at its next chunk."""
    batch = _locked(batch_id)
    if batch.state not in CHOOSABLE:
        raise WrongState(batch.state)
    batch.state = ImportState.UPLOADED
    batch.save(update_fields=["state"])
    return batch


@transaction.atomic
def start_import(*, batch_id: int, include_probable: bool = False) -> ImportBatch:
    """Let a worker import the checked rows; pressing twice starts once.

    After a stop, or when the worker has given up, it goes on behind the last whole chunk.
    """
    batch = _locked(batch_id)
    if batch.state in (ImportState.RUNNING, ImportState.DONE) and not batch.has_given_up:
        return batch
    if batch.state not in STARTABLE and not batch.has_given_up:
        raise WrongState(batch.state)
    if batch.state == ImportState.CHECKING:
        batch.job = jobs.enqueue("leads.check_import", batch_id=batch.pk)
        batch.save(update_fields=["job"])
        return batch
    if not batch.done_until:
        batch.include_probable = include_probable
    batch.state, batch.finished_at = ImportState.RUNNING, None
    batch.job = jobs.enqueue("leads.run_import", batch_id=batch.pk)
    batch.save(update_fields=["include_probable", "state", "finished_at", "job"])
    audit.record("import.started", target=batch)
    return batch


@transaction.atomic
def cancel_import(*, batch_id: int) -> ImportBatch:
    """Stop between two chunks: what is imported stays, the rest waits and can be continued."""
    batch = _locked(batch_id)
    if batch.state != ImportState.RUNNING:
        return batch
    batch.state, batch.finished_at = ImportState.CANCELLED, timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    audit.record("import.cancelled", target=batch)
    return batch


def _locked(batch_id: int) -> ImportBatch:
    batch: ImportBatch = (
        ImportBatch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("job", "file")
        .get(pk=batch_id)
    )
    return batch

"""The uploaded file, and the files handed back: a bucket with what is said of each row."""

from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

from django.utils.translation import gettext as _

from crm.files import services as files
from crm.files.models import StoredFile
from crm.tabular import Table, UnreadableTable, read_table, write_marked_csv, write_marked_xlsx
from crm.tabular.headers import column_letter
from leads.models import ImportBatch
from leads.services.imports_columns import names_columns

SPOOL_BYTES = 8 * 1024 * 1024


def find_table(stored: StoredFile) -> Table:
    """The file's table; a first row that names our columns is its header, however it looks."""
    path = files.path_of(stored)
    table = read_table(path, stored.name)
    if not table.has_header:
        first = next(table.iter_rows(), None)
        if first and names_columns([cell or "" for cell in first.cells]):
            return read_table(path, stored.name, header_row=first.number)
    return table


def error_of(problem: UnreadableTable) -> dict[str, Any]:
    """What is wrong with a file, as kept and worded later."""
    params = dict(problem.params)
    return {"place": problem.place, "code": problem.reason_code, "params": params}


def bucket_file(
    batch: ImportBatch, marked: Iterable[tuple[Sequence[str], str]], *, kind: str
) -> IO[bytes]:
    """Rows as they came with one more column that says what the check found; csv or xlsx.

    Corrected and uploaded again, the file reads like the first one: the marker is not read.
    """
    width = max([len(batch.header), *(len(row) for row in batch.samples)])
    names = [*batch.header, *[""] * (width - len(batch.header))]
    header = [name or column_letter(index) for index, name in enumerate(names)]
    target = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115  closed by the response
    write = write_marked_xlsx if kind == "xlsx" else write_marked_csv
    write(cast("BinaryIO", target), header, marked, error_label=_("Result of the check"))
    target.seek(0)
    return target

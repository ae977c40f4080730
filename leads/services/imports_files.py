"""The uploaded file, and the files handed back: a bucket with what is said of each row."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

from django.utils.translation import gettext as _

from crm.files import services as files
from crm.files.models import StoredFile
from crm.tabular import Table, UnreadableTable, read_table, write_marked_csv, write_marked_xlsx
from crm.tabular.headers import column_letter
from leads.models import ImportBatch
from leads.services.imports_columns import names_columns, tells_who

SPOOL_BYTES = 8 * 1024 * 1024


def find_table(stored: StoredFile, *, sheet: str = "") -> Table:
    """The table of a kept file, see `table_of`."""
    return table_of(str(files.path_of(stored)), stored.name, sheet=sheet or None)


def table_of(path: str, name: str, *, sheet: str | None = None) -> Table:
    """The table of a file.

    Without a `sheet` it is that of the first one whose column names say whom its rows are about:
    many a workbook begins with explanations. If none does, it is the first with anything in it.
    """
    table = _headed(path, name, sheet)
    if sheet is not None or tells_who(table.header):
        return table
    for other in table.sheets:
        with suppress(UnreadableTable):  # an empty one
            found = _headed(path, name, other)
            if tells_who(found.header):
                return found
    return table


def _headed(path: str, name: str, sheet: str | None) -> Table:
    """A first row that names our columns is its header, however it looks."""
    table = read_table(path, name, sheet=sheet)
    first = None if table.has_header else next(table.iter_rows(), None)
    if first and names_columns([cell or "" for cell in first.cells]):
        return read_table(path, name, sheet=sheet, header_row=first.number)
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

"""The uploaded file, and the files handed back: rows of a bucket with what is to be said of each."""

from typing import Any

from crm.files import services as files
from crm.files.models import StoredFile
from crm.tabular import Table, UnreadableTable, read_table
from leads.services.imports_columns import names_columns


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

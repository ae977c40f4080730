from itertools import islice

from crm.tabular import Table, UnreadableTable, read_table
from payments.statements.columns import map_columns
from payments.statements.errors import UnreadableStatement
from payments.statements.formats import LAYOUTS
from payments.statements.layout import TableLayout
from payments.statements.model import Statement
from payments.statements.notes import Notes, read_notes

SEARCHED_ROWS = 60


def read_statement(data: bytes, filename: str = "") -> list[Statement]:
    """The statements of a bank file, one per account and currency, whatever bank it is from.

    The format is recognised by content; the name only breaks a tie. Raises UnreadableStatement
    with the place and the reason. A file that is read may still fail `Statement.check()`.
    """
    try:
        table = _statement_table(data, filename)
        notes = read_notes(table.preamble)
        return _best_layout(table, notes).read(table, notes)
    except UnreadableTable as error:
        raise UnreadableStatement(error.place, error.reason_code, error.params) from error


def _best_layout(table: Table, notes: Notes) -> TableLayout:
    return max(LAYOUTS, key=lambda layout: layout.recognises(table, notes))


def _statement_table(data: bytes, filename: str) -> Table:
    """The first sheet with columns of days and amounts, its header found by their names."""
    first = read_table(data, filename)
    for name in [first.sheet, *(sheet for sheet in first.sheets if sheet != first.sheet)]:
        table = first if name == first.sheet else _sheet(data, filename, name)
        if table is not None and (found := _with_bank_header(data, filename, table)):
            return found
    raise UnreadableStatement("file", "unknown_layout", {"columns": list(first.header)})


def _sheet(data: bytes, filename: str, name: str | None) -> Table | None:
    try:
        return read_table(data, filename, sheet=name)
    except UnreadableTable as error:
        if error.reason_code == "empty":
            return None
        raise


def _with_bank_header(data: bytes, filename: str, table: Table) -> Table | None:
    if _is_header(table.header):
        return table
    for row in (*table.preamble, *islice(table.iter_rows(), SEARCHED_ROWS)):
        if _is_header(row.cells):
            return read_table(data, filename, sheet=table.sheet, header_row=row.number)
    return None


def _is_header(cells: tuple[str | None, ...]) -> bool:
    return map_columns(cells).is_statement

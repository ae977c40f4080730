"""Rows returned to the person who sent them, each with what is wrong, safe to open anywhere."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import BinaryIO

import xlsxwriter

from crm.tabular.cells import safe_cell

MarkedRow = tuple[Sequence[object], str]


def write_marked_csv(
    target: BinaryIO, header: Sequence[str], rows: Iterable[MarkedRow], *, error_label: str
) -> int:
    """Write the rows with a last column of errors as UTF-8 with a mark, so that Excel reads it.

    Returns the number of rows written. Cells beyond the header have no name and are left out.
    """
    target.write("\ufeff".encode())
    written = -1
    for values in _marked(header, rows, error_label):
        written += 1
        line = StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([safe_cell(value) for value in values])
        target.write(line.getvalue().encode("utf-8", errors="replace"))
    return written


def write_marked_xlsx(
    target: BinaryIO, header: Sequence[str], rows: Iterable[MarkedRow], *, error_label: str
) -> int:
    """Write the rows with a last column of errors as a workbook of plain text cells.

    Returns the number of rows written. A text cell of a workbook is never evaluated.
    """
    workbook = xlsxwriter.Workbook(target, {"constant_memory": True})
    bold, red = workbook.add_format({"bold": True}), workbook.add_format({"font_color": "#C92A2A"})
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    count = -1
    for count, values in enumerate(_marked(header, rows, error_label)):
        for column, value in enumerate(values):
            if value not in (None, ""):
                is_error = column == len(values) - 1
                style = bold if count == 0 else red if is_error else None
                sheet.write_string(count, column, str(value)[:32_767], style)
    workbook.close()
    return count


def _marked(
    header: Sequence[str], rows: Iterable[MarkedRow], error_label: str
) -> Iterable[list[object]]:
    yield [*header, error_label]
    for cells, error in rows:
        aligned = [*cells[: len(header)], *[None] * (len(header) - len(cells))]
        yield [*aligned, error]

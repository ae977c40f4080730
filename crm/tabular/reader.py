from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineSheet

from crm.tabular.delimited import iter_delimited, sniff_delimiter
from crm.tabular.encodings import detect_encoding
from crm.tabular.errors import UnreadableTable
from crm.tabular.headers import SEARCHED_ROWS, column_letter, filled_width, header_index
from crm.tabular.markup import is_markup, iter_markup
from crm.tabular.packages import check_zip, file_kind
from crm.tabular.padding import padded_cells
from crm.tabular.sources import Source
from crm.tabular.workbooks import (
    bounded_ole,
    count_filled,
    iter_sheet,
    open_sheet,
    open_workbook,
    sheet_names,
)

SAMPLE_ROWS = 200
MARKUP_HEAD = 8192


class Row(NamedTuple):
    """One row of the file: its number as a spreadsheet shows it, its cells as text.

    `doubtful` lists the columns whose number is longer than a spreadsheet can hold exactly.
    """

    number: int
    cells: tuple[str | None, ...]
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost to read."""

    max_unpacked: int = 512 * 2**20
    max_columns: int = 500
    max_cells: int = 12_000_000


RowSource = Callable[[], Iterator[Row]]
Counting = Callable[[int], int]  # the filled rows below the one with this number


@dataclass(frozen=True)
class Table:
    """A table found in a file: what stands above it, its column names, and its rows on demand."""

    kind: str
    header: tuple[str, ...]
    header_row: int
    preamble: tuple[Row, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    _all_rows: RowSource = field(default=lambda: iter(()), repr=False, compare=False)
    _count: Counting | None = field(default=None, repr=False, compare=False)

    @property
    def has_header(self) -> bool:
        """Whether the file names its columns; otherwise they are called A, B, C."""
        return self.header_row > 0

    def iter_rows(self, after: int = 0) -> Iterator[Row]:
        """The filled rows below the header whose number is greater than `after`."""
        start = max(after, self.header_row)
        for row in self._all_rows():
            if row.number > start and any(row.cells):
                yield row

    def count_rows(self) -> int:
        """How many rows `iter_rows` has; a workbook's are not made into text for that."""
        if self._count is not None:
            return self._count(self.header_row)
        return sum(1 for _row in self.iter_rows())

    @property
    def rows(self) -> list[Row]:
        """All filled rows below the header."""
        return list(self.iter_rows())


def read_table(
    data: bytes | str | PathLike[str],
    filename: str = "",
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    limits: Limits | None = None,
) -> Table:
    """Find the table in a CSV, TSV, XLSX, XLS or HTML file given as bytes or as a path.

    `header_row` overrules the guess (0: the file has no header). Rows are read while iterating,
    so UnreadableTable may also be raised there. The name is never trusted over the content.
    """
    limits = limits or Limits()
    source = Source(data if isinstance(data, bytes) else Path(data))
    head = source.head(8)
    if not head:
        raise UnreadableTable("file", "empty", {})
    if file_kind(head) == "text":
        return _text_table(source, header_row=header_row, limits=limits)
    return _workbook_table(source, sheet=sheet, header_row=header_row, limits=limits)


def _text_table(source: Source, *, header_row: int | None, limits: Limits) -> Table:
    encoding = detect_encoding(source)
    if is_markup(source.head(MARKUP_HEAD).decode(encoding, errors="replace")):
        kind, delimiter = "html", None
        read = partial(iter_markup, source, encoding, max_cells=limits.max_cells)
    else:
        delimiter = sniff_delimiter(source, encoding)
        kind = "tsv" if delimiter == "\t" else "csv"
        read = partial(iter_delimited, source, encoding, delimiter)

    def rows() -> Iterator[Row]:
        for number, cells in read():
            yield Row(number, _fitted(number, cells, limits))

    header, row, preamble = _laid_out(rows, header_row)
    return Table(
        kind=kind,
        header=header,
        header_row=row,
        preamble=preamble,
        encoding=encoding,
        delimiter=delimiter,
        _all_rows=rows,
    )


def _workbook_table(
    source: Source, *, sheet: str | None, header_row: int | None, limits: Limits
) -> Table:
    kind = "xlsx" if file_kind(source.head(8)) == "zip" else "xls"
    if kind == "xlsx":
        check_zip(source, max_unpacked=limits.max_unpacked, max_cells=limits.max_cells)
    else:
        source = bounded_ole(source, max_unpacked=limits.max_unpacked, max_cells=limits.max_cells)
    workbook = open_workbook(source)
    names = sheet_names(workbook)
    if sheet is not None and sheet not in names:
        raise UnreadableTable(f"sheet:{sheet}", "no_such_sheet", {"sheet": sheet})

    for name in [sheet] if sheet is not None else names:
        opened = open_sheet(workbook, name)
        rows = _sheet_rows(source, kind, opened, limits)
        if any(any(row.cells) for row in rows()):
            header, row, preamble = _laid_out(rows, header_row)
            return Table(
                kind=kind,
                header=header,
                header_row=row,
                preamble=preamble,
                sheet=name,
                sheets=names,
                _all_rows=rows,
                _count=partial(count_filled, opened)
                if opened.width <= limits.max_columns
                else None,
            )
    raise UnreadableTable("file", "empty", {})


def _sheet_rows(source: Source, kind: str, opened: CalamineSheet, limits: Limits) -> RowSource:
    padding = padded_cells(source, opened.name) if kind == "xlsx" else {}

    def rows() -> Iterator[Row]:
        for number, cells, doubtful in iter_sheet(opened, padding):
            yield Row(number, _fitted(number, cells, limits), doubtful)

    return rows


def _fitted(number: int, cells: list[str | None], limits: Limits) -> tuple[str | None, ...]:
    width = filled_width(cells)
    if width > limits.max_columns:
        params = {"columns": width, "limit": limits.max_columns, "row": number}
        raise UnreadableTable(f"row:{number}", "too_many_columns", params)
    return tuple(cells[:width])


def _laid_out(
    rows: RowSource, header_row: int | None
) -> tuple[tuple[str, ...], int, tuple[Row, ...]]:
    """Column names, the number of their row, and the filled rows above it."""
    sample = [row for row in islice(rows(), SAMPLE_ROWS + SEARCHED_ROWS) if any(row.cells)]
    if not sample:
        raise UnreadableTable("file", "empty", {})
    if header_row is None:
        index = header_index([row.cells for row in sample])
        header_row = sample[index].number if index is not None else 0
    if header_row == 0:
        width = max(len(row.cells) for row in sample)
        return tuple(column_letter(index) for index in range(width)), 0, ()
    for row in sample:
        if row.number == header_row:
            names = tuple(cell or "" for cell in row.cells)
            return names, header_row, tuple(r for r in sample if r.number < header_row)
    raise UnreadableTable(f"row:{header_row}", "no_such_row", {"row": header_row})

"""Rows of an Excel workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from crm.tabular.cells import cell_text, clean_text, is_doubtful
from crm.tabular.compound import Compound, compound_of
from crm.tabular.errors import UnreadableTable
from crm.tabular.padding import Padding
from crm.tabular.records import bounded_records
from crm.tabular.sources import Source

_ENCRYPTED_STREAM, _OLD_STREAM, _WORKBOOK_STREAM = "EncryptedPackage", "Book", "Workbook"
_PANIC = "PanicException"  # a fault of the library: no Exception, and not to be imported


def bounded_ole(source: Source, *, max_unpacked: int, max_cells: int) -> Source:
    """An old workbook with nothing in it but cells, at a cost within these bounds.

    Refuses an encrypted workbook, one older than Excel 97, and other Office files.
    """
    with source.open() as stream:
        compound = Compound(stream.read())
    if _ENCRYPTED_STREAM in compound:
        raise UnreadableTable("file", "encrypted", {})
    if _WORKBOOK_STREAM not in compound:
        code = "old_format" if _OLD_STREAM in compound else "not_a_table"
        raise UnreadableTable("file", code, {"kind": "ole"})
    records = compound.read(_WORKBOOK_STREAM)
    bounded = bounded_records(records, max_text=max_unpacked, max_cells=max_cells)
    return Source(compound_of(_WORKBOOK_STREAM, bounded))


def open_workbook(source: Source) -> CalamineWorkbook:
    """The workbook, read into memory."""
    try:
        with _faults_told(), source.open() as stream:
            return CalamineWorkbook.from_object(BytesIO(stream.read()))
    except PasswordError as error:
        raise UnreadableTable("file", "encrypted", {}) from error
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableTable("file", "damaged", {"detail": str(error)[:200]}) from error


def sheet_names(workbook: CalamineWorkbook) -> tuple[str, ...]:
    """Names of the sheets a person sees, in their order."""
    return tuple(
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible
    )


def open_sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    """The named sheet, read into memory once."""
    try:
        with _faults_told():
            return workbook.get_sheet_by_name(name)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableTable(f"sheet:{name}", "damaged", {"sheet": name}) from error


@contextmanager
def _faults_told() -> Iterator[None]:
    """A fault of the library itself is a file that cannot be read, not the end of a process."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == _PANIC:
            raise UnreadableTable("file", "damaged", {}) from None
        raise


def iter_sheet(
    sheet: CalamineSheet, padding: Padding
) -> Iterator[tuple[int, list[str | None], tuple[int, ...]]]:
    """Every row of the sheet with its number, its cells and the columns of doubtful numbers."""
    first_column = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [clean_text(v) if type(v) is str else cell_text(v) for v in values]
        doubtful: tuple[int, ...] = ()
        if float in map(type, values):
            doubtful = tuple([index for index, v in enumerate(values) if is_doubtful(v)])
            if padding:
                _pad(cells, padding, number - 1, first_column)
        yield number, cells, doubtful


def count_filled(sheet: CalamineSheet, after: int) -> int:
    """How many rows below this one say anything: its first filled cell tells."""
    rows = enumerate(sheet.iter_rows(), start=1)
    return sum(1 for number, values in rows if number > after and any(map(cell_text, values)))


def _pad(cells: list[str | None], padding: Padding, row: int, first_column: int) -> None:
    for index, cell in enumerate(cells):
        width = padding.get((row, index + first_column))
        if width and cell and cell.isdigit():
            cells[index] = cell.zfill(width)

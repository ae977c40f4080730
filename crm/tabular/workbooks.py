"""Rows of an Excel workbook."""

from collections.abc import Iterator
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from crm.tabular.cells import cell_text, clean_text, is_doubtful
from crm.tabular.errors import UnreadableTable
from crm.tabular.padding import Padding
from crm.tabular.sources import Source

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OLD_STREAM = "Book".encode("utf-16-le")
_WORKBOOK_STREAM = "Workbook".encode("utf-16-le")


def check_ole(source: Source) -> None:
    """Refuse an encrypted workbook, one older than Excel 97, and other Office files."""
    has_workbook = has_old_book = False
    tail = b""
    for chunk in source.chunks():
        window = tail + chunk
        if _ENCRYPTED_STREAM in window:
            raise UnreadableTable("file", "encrypted", {})
        has_workbook = has_workbook or _WORKBOOK_STREAM in window
        has_old_book = has_old_book or _OLD_STREAM in window
        tail = window[-64:]
    if not has_workbook:
        code = "old_format" if has_old_book else "not_a_table"
        raise UnreadableTable("file", code, {"kind": "ole"})


def sheet_names(source: Source) -> tuple[str, ...]:
    """Names of the sheets a person sees, in their order."""
    with _opened(source) as workbook:
        return tuple(
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
        )


def open_sheet(source: Source, name: str) -> CalamineSheet:
    """The named sheet, read into memory once."""
    with _opened(source) as workbook:
        try:
            return workbook.get_sheet_by_name(name)
        except (CalamineError, ValueError, OSError) as error:
            raise UnreadableTable(f"sheet:{name}", "damaged", {"sheet": name}) from error


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


def _opened(source: Source) -> CalamineWorkbook:
    try:
        with source.open() as stream:
            return CalamineWorkbook.from_object(BytesIO(stream.read()))
    except PasswordError as error:
        raise UnreadableTable("file", "encrypted", {}) from error
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableTable("file", "damaged", {"detail": str(error)[:200]}) from error

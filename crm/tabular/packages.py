"""What is inside a workbook file before it is opened: size when unpacked, extent, encryption.

The workbook library keeps a sheet as one dense block, so a single cell in the far corner, or a
file that unpacks to gigabytes, would end the whole process instead of raising an error.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator

from crm.tabular.errors import UnreadableTable
from crm.tabular.sources import Source

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_MAGIC = {
    b"%PDF": "pdf",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"\x1f\x8b": "gzip",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
    b"BM6": "bmp",
    b"SQLite f": "sqlite",
    b"\x7fELF": "program",
    b"MZ\x90": "program",
}
_WIDE_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Z]{2,3})\d""")
_DEEP_ROW = re.compile(rb"""\br\s*=\s*["'][A-Z]*(\d{6,})["']""")
_OVERLAP = 64


def file_kind(head: bytes) -> str:
    """'zip', 'ole' or 'text' by the first bytes; other known kinds of file are refused by name."""
    if head.startswith(ZIP_MAGIC) or head.startswith(b"PK\x05\x06"):
        return "zip"
    if head.startswith(OLE_MAGIC):
        return "ole"
    for magic, kind in _OTHER_MAGIC.items():
        if head.startswith(magic):
            raise UnreadableTable("file", "not_a_table", {"kind": kind})
    return "text"


def check_zip(source: Source, *, max_unpacked: int, max_cells: int) -> None:
    """Refuse a package that is no workbook, unpacks too large, or spans too many cells."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as package:
            members = package.infolist()
            _check_is_workbook({member.filename.lower() for member in members})
            if any(member.flag_bits & 1 for member in members):
                raise UnreadableTable("file", "encrypted", {})
            if sum(member.file_size for member in members) > max_unpacked:
                raise UnreadableTable("file", "unpacked_too_large", {"limit": max_unpacked})
            room = max_unpacked
            for member in members:
                room = _check_member(package, member, room, max_unpacked, max_cells)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableTable("file", "damaged", {}) from error


def _check_is_workbook(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise UnreadableTable("file", "unsupported_format", {"kind": "xlsb"})
    if "content.xml" in names:
        raise UnreadableTable("file", "unsupported_format", {"kind": "ods"})
    if "word/document.xml" in names:
        raise UnreadableTable("file", "not_a_table", {"kind": "docx"})
    if not any(name.startswith("xl/") for name in names):
        raise UnreadableTable("file", "not_a_table", {"kind": "zip"})


def _check_member(
    package: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    room: int,
    max_unpacked: int,
    max_cells: int,
) -> int:
    """Unpack one part piece by piece, counting; the declared size is not believed."""
    is_sheet = member.filename.lower().startswith("xl/worksheets/")
    columns, rows = 26, 99_999
    tail = b""
    for piece in _pieces(package, member):
        room -= len(piece)
        if room < 0:
            raise UnreadableTable("file", "unpacked_too_large", {"limit": max_unpacked})
        if is_sheet:
            window = tail + piece
            columns = max([columns, *map(_column_number, set(_WIDE_COLUMN.findall(window)))])
            rows = max([rows, *map(int, _DEEP_ROW.findall(window))])
            tail = window[-_OVERLAP:]
    if columns * rows > max_cells and (columns > 26 or rows > 99_999):
        raise UnreadableTable("file", "too_many_cells", {"rows": rows, "columns": columns})
    return room


def _pieces(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(member) as part:
        while piece := part.read(1 << 20):
            yield piece


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

"""What is inside a workbook file before it is opened: size when unpacked, extent, encryption.

The workbook library keeps a sheet as one dense block, so a single cell in the far corner, or a
file that unpacks to gigabytes, would end the whole process instead of raising an error.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator

from crm.tabular.errors import UnreadableTable
from crm.tabular.shared_texts import check_shared_texts, is_shared_texts, sharing_cells
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
# Searched in XML without its blanks; a literal start makes the search ten times faster.
_WIDE_COLUMNS = (re.compile(rb'r="([A-Z]{2,3})\d'), re.compile(rb"r='([A-Z]{2,3})\d"))
_DEEP_ROWS = (re.compile(rb'r="[A-Z]*(\d{6,})"'), re.compile(rb"r='[A-Z]*(\d{6,})'"))
_ANY_COLUMNS = (re.compile(rb'r="([A-Z]+)\d'), re.compile(rb"r='([A-Z]+)\d"))
_ANY_ROWS = (re.compile(rb'r="[A-Z]*(\d+)"'), re.compile(rb"r='[A-Z]*(\d+)'"))
_BLANKS = b" \t\r\n"
# After <c, <row, or the quote that ends another attribute.
_BEFORE_PLACE = (b"c", b"w", b'"', b"'")
_OVERLAP = 64
USUAL_COLUMNS, USUAL_ROWS = 26, 99_999


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
            room, sharing = max_unpacked, {}
            for member in members:
                room, sharing[member.filename] = _check_member(
                    package, member, room, max_unpacked, max_cells
                )
            check_shared_texts(package, sharing, most=max_unpacked)
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
) -> tuple[int, int]:
    """Unpack one part piece by piece, counting; the declared size is not believed.

    Any part may be named as a sheet, so every part is looked at. Answers how much room is left
    for others, and how many of its cells stand for a shared text.
    """
    columns, rows, sharing, texts = USUAL_COLUMNS, USUAL_ROWS, 0, 0
    for size, window in _windows(package, member):
        room -= size
        sharing += sharing_cells(window)
        if is_shared_texts(member.filename):
            texts += window.count(b"si>") // 2 + window.count(b"si/>")
        if room < 0 or texts > max_cells:
            raise UnreadableTable("file", "unpacked_too_large", {"limit": max_unpacked})
        columns = _furthest(columns, _WIDE_COLUMNS, window, _column_number)
        rows = _furthest(rows, _DEEP_ROWS, window, int)
    if columns * rows > max_cells:
        columns = rows = 0
        for _, window in _windows(package, member):
            columns = _furthest(columns, _ANY_COLUMNS, window, _column_number)
            rows = _furthest(rows, _ANY_ROWS, window, int)
        if columns * rows > max_cells:
            raise UnreadableTable("file", "too_many_cells", {"rows": rows, "columns": columns})
    return room, sharing


def _windows(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """Size of each unpacked piece, and the piece without blanks, overlapping the one before."""
    tail = b""
    with package.open(member) as part:
        while piece := part.read(1 << 20):
            window = tail + piece.translate(None, _BLANKS)
            yield len(piece), window
            tail = window[-_OVERLAP:]


def _furthest(
    known: int,
    patterns: tuple[re.Pattern[bytes], ...],
    window: bytes,
    number: Callable[[bytes], int],
) -> int:
    return max([known, *(number(place) for p in patterns for place in set(_places(p, window)))])


def _places(pattern: re.Pattern[bytes], window: bytes) -> Iterator[bytes]:
    """Values of attributes named r; other names that end so, such as dir, are passed over."""
    for match in pattern.finditer(window):
        if window[match.start() - 1 : match.start()] in _BEFORE_PLACE:
            yield match[1]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

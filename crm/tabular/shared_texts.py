"""Texts that cells of a workbook share: once in the file, once for every cell when it is read.

A cell of thirty bytes may stand for a text of thirty thousand characters, so a file of a few
kilobytes could ask for more memory than any machine has. A cell that is not written the usual way
is counted with the longest text.
"""

import re
import zipfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.parsers import expat

from crm.tabular.errors import UnreadableTable

PIECE = 1 << 20
_LONGEST_CELL = 256
_BLANKS = b" \t\r\n"
# In a sheet without its blanks. Quotes are paired, so that no value passes for the end of a cell.
_CELL = re.compile(
    rb"""t=["']s["'](?:[\w:.-]+=(?:"[^"<>]*"|'[^'<>]*'))*>"""
    rb"<(?:[\w.-]+:)?v>(\d{1,9})</(?:[\w.-]+:)?v></(?:[\w.-]+:)?c>"
)


class _NotPlain(Exception):
    """The part is no XML, or of a kind that no spreadsheet program writes."""


def is_shared_texts(name: str) -> bool:
    """Whether the part with this name holds the texts."""
    return name.lower().endswith("sharedstrings.xml")


def sharing_cells(window: bytes) -> int:
    """How many cells of a piece of a sheet, its blanks taken out, stand for a shared text."""
    return window.count(b't="s"') + window.count(b"t='s'")


def check_shared_texts(package: zipfile.ZipFile, sharing: Mapping[str, int], *, most: int) -> None:
    """Refuse a workbook of which a sheet would hold more text than `most` bytes.

    `sharing` says how many cells of each part stand for a shared text. Sizes are the file's own:
    whoever asks has unpacked every part.
    """
    crowd = max(sharing.values(), default=0)
    for member in package.infolist():
        if not is_shared_texts(member.filename) or crowd * member.file_size <= most:
            continue
        sizes = _sizes_of(package, member)
        longest = max(sizes, default=0)
        for name, cells in sharing.items():
            if cells * longest > most and _total(_numbers(package, name), cells, sizes) > most:
                raise UnreadableTable("file", "unpacked_too_large", {"limit": most})


def _sizes_of(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Sequence[int]:
    """How much room each text takes in the file, at least as much as in memory."""
    try:
        starts = _starts_of(package, member)
    except (_NotPlain, expat.ExpatError):
        return [member.file_size]
    return array("Q", (end - start for start, end in pairwise((*starts, member.file_size))))


def _starts_of(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Sequence[int]:
    starts, parser = array("Q"), expat.ParserCreate()

    def begin(name: str, _attributes: object) -> None:
        if name == "si" or name.endswith(":si"):
            starts.append(parser.CurrentByteIndex)

    def refuse(*_what: object) -> None:
        raise _NotPlain  # texts within texts need not be counted: nobody writes them

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    with package.open(member) as part:
        while piece := part.read(PIECE):
            parser.Parse(piece, False)
    parser.Parse(b"", True)
    return starts


def _total(numbers: Iterator[bytes], cells: int, sizes: Sequence[int]) -> int:
    """All the text of a sheet with so many cells, of which these say which is theirs."""
    found = total = 0
    longest = max(sizes, default=0)
    for number in map(int, numbers):
        found += 1
        total += sizes[number] if number < len(sizes) else longest
    return total + max(0, cells - found) * longest


def _numbers(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Which text is a cell's, of every one that is written as everybody writes it."""
    tail = b""
    with package.open(name) as part:
        while piece := part.read(PIECE):
            window, end = tail + piece.translate(None, _BLANKS), 0
            for match in _CELL.finditer(window):
                end = match.end()
                yield match[1]
            tail = window[max(end, len(window) - _LONGEST_CELL) :]

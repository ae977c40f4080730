"""Numbers shown with leading zeros: the zeros are in the cell's format, not in its value.

Employee numbers and postcodes are often kept so. The workbook library gives the bare number, so
the format is looked up here; a workbook without such a format costs one look at its styles.
"""

import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import unescape

from crm.tabular.sources import Source

Padding = Mapping[tuple[int, int], int]

_FORMAT = re.compile(r"<numFmt\b[^>]*>")
_CELL_FORMATS = re.compile(r"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(r"<xf\b[^>]*>")
_CELL = re.compile(rb"<c\b([^>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_ZEROS = re.compile(r"0{2,20}")


def padded_cells(source: Source, sheet: str) -> Padding:
    """Row and column, counted from zero, of cells shown with leading zeros, and their width."""
    with source.open() as stream, zipfile.ZipFile(stream) as package:
        widths = _padded_styles(_text(package, "xl/styles.xml"))
        part = _part_of(package, sheet) if widths else None
        if part is None:
            return {}
        found = {}
        for cell in _CELL.finditer(package.read(part)):
            attributes = cell[1]
            style, place = _STYLE.search(attributes), _PLACE.search(attributes)
            if style and place and (width := widths.get(int(style[1]))):
                found[int(place[2]) - 1, _column(place[1])] = width
        return found


def _padded_styles(styles: str) -> dict[int, int]:
    """Style numbers whose number format is nothing but zeros, with how many."""
    formats = {
        _attribute(tag, "numFmtId"): len(code)
        for tag in _FORMAT.findall(styles)
        if _ZEROS.fullmatch(code := unescape(_attribute(tag, "formatCode")))
    }
    block = _CELL_FORMATS.search(styles) if formats else None
    tags = _CELL_FORMAT.findall(block[0]) if block else []
    return {
        number: formats[code]
        for number, tag in enumerate(tags)
        if (code := _attribute(tag, "numFmtId")) in formats
    }


def _part_of(package: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the package that holds the named sheet."""
    tags = re.findall(r"<sheet\b[^>]*>", _text(package, "xl/workbook.xml"))
    named = [t for t in tags if unescape(_attribute(t, "name"), {"&quot;": '"'}) == sheet]
    relations = re.findall(r"<Relationship\b[^>]*>", _text(package, "xl/_rels/workbook.xml.rels"))
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in relations}
    target = targets.get(_attribute(named[0], "r:id"), "") if named else ""
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return part if part in package.namelist() else None


def _text(package: zipfile.ZipFile, name: str) -> str:
    if name not in package.namelist():
        return ""
    return package.read(name).decode("utf-8", errors="replace")


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'(?<![\w:]){re.escape(name)}="([^"]*)"', tag)
    return match[1] if match else ""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1

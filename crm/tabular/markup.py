"""Tables in markup that call themselves .xls: HTML, and the XML of Excel 2003.

Many business systems export so, and spreadsheets open them without a word.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from html.parser import HTMLParser

from crm.tabular.cells import clean_text
from crm.tabular.errors import UnreadableTable
from crm.tabular.sources import Source

_ROW_TAGS = frozenset({"tr", "row", "ss:row"})
_CELL_TAGS = frozenset({"td", "th", "cell", "ss:cell"})
_SILENT_TAGS = frozenset({"script", "style", "head", "styles", "ss:styles"})
MOST_SPANNED = 500
MOST_CELLS_OF_A_ROW = 16_384
# What is not closed is looked at again with every piece, and in the end from every sign of it.
PIECE, MOST_OPEN, MOST_OPEN_IN_THE_END = 1 << 16, 1 << 18, 1 << 12


def is_markup(head: str) -> bool:
    """Whether a text file is a page or a 2003 workbook that holds a table."""
    start = head.lstrip("\ufeff \t\r\n").lower()
    if not start.startswith("<"):
        return False
    return "<table" in start or "<html" in start or "urn:schemas-microsoft-com:office" in start


def iter_markup(
    source: Source, encoding: str, *, max_cells: int
) -> Iterator[tuple[int, list[str | None]]]:
    """Every row of every table with its number, in the order of the file."""
    collector = _Rows(max_cells)
    number = 0
    with source.open() as stream:
        decoder = getincrementaldecoder(encoding)(errors="replace")
        while chunk := stream.read(PIECE):
            collector.feed(decoder.decode(chunk))
            collector.check(MOST_OPEN)
            for cells in collector.taken():
                number += 1
                yield number, cells
        collector.feed(decoder.decode(b"", final=True))
        collector.check(MOST_OPEN_IN_THE_END)
        collector.close()
    for cells in collector.taken():
        number += 1
        yield number, cells


class _Rows(HTMLParser):
    """Collects rows; a spanned or skipped cell leaves its place empty."""

    def __init__(self, room: int) -> None:
        super().__init__(convert_charrefs=True)
        self._room = room
        self._done: list[list[str | None]] = []
        self._row: list[str | None] | None = None
        self._text: list[str] | None = None
        self._span = 1
        self._silent = 0
        self._count = 1

    def taken(self) -> list[list[str | None]]:
        """The rows finished since the last call."""
        done, self._done = self._done, []
        return done

    def check(self, most_open: int) -> None:
        """Refuse a tag or a comment without an end, and a row without one."""
        if len(self.rawdata) > most_open:
            raise UnreadableTable("file", "damaged", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT_TAGS:
            self._silent += 1
        elif tag in _ROW_TAGS:
            self._end_row()
            self._row = []
        elif tag in _CELL_TAGS and self._row is not None:
            self._end_cell()
            self._start_cell(dict(attrs))
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT_TAGS:
            self._silent = max(0, self._silent - 1)
        elif tag in _CELL_TAGS:
            self._end_cell()
        elif tag in _ROW_TAGS or tag in ("table", "ss:table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._silent:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _start_cell(self, attributes: dict[str, str | None]) -> None:
        row = self._row if self._row is not None else []
        place = _number(attributes.get("ss:index"), 0)
        row.extend([None] * min(MOST_SPANNED, max(0, place - 1 - len(row))))
        across = _number(attributes.get("ss:mergeacross"), 0)
        self._span = _number(attributes.get("colspan"), 1 + across)
        self._text = []
        if len(row) > MOST_CELLS_OF_A_ROW:
            params = {"columns": len(row), "limit": MOST_CELLS_OF_A_ROW, "row": self._count}
            raise UnreadableTable(f"row:{self._count}", "too_many_columns", params)

    def _end_cell(self) -> None:
        if self._text is not None and self._row is not None:
            self._row.append(clean_text("".join(self._text)))
            self._row.extend([None] * min(MOST_SPANNED, self._span - 1))
        self._text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._done.append(self._row)
            self._count += 1
            self._room -= len(self._row)
            if self._room < 0:
                params = {"rows": self._count, "columns": len(self._row)}
                raise UnreadableTable("file", "too_many_cells", params)
        self._row = None


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default

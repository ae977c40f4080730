"""Rows of a delimited text file: the separator is measured, quotes are checked."""

import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from itertools import islice

from crm.tabular.cells import clean_text
from crm.tabular.errors import UnreadableTable
from crm.tabular.sources import Source

DELIMITERS = (",", "\t", ";", "|", "，")
SAMPLE_LINES = 200
MAX_CELL = 131_072
MAX_RECORD_LINES = 500


def sniff_delimiter(source: Source, encoding: str) -> str:
    """The separator that cuts most sample lines into the same number of cells."""
    with TextIOWrapper(source.open(), encoding=encoding, errors="replace", newline="") as text:
        lines = list(islice(iter(partial(text.readline, MAX_CELL), ""), SAMPLE_LINES))
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0][4]
    scores = {delimiter: _regularity(lines, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _regularity(lines: list[str], delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    misfits = cells = 0
    for record in csv.reader(lines, delimiter=delimiter):
        width = len(_trimmed([cell.strip() for cell in record]))
        widths[width] += 1
        cells += width
        misfits += sum(1 for cell in record if cell[:1] in DELIMITERS)
    regular = [(count, width) for width, count in widths.items() if width >= 2]
    if not regular or misfits > 0.3 * cells:
        return (0, 0)
    return max(regular)


def _trimmed(record: list[str]) -> list[str]:
    while record and not record[-1]:
        record.pop()
    return record


class _Lines:
    """Lines of a file that remember whether the reader asked past the last one."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self.number = 0
        self.exhausted = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_CELL * 8)
        if not line:
            self.exhausted = True
            raise StopIteration
        self.number += 1
        return line


def iter_delimited(
    source: Source, encoding: str, delimiter: str
) -> Iterator[tuple[int, list[str | None]]]:
    """Every record with its number as a spreadsheet would count it, blank ones included."""
    with TextIOWrapper(source.open(), encoding=encoding, errors="replace", newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        number, before = 0, 0
        while True:
            number += 1
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise _misquoted(number, lines.number - before) from error
            if record is None:
                return
            if lines.exhausted or lines.number - before > MAX_RECORD_LINES:
                raise _misquoted(number, 2)
            before = lines.number
            if number == 1 and len(record) <= 2 and "".join(record).lower().startswith("sep="):
                record = []
            yield number, [clean_text(cell) for cell in record]


def _misquoted(number: int, lines: int) -> UnreadableTable:
    code = "unclosed_quote" if lines > 1 else "cell_too_long"
    return UnreadableTable(f"row:{number}", code, {"row": number})

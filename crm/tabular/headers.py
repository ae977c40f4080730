"""Where the table starts: exports put titles, account numbers and notes above the column names."""

import re
from collections.abc import Sequence

SEARCHED_ROWS = 60
_VALUE = re.compile(
    r"[-+]?[¥$￥]?[\d０-９,，.:/%\-\s*]*\d[\d,.:/%\-\sT*]*(?:元|%)?"  # a number, a day, a phone
    r"|[^@\s]+@[^@\s]+\.\w+"
    r"|https?://.*"
    r"|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
    r"|[-/—]+"
)
_NOTE = re.compile(r"[^:：\d]{1,16}[:：]\s*\S")
LONGEST_LABEL = 64

Cells = Sequence[str | None]


def header_index(rows: Sequence[Cells]) -> int | None:
    """The position of the row that names the columns; None when the table starts without one."""
    width = _body_width(rows)
    for index, cells in enumerate(rows[:SEARCHED_ROWS]):
        filled = [cell for cell in cells if cell]
        is_wide = len(filled) >= max(1, 0.6 * width)
        if is_wide and not _is_note(filled) and _body_follows(rows, index, width):
            labels = sum(1 for cell in filled if _is_label(cell))
            return index if labels >= 0.8 * len(filled) else None
    return None


def _body_width(rows: Sequence[Cells]) -> int:
    """How many columns the table has: the greatest width that a few rows reach."""
    widths = sorted((filled_width(cells) for cells in rows if any(cells)), reverse=True)
    reached = [(width * min(count, 4), width) for count, width in enumerate(widths, start=1)]
    return max(reached, default=(0, 0))[1]


def _body_follows(rows: Sequence[Cells], index: int, width: int) -> bool:
    return index + 1 >= len(rows) or filled_width(rows[index + 1]) >= 0.5 * width


def filled_width(cells: Cells) -> int:
    """The number of cells up to the last one that is filled."""
    width = len(cells)
    while width and not cells[width - 1]:
        width -= 1
    return width


def _is_note(filled: Sequence[str]) -> bool:
    """Whether the row says things like "Account: 1234", one to a cell."""
    return 2 * sum(1 for cell in filled if _NOTE.match(cell)) >= len(filled)


def _is_label(cell: str) -> bool:
    return len(cell) <= LONGEST_LABEL and not _VALUE.fullmatch(cell)


def column_letter(index: int) -> str:
    """The spreadsheet letter of a column counted from zero: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

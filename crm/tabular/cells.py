"""One cell as text: nothing shortened, nothing in scientific notation, dates in ISO form."""

import datetime
import re
from decimal import Decimal

FORMULA_STARTERS = "=+-@\t\r\n＝＋－＠"
EXACT_INTEGERS = 10**15
_UNSAFE = re.compile(rf"'*\s*[{re.escape(FORMULA_STARTERS)}]")
_ESCAPED = re.compile(rf"''*\s*[{re.escape(FORMULA_STARTERS)}]|'\d[\d ]*$")
_FORMULA_TEXT = re.compile(r'="(?P<text>[^"]*)"')
_BLANKS = " \t\r\n\f\v\u3000\xa0\ufeff\u200b\x00"


def safe_cell(value: object) -> object:
    """The value as a spreadsheet may show it: text that would start a formula gets an apostrophe.

    Numbers and dates pass unchanged; `restore_cell` takes the apostrophe away again.
    """
    if isinstance(value, str) and _UNSAFE.match(value):
        return f"'{value}"
    return value


def restore_cell(text: str) -> str:
    """The text behind the ways spreadsheets protect it: '=1+1, '0138…, ="0138…"."""
    if text.startswith("'") and _ESCAPED.match(text):
        return text[1:]
    if text.startswith('="') and (match := _FORMULA_TEXT.fullmatch(text)):
        return match["text"]
    return text


def clean_text(text: str) -> str | None:
    """The text of a cell without the padding exports put around it; None when nothing is left."""
    stripped = text.strip(_BLANKS)
    if stripped[:1] in ("'", "="):
        stripped = restore_cell(stripped).strip(_BLANKS)
    if "\x00" in stripped:
        stripped = stripped.replace("\x00", "")
    return stripped or None


def number_text(value: float) -> str:
    """A numeric cell with all digits it holds: 13800138000, never 1.38E+10."""
    if value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    if abs(value) < EXACT_INTEGERS:
        return format(Decimal(format(value, ".15g")), "f")
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def moment_text(value: datetime.datetime) -> str:
    """A point in time in ISO form, a bare day where the clock says midnight."""
    if value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


def cell_text(value: object) -> str | None:
    """Any cell value of a workbook as faithful text; None for an empty cell."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime.datetime):
        return moment_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="seconds")
    return clean_text(str(value))


def is_doubtful(value: object) -> bool:
    """Whether a number is longer than a spreadsheet can hold, so that its tail may be lost."""
    return isinstance(value, float) and abs(value) >= EXACT_INTEGERS

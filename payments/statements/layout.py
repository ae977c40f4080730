"""A bank's table layout: how to know it, and how its rows become statement lines."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crm.tabular import Row, Table
from payments.statements.balances import ends_of_path
from payments.statements.columns import Columns, map_columns
from payments.statements.errors import UnreadableStatement
from payments.statements.fingerprints import with_fingerprints
from payments.statements.lines import DayReader, LineReader
from payments.statements.model import Statement, StatementLine
from payments.statements.notes import Notes, read_notes
from payments.statements.values import parse_amount

LineAdjuster = Callable[[StatementLine, Row, Columns, Notes], StatementLine]
_TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计|总额|汇总|累计|total)", re.IGNORECASE)
_RULER = re.compile(r"[-=_*#—\s]+")


@dataclass(frozen=True, slots=True)
class TableLayout:
    """One bank's export as a table.

    `recognises` says how sure the layout is, 0 to 1, from the columns and the text above them.
    `extra_columns` are names only this bank uses; `adjust` tells what only this bank means.
    """

    code: str
    bank: str
    recognises: Callable[[Table, Notes], float]
    extra_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adjust: LineAdjuster | None = None
    read_day: DayReader | None = None
    default_currency: str = "CNY"

    def read(self, table: Table, notes: Notes) -> list[Statement]:
        """The statements of the table, one per account and currency."""
        columns = map_columns(table.header, self.extra_columns)
        if not columns.is_statement:
            raise UnreadableStatement("file", "unknown_layout", {"columns": list(table.header)})
        body, totals, tail = _parted(table, columns)
        reader = LineReader.for_rows(columns, body, notes=notes, read_day=self.read_day)
        groups: dict[tuple[str, str], list[StatementLine]] = defaultdict(list)
        for row in body:
            line = reader.line(row)
            if self.adjust is not None:
                line = self.adjust(line, row, columns, notes)
            groups[reader.account_and_currency(row)].append(line)
        notes = read_notes([*table.preamble, *tail])
        if not groups:
            groups[("", "")] = []
        return [
            self._statement(key, lines, notes, totals if len(groups) == 1 else None, columns)
            for key, lines in groups.items()
        ]

    def _statement(
        self,
        key: tuple[str, str],
        lines: Sequence[StatementLine],
        notes: Notes,
        totals: Row | None,
        columns: Columns,
    ) -> Statement:
        account, currency = key
        account = account or notes.account
        opening, closing = ends_of_path([(line.row, line.amount, line.balance) for line in lines])
        return Statement(
            format=self.code,
            bank=self.bank,
            account=account,
            account_name=notes.account_name,
            currency=currency or notes.currency or self.default_currency,
            opening_balance=notes.opening_balance if notes.opening_balance is not None else opening,
            closing_balance=notes.closing_balance if notes.closing_balance is not None else closing,
            lines=with_fingerprints(account, lines),
            stated_income=_figure(totals, columns, "income"),
            stated_expense=_figure(totals, columns, "expense"),
        )


def _parted(table: Table, columns: Columns) -> tuple[list[Row], Row | None, list[Row]]:
    """The rows of movements, the row of totals, and the notes between and below them."""
    body: list[Row] = []
    tail: list[Row] = []
    totals: Row | None = None
    for row in table.iter_rows():
        filled = [cell for cell in row.cells if cell]
        if tuple(row.cells) == table.header or all(_RULER.fullmatch(cell) for cell in filled):
            continue
        if _is_total(row, columns):
            totals = row
        elif _is_note(row, columns):
            tail.append(row)
        else:
            body.append(row)
    return body, totals, tail


def _is_total(row: Row, columns: Columns) -> bool:
    first = next(cell for cell in row.cells if cell)
    has_day = _has_digit(columns.cell(row.cells, "booking_date"))
    return not has_day and bool(_TOTAL.search(first)) and len(first) <= 20


def _is_note(row: Row, columns: Columns) -> bool:
    """A row without a day and without any amount is text around the table, not a movement."""
    day = columns.cell(row.cells, "booking_date")
    if day and day[:1].isdigit():
        return False
    return all(_figure(row, columns, name) is None for name in ("income", "expense", "amount"))


def _has_digit(text: str | None) -> bool:
    return text is not None and any(char.isdigit() for char in text)


def _figure(row: Row | None, columns: Columns, meaning: str) -> Decimal | None:
    """The amount in this column if the cell holds one."""
    if row is None:
        return None
    try:
        return parse_amount(columns.cell(row.cells, meaning))
    except ValueError:
        return None

"""Rows of a bank table as lines: one sign for the amount, whichever way the bank shows it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm.tabular import Row
from payments.statements.columns import Columns
from payments.statements.errors import UnreadableStatement
from payments.statements.model import StatementLine
from payments.statements.notes import Notes
from payments.statements.values import (
    day_first,
    is_empty,
    is_masked,
    normal,
    parse_amount,
    parse_currency,
    parse_day,
    parse_sign,
)

_NAME_AND_ACCOUNT = re.compile(r"(?P<name>.*?)\s*(?P<account>\d{8,}|\d*\*{2,}\d{2,})")
DayReader = Callable[[str, Notes], date]


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads the rows of one file; what must be judged over the whole file is judged once.

    `is_signed`: the amounts already carry the sign that the direction column repeats.
    `expense_is_negative`: the expense column holds negative figures.
    """

    columns: Columns
    direction: str | None
    is_signed: bool
    expense_is_negative: bool
    is_day_first: bool | None
    notes: Notes
    read_day: DayReader | None = None

    @classmethod
    def for_rows(
        cls,
        columns: Columns,
        rows: Sequence[Row],
        *,
        notes: Notes,
        read_day: DayReader | None = None,
    ) -> "LineReader":
        """Judge how this file writes signs and days."""
        direction = _direction_column(columns, rows)
        days = [columns.cell(row.cells, "booking_date") or "" for row in rows]
        expenses = [_try_amount(columns.cell(row.cells, "expense")) for row in rows]
        return cls(
            columns=columns,
            direction=direction,
            is_signed=direction is not None and _repeats_sign(columns, direction, rows),
            expense_is_negative=_all_negative(expenses),
            is_day_first=day_first(days),
            notes=notes,
            read_day=read_day,
        )

    def line(self, row: Row) -> StatementLine:
        """The movement of a row. Raises UnreadableStatement with the row when it cannot be told."""
        booked = self._day(row, "booking_date")
        valued = self._day(row, "value_date")
        if booked is None and valued is None:
            params = {"value": "", "row": row.number}
            raise UnreadableStatement(f"row:{row.number}", "bad_date", params)
        amount = self._amount(row)
        name, account = self._counterparty(row, amount)
        return StatementLine(
            row=row.number,
            amount=amount,
            booking_date=booked or valued or date.min,
            value_date=valued or booked or date.min,
            counterparty_name=name,
            counterparty_account=account,
            reference=self._text(row, "reference"),
            memo=self._memo(row),
            bank_id=self._text(row, "bank_id"),
            balance=_try_amount(self.columns.cell(row.cells, "balance")),
        )

    def account_and_currency(self, row: Row) -> tuple[str, str]:
        """Whose line it is, when the file says so on each row."""
        account = normal(self._text(row, "account")).replace(" ", "")
        return account, parse_currency(self.columns.cell(row.cells, "currency"))

    def _amount(self, row: Row) -> Decimal:
        cells, columns = row.cells, self.columns
        if columns.has("income") or columns.has("expense"):
            income = self._figure(row, "income")
            expense = self._figure(row, "expense")
            if income is not None or expense is not None:
                spent = -(expense or 0) if self.expense_is_negative else (expense or 0)
                return Decimal((income or 0) - spent)
        amount = self._figure(row, "amount")
        if amount is None:
            raise UnreadableStatement(f"row:{row.number}", "no_amount", {"row": row.number})
        if self.direction is None or self.is_signed:
            return amount
        word = columns.cell(cells, self.direction)
        sign = parse_sign(word)
        if sign is None:
            params = {"value": word or "", "row": row.number}
            raise UnreadableStatement(f"row:{row.number}", "unknown_direction", params)
        return sign * amount

    def _figure(self, row: Row, meaning: str) -> Decimal | None:
        text = self.columns.cell(row.cells, meaning)
        try:
            return parse_amount(text)
        except ValueError as error:
            params = {"value": text, "row": row.number}
            raise UnreadableStatement(f"row:{row.number}", "bad_amount", params) from error

    def _day(self, row: Row, meaning: str) -> date | None:
        text = self.columns.cell(row.cells, meaning)
        if text is None or is_empty(text):
            return None
        params = {"value": text, "row": row.number}
        try:
            day = (
                self.read_day(text, self.notes)
                if self.read_day is not None
                else parse_day(text, is_day_first=self.is_day_first)
            )
        except ValueError as error:
            raise UnreadableStatement(f"row:{row.number}", "bad_date", params) from error
        if day is None:
            raise UnreadableStatement(f"row:{row.number}", "ambiguous_date", params)
        return day

    def _counterparty(self, row: Row, amount: Decimal) -> tuple[str, str]:
        name = self._text(row, "counterparty_name")
        account = self._text(row, "counterparty_account")
        if not self.columns.has("counterparty_account") and (
            match := _NAME_AND_ACCOUNT.fullmatch(name)
        ):
            name, account = match["name"], match["account"]
        side = "payer" if amount > 0 else "payee"
        return name or self._text(row, f"{side}_name"), account or self._text(
            row, f"{side}_account"
        )

    def _memo(self, row: Row) -> str:
        cells = row.cells
        texts = [cells[place] or "" for place in self.columns.memo if place < len(cells)]
        return " ".join(dict.fromkeys(text for text in texts if not is_empty(text)))

    def _text(self, row: Row, meaning: str) -> str:
        text = self.columns.cell(row.cells, meaning)
        return "" if text is None or is_empty(text) else text


def _direction_column(columns: Columns, rows: Sequence[Row]) -> str | None:
    if columns.has("direction"):
        return "direction"
    words = [columns.cell(row.cells, "maybe_direction") for row in rows]
    if words and all(parse_sign(word) is not None for word in words):
        return "maybe_direction"
    return None


def _repeats_sign(columns: Columns, direction: str, rows: Sequence[Row]) -> bool:
    """Whether money out is already negative everywhere, so that the direction must not count."""
    outgoing = [
        _try_amount(columns.cell(row.cells, "amount"))
        for row in rows
        if parse_sign(columns.cell(row.cells, direction)) == -1
    ]
    return _all_negative(outgoing)


def _all_negative(amounts: Sequence[Decimal | None]) -> bool:
    known = [amount for amount in amounts if amount]
    return bool(known) and all(amount < 0 for amount in known)


def _try_amount(text: str | None) -> Decimal | None:
    if text is None or is_masked(text):
        return None
    try:
        return parse_amount(text)
    except ValueError:
        return None

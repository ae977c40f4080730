"""China Merchants Bank 招商银行."""

import re
from dataclasses import replace
from datetime import date

from crm.tabular import Row, Table
from payments.statements.columns import Columns, label
from payments.statements.layout import TableLayout
from payments.statements.model import StatementLine
from payments.statements.notes import Notes

_STATEMENT_MONTH = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月")
_SHORT_DAY = re.compile(r"(\d{1,2})/(\d{1,2})")


def _labels(table: Table) -> set[str]:
    return {label(name) for name in table.header}


def _is_personal(table: Table, notes: Notes) -> float:
    return 1.0 if {"联机余额", "对手信息"} <= _labels(table) else 0.0


def _is_personal_web(table: Table, notes: Notes) -> float:
    """The download of the web bank: notes start with '#', days are compact."""
    return 0.9 if "招商银行交易记录" in notes.text else 0.0


def _is_credit_card(table: Table, notes: Notes) -> float:
    return 1.0 if {"卡号末四位", "人民币金额"} <= _labels(table) else 0.0


def _owed(line: StatementLine, row: Row, columns: Columns, notes: Notes) -> StatementLine:
    """A card's bill counts what is owed: spending is positive there and money out here."""
    return replace(line, amount=-line.amount)


def _is_corporate(table: Table, notes: Notes) -> float:
    labels = _labels(table)
    if {"收付方名称", "收付方账号"} <= labels and labels & {"借方金额", "借方出账", "交易金额"}:
        return 0.9
    return 0.6 if "招商银行" in notes.text else 0.0


def bill_day(text: str, notes: Notes) -> date:
    """The day of a bill that names only month and day: the last such day up to the bill's month.

    Raises ValueError when it is no day of a bill.
    """
    month = _STATEMENT_MONTH.search(notes.text)
    day = _SHORT_DAY.fullmatch(text)
    if month is None or day is None:
        raise ValueError(text)
    year = int(month[1]) - (int(day[1]) > int(month[2]))
    return date(year, int(day[1]), int(day[2]))


PERSONAL = TableLayout(code="cmb_personal", bank="CMB", recognises=_is_personal)

PERSONAL_WEB = TableLayout(code="cmb_personal_web", bank="CMB", recognises=_is_personal_web)

CREDIT_CARD = TableLayout(
    code="cmb_credit_card",
    bank="CMB",
    recognises=_is_credit_card,
    extra_columns={"booking_date": ("记账日",), "value_date": ("交易日",)},
    adjust=_owed,
    read_day=bill_day,
)

CORPORATE = TableLayout(code="cmb_corporate", bank="CMB", recognises=_is_corporate)

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payments.statements.balances import BalanceCheck, check_balances

__all__ = ["BalanceCheck", "Statement", "StatementLine"]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement on an account: money in is positive, money out negative.

    `row` is the row of the file, `fingerprint` the same for the same movement in any export.
    """

    row: int
    amount: Decimal
    value_date: date
    booking_date: date
    counterparty_name: str = ""
    counterparty_account: str = ""
    reference: str = ""
    memo: str = ""
    bank_id: str = ""
    balance: Decimal | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account in one currency, in the order of the file."""

    format: str
    bank: str
    account: str
    currency: str
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    lines: tuple[StatementLine, ...]
    account_name: str = ""
    stated_income: Decimal | None = None
    stated_expense: Decimal | None = None

    def check(self) -> BalanceCheck:
        """Whether opening balance + lines = closing balance, and stated totals hold."""
        return check_balances(
            movements=[(line.row, line.amount, line.balance) for line in self.lines],
            opening=self.opening_balance,
            closing=self.closing_balance,
            stated_income=self.stated_income,
            stated_expense=self.stated_expense,
        )

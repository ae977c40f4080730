"""Whether a statement is whole.

Each line leads the account from `balance - amount` to `balance`, so a whole statement is one path
from the opening to the closing balance. That holds in whatever order the bank lists the lines.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Movement = tuple[int, Decimal, Decimal | None]


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """`code` is balanced, mismatch or unknown; `rows` are those where the path of balances breaks.

    `difference` is closing - opening - lines, when both balances are known.
    """

    code: str
    difference: Decimal | None = None
    rows: tuple[int, ...] = ()
    totals_differ: bool = False

    @property
    def is_mismatch(self) -> bool:
        """Whether a person should look before trusting the file to be whole."""
        return self.code == "mismatch"


def ends_of_path(movements: Sequence[Movement]) -> tuple[Decimal | None, Decimal | None]:
    """Opening and closing balance as the balances of the lines tell them; None when unknown."""
    known = [(amount, balance) for _, amount, balance in movements if balance is not None]
    if not known or len(known) < len(movements):
        return None, None
    starts = Counter(balance - amount for amount, balance in known)
    ends = Counter(balance for _, balance in known)
    loose_starts, loose_ends = starts - ends, ends - starts
    if loose_starts.total() == loose_ends.total() == 1:
        return next(iter(loose_starts)), next(iter(loose_ends))
    if _is_newest_first(known):
        known.reverse()
    return known[0][1] - known[0][0], known[-1][1]


def check_balances(
    *,
    movements: Sequence[Movement],
    opening: Decimal | None,
    closing: Decimal | None,
    stated_income: Decimal | None = None,
    stated_expense: Decimal | None = None,
) -> BalanceCheck:
    """Compare opening + lines with closing, the balances with each other, totals with the lines."""
    difference = None
    if opening is not None and closing is not None:
        difference = closing - opening - sum((amount for _, amount, _ in movements), Decimal(0))
    rows = _broken_rows(movements)
    income = sum((amount for _, amount, _ in movements if amount > 0), Decimal(0))
    expense = -sum((amount for _, amount, _ in movements if amount < 0), Decimal(0))
    totals_differ = any(
        stated is not None and stated != counted
        for stated, counted in ((stated_income, income), (stated_expense, expense))
    )
    if difference or rows or totals_differ:
        return BalanceCheck("mismatch", difference, rows, totals_differ)
    return BalanceCheck("unknown" if difference is None else "balanced", difference)


def _broken_rows(movements: Sequence[Movement]) -> tuple[int, ...]:
    """Rows that no other line leads to, except the first one of the path."""
    known = [(row, amount, balance) for row, amount, balance in movements if balance is not None]
    if len(known) < len(movements):
        return ()
    ends = Counter(balance for _, _, balance in known)
    loose = []
    for row, amount, balance in known:
        start = balance - amount
        if ends[start] > 0:
            ends[start] -= 1
        else:
            loose.append(row)
    newest_first = _is_newest_first([(amount, balance) for _, amount, balance in known])
    return tuple(loose[:-1] if newest_first else loose[1:])


def _is_newest_first(known: Sequence[tuple[Decimal, Decimal]]) -> bool:
    forward = backward = 0
    for (amount, balance), (next_amount, next_balance) in zip(known, known[1:], strict=False):
        forward += balance + next_amount == next_balance
        backward += next_balance + amount == balance
    return backward > forward

"""What a bank writes around the table: account, holder, currency, opening and closing balance."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.tabular import Row
from payments.statements.values import normal, parse_amount, parse_currency

_ACCOUNT = re.compile(
    r"(?:账\s*号|卡\s*号|账\s*户|账/卡号|account\s*(?:no\.?|number)?)\s*[:\s\[]+[^\d*\]]{0,8}"
    r"(?P<value>[\d*xX][\d*xX\- ]{5,40}[\d*xX])",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"(?:账户名称|账户名|户\s*名|公司名称|单位名称|account\s*name)\s*[:\s\[]+(?P<value>[^\s\],:]+)",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"(?:币\s*种|货\s*币|币\s*别|currency)\s*[:\s\[]+(?P<value>[^\s\],:]+)", re.I
)
_OPENING = re.compile(
    r"(?:期初余额|上期余额|上期结余|承前余额|承前页|起始余额|opening\s*balance)\D{0,8}?(?P<value>-?[\d,]+\.?\d*)",
    re.I,
)
_CLOSING = re.compile(
    r"(?:期末余额|本期余额|本期结余|结束余额|截止余额|closing\s*balance)\D{0,8}?(?P<value>-?[\d,]+\.?\d*)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Notes:
    """The text around the table and what it says about the account."""

    text: str
    account: str = ""
    account_name: str = ""
    currency: str = ""
    opening_balance: Decimal | None = None
    closing_balance: Decimal | None = None


def read_notes(rows: Sequence[Row]) -> Notes:
    """Find the account and its balances in rows above or below the table."""
    text = "\n".join(" ".join(cell for cell in row.cells if cell) for row in rows)
    plain = normal(text).replace("帐", "账")
    return Notes(
        text=plain,
        account=re.sub(r"[\s-]", "", _found(_ACCOUNT, plain)),
        account_name=_found(_HOLDER, plain),
        currency=parse_currency(_found(_CURRENCY, plain)),
        opening_balance=_amount(_OPENING, plain),
        closing_balance=_amount(_CLOSING, plain),
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match["value"] if match else ""


def _amount(pattern: re.Pattern[str], text: str) -> Decimal | None:
    return parse_amount(_found(pattern, text))

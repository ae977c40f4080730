"""Real exports, read where they lie beside the project."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from payments.statements import UnreadableStatement, read_statement

SHARED = Path(__file__).parents[4] / "shared" / "data"
POSTING = re.compile(r"^\s+\S+ (-?[\d.]+) CNY$", re.MULTILINE)


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data absent: {'/'.join(parts)}")
    return path


def expected(path: Path, account: str) -> Counter[tuple[str, Decimal]]:
    """Day and amount of every posting on the bank's account."""
    found: Counter[tuple[str, Decimal]] = Counter()
    day = ""
    for text in path.read_text("utf-8").splitlines():
        if match := re.match(r"(\d{4}-\d\d-\d\d) \*", text):
            day = match[1]
        elif match := re.match(rf"\s+{re.escape(account)} (-?[\d.]+) CNY", text):
            found[day, Decimal(match[1])] += 1
    return found


@pytest.mark.parametrize(
    ("folder", "name", "truth", "account", "layout"),
    [
        (
            "cn_icbc_debit_v1",
            "example-icbc-debit-v1-records.csv",
            "example-icbc-debit-v1-output.beancount",
            "Assets:Bank:CN:ICBC",
            "icbc_personal",
        ),
        (
            "cn_cmb/debit",
            "example-cmb-records.csv",
            "example-cmb-debit-output.beancount",
            "Assets:DebitCard:CMB",
            "cmb_personal",
        ),
        (
            "cn_cmb/credit",
            "example-cmb-records.csv",
            "example-cmb-credit-output.beancount",
            "Liabilities:CreditCard:CMB",
            "cmb_credit_card",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_amounts_and_days_are_those_of_the_ledger(folder, name, truth, account, layout, encoding):
    data = shared("bank", folder, name).read_text("utf-8").encode(encoding)
    (statement,) = read_statement(data, name)
    assert statement.format == layout
    lines = Counter((line.value_date.isoformat(), line.amount) for line in statement.lines)
    ledger = expected(shared("bank", folder, truth), account)
    assert ledger
    # The ledger was filtered by its owner's rules: it holds no line the statement does not have.
    assert not ledger - lines


def test_foreign_files_are_refused_in_words():
    for path in sorted(shared("adversarial").rglob("*")):
        if path.is_file():
            with pytest.raises(UnreadableStatement):
                read_statement(path.read_bytes(), path.name)

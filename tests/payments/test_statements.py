from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from crm.files.services import store_bytes
from crm.jobs.models import Job
from payments.models import BankAccount, Statement, StatementLine
from payments.services import accounts
from payments.services.refusals import StatementRefused
from payments.services.statements import import_statement

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank"
HEADER = "交易日期,收入金额,支出金额,余额,对方户名,对方账号,摘要\n"
ROWS = [
    "2026-11-02,3000.00,,13000.00,苏州同光精密机械有限公司,6217001234567890,货款 HT-2031\n",
    "2026-11-03,,200.00,12800.00,物业公司,,房租\n",
    "2026-11-04,500.50,,13300.50,张三,,\n",
]


def stored(text: str, name: str = "icbc.csv", encoding: str = "gbk"):
    return store_bytes(text.encode(encoding), name=name, purpose="statement")


def statement_text(rows, account="6222021001012345678"):
    return f"账号：{account}\n币种：人民币\n" + HEADER + "".join(rows)


def test_the_first_statement_opens_its_account(tenant):
    (found,) = import_statement(file=stored(statement_text(ROWS)))
    assert found.is_new_account
    assert found.statement.account.number == "6222021001012345678"
    assert (found.new_count, found.known_count) == (3, 0)
    assert found.statement.balance_code == "balanced"
    line = StatementLine.objects.get(amount=Decimal("3000.00"))
    assert (line.counterparty_name, line.booking_date) == (
        "苏州同光精密机械有限公司",
        date(2026, 11, 2),
    )
    assert Job.objects.filter(name="payments.propose_matches").exists()


def test_the_same_lines_never_enter_twice(tenant):
    import_statement(file=stored(statement_text(ROWS[:2])))
    (again,) = import_statement(file=stored(statement_text(ROWS)))
    assert (again.new_count, again.known_count) == (1, 2)
    assert StatementLine.objects.count() == 3
    (third,) = import_statement(file=stored(statement_text(ROWS), name="other.csv"))
    assert (third.new_count, third.known_count) == (0, 3)


def test_two_equal_movements_of_one_day_both_enter(tenant):
    row = "2026-11-02,10.00,,,某某,,\n"
    (found,) = import_statement(file=stored(statement_text([row, row])))
    assert found.new_count == 2


def test_a_statement_that_does_not_add_up_is_taken_in_and_flagged(tenant):
    broken = [ROWS[0], ROWS[2].replace("13300.50", "99999.00")]
    (found,) = import_statement(file=stored(statement_text(broken)))
    assert found.statement.balance_code == "mismatch"
    assert found.statement.balance_rows


def test_an_unreadable_file_says_where_and_why_and_leaves_nothing(tenant):
    bad = statement_text([ROWS[0], ROWS[1].replace("2026-11-03", "gestern")])
    with pytest.raises(StatementRefused, match="gestern") as refusal, transaction.atomic():
        import_statement(file=stored(bad))
    assert refusal.value.place == "row:5"
    assert not Statement.objects.exists()
    with pytest.raises(StatementRefused), transaction.atomic():
        import_statement(file=stored("hello", name="x.csv"))


def test_the_file_must_be_of_the_chosen_account(tenant, account):
    text = statement_text(ROWS, account="6222020000000009999")
    with pytest.raises(StatementRefused, match="9999"):
        import_statement(file=stored(text), account_id=account.pk)
    (found,) = import_statement(file=stored(statement_text(ROWS)), account_id=account.pk)
    assert found.statement.account == account


def test_a_file_without_an_account_needs_one_chosen(tenant, account):
    text = HEADER + "".join(ROWS)
    with pytest.raises(StatementRefused, match="Choose the account"):
        import_statement(file=stored(text))
    (found,) = import_statement(file=stored(text), account_id=account.pk)
    assert found.new_count == 3


def test_a_masked_number_finds_its_account(tenant, account):
    text = statement_text(ROWS, account="6222****5678")
    (found,) = import_statement(file=stored(text))
    assert found.statement.account == account
    assert BankAccount.objects.count() == 1


@pytest.mark.skipif(not REAL.exists(), reason="the real samples are not here")
@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("cn_icbc_debit_v1/example-icbc-debit-v1-records.csv", 11),
        ("cn_cmb/debit/example-cmb-records.csv", 5),
        ("cn_cmb/credit/example-cmb-records.csv", 6),
    ],
)
def test_real_exports_enter_once(tenant, path, lines):
    own = accounts.open_account(name="样例户", number="6222021234569876")
    file = store_bytes((REAL / path).read_bytes(), name=Path(path).name, purpose="statement")
    (found,) = import_statement(file=file, account_id=own.pk)
    assert (found.new_count, found.known_count) == (lines, 0)
    (again,) = import_statement(file=file, account_id=own.pk)
    assert (again.new_count, again.known_count) == (0, lines)

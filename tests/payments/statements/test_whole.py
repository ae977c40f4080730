"""Rules that hold for any statement: nothing enters twice, nothing is lost, gaps are flagged."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.statements import Statement, read_statement
from payments.statements.balances import check_balances, ends_of_path
from tests.payments.statements import samples

HEADER = "交易日期,金额,余额,对方户名,摘要"

days = st.integers(0, 400).map(lambda n: date(2025, 1, 1) + timedelta(days=n))
cents = st.integers(-(10**12), 10**12).filter(bool)
names = st.text(alphabet="深圳市远航电子有限公司甲乙丙ABC（）·", max_size=12)
movements = st.lists(st.tuples(days, cents, names, names), max_size=25)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])


def money(minor: int) -> str:
    return f"{Decimal(minor) / 100:,.2f}"


def export(rows, opening: int = 0) -> str:
    lines, balance = [HEADER], opening
    for day, amount, name, memo in rows:
        balance += amount
        lines.append(f'{day},"{money(amount)}","{money(balance)}",{name},{memo}')
    return "\n".join(lines) + "\n"


def read(text: str, encoding: str = "utf-8") -> Statement:
    (statement,) = read_statement(text.encode(encoding))
    return statement


@given(movements, st.integers(-(10**9), 10**9), encodings)
def test_what_was_written_is_what_is_read(rows, opening, encoding):
    statement = read(export(rows, opening), encoding)
    assert [(line.booking_date, line.amount) for line in statement.lines] == [
        (day, Decimal(amount) / 100) for day, amount, _, _ in rows
    ]
    assert not statement.check().is_mismatch
    if rows:
        assert statement.opening_balance == Decimal(opening) / 100


@given(movements)
def test_the_same_file_twice_has_the_same_fingerprints(rows):
    first, again = read(export(rows)), read(export(rows), "utf-16")
    assert [line.fingerprint for line in first.lines] == [line.fingerprint for line in again.lines]
    assert len({line.fingerprint for line in first.lines}) == len(rows)


@given(movements, st.randoms(use_true_random=False))
def test_the_order_of_a_file_does_not_change_its_fingerprints(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert {line.fingerprint for line in read(export(rows)).lines} == {
        line.fingerprint for line in read(export(shuffled)).lines
    }


@given(movements, movements)
def test_overlapping_exports_agree_on_what_they_share(rows, later):
    early = {line.fingerprint for line in read(export(rows)).lines}
    late = {line.fingerprint for line in read(export(rows + later)).lines}
    assert early <= late
    assert len(late) == len(rows) + len(later)


def test_formats_of_one_bank_agree_on_fingerprints():
    rows = samples.CMB_CORPORATE_ROWS
    book, text = (
        read_statement(samples.workbook(rows)),
        read_statement(samples.as_csv(rows).encode("gbk")),
    )
    assert [line.fingerprint for line in book[0].lines] == [
        line.fingerprint for line in text[0].lines
    ]


def test_two_equal_movements_of_one_day_both_survive():
    row = (date(2026, 1, 5), 5000, "甲公司", "货款")
    first, second = read(export([row, row])).lines
    assert first.fingerprint != second.fingerprint


@given(st.lists(cents, min_size=2, max_size=20), st.integers(0, 10**9), st.data())
def test_a_missing_line_is_flagged(amounts, opening, data):
    rows, balance = [], Decimal(opening)
    for number, amount in enumerate(amounts):
        balance += amount
        rows.append((number, Decimal(amount), balance))
    start, end = ends_of_path(rows)
    assert (start, end) == (Decimal(opening), balance) or balance == opening
    assert check_balances(movements=rows, opening=start, closing=end).code == "balanced"
    gap = data.draw(st.integers(0, len(rows) - 1))
    holed = rows[:gap] + rows[gap + 1 :]
    check = check_balances(movements=holed, opening=Decimal(opening), closing=balance)
    assert check.is_mismatch
    assert check.difference == amounts[gap]


@given(movements.filter(lambda rows: len(rows) > 1))
def test_newest_first_is_as_whole_as_oldest_first(rows):
    lines = export(rows, 100).splitlines()
    statement = read("\n".join([lines[0], *reversed(lines[1:])]))
    assert statement.check().code == "balanced"


def test_a_changed_amount_names_the_row_where_the_balances_break():
    text = export([(date(2026, 1, n), 1000 * n, "甲", "") for n in (1, 2, 3, 4)])
    check = read(text.replace('"30.00","60.00"', '"33.00","60.00"')).check()
    assert check.is_mismatch
    assert check.rows == (4,)


def test_stated_totals_that_differ_are_flagged():
    statement = read(export([(date(2026, 1, 1), 1000, "甲", "")]))
    assert replace(statement, stated_income=Decimal(10)).check().code == "balanced"
    assert replace(statement, stated_income=Decimal(11)).check().totals_differ

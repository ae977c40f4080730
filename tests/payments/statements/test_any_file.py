"""Whatever is uploaded, it is read or refused with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.statements import REASON_CODES, UnreadableStatement, read_statement
from payments.statements.values import parse_amount, parse_currency, parse_day, parse_sign

HEADERS = (
    "交易日期,收入,支出,余额,摘要",
    "日期,金额,借贷标志,余额,对方户名",
    "记账日期,货币,交易金额,联机余额,交易摘要,对手信息",
    "交易日,记账日,交易摘要,人民币金额,卡号末四位,交易地金额",
    "Date,Amount,Balance,Currency,Memo",
)
cells = st.one_of(
    st.text(alphabet="0123456789-/.,:年月日¥贷借 xX*", max_size=14),
    st.dates().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.text(alphabet=st.characters(codec="gb18030"), max_size=8),
)
tables = st.tuples(st.sampled_from(HEADERS), st.lists(st.lists(cells, max_size=7), max_size=6))


def outcome(data: bytes) -> str:
    """Reads and checks; the reason when refused. Any other exception is a failure."""
    try:
        statements = read_statement(data)
    except UnreadableStatement as error:
        return error.reason_code
    codes = {statement.check().code for statement in statements}
    return "read" if codes <= {"balanced", "mismatch", "unknown"} else "odd"


@given(tables, st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_table_is_read_or_refused(table, encoding):
    header, rows = table
    lines = [header, *(",".join(f'"{c.replace(chr(34), "")}"' for c in row) for row in rows)]
    assert outcome("\n".join(lines).encode(encoding)) in {"read", *REASON_CODES}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    assert outcome(data) in {"read", *REASON_CODES}


@given(st.decimals(-(10**12), 10**12, places=2))
def test_amounts_survive_the_ways_they_are_written(amount):
    for text in (f"{amount:,.2f}", f"¥{amount}", f" {amount} 元 ", f"CNY {amount}"):
        assert parse_amount(text) == amount


@given(st.dates(date(1901, 1, 1), date(2999, 12, 31)))
def test_days_survive_the_ways_they_are_written(day):
    ways = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 10:11:12", "%Y%m%d101112")
    for way in ways:
        assert parse_day(day.strftime(way)) == day
    assert parse_day(day.strftime("%d/%m/%Y"), is_day_first=True) == day
    assert parse_day(day.strftime("%d %B %Y")) == day


@pytest.mark.parametrize("text", [None, "", "-", "--", "/", "　", "无"])
def test_marks_for_nothing_are_no_amount(text):
    assert parse_amount(text) is None


@pytest.mark.parametrize("text", ["1.2.3", "12a", "一百", "1e5", "xx,yyyy.zz", "1-2"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("(1,234.50)", "-1234.50"), ("1.234,50", "1234.50"), ("−5", "-5"), ("５．００", "5.00")],
)
def test_other_ways_to_write_amounts(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "sign"),
    [("贷", 1), ("借", -1), ("贷 Cr", 1), ("借方(D)", -1), ("收入", 1), ("支", -1), ("转账", None)],
)
def test_signs(text, sign):
    assert parse_sign(text) == sign


@pytest.mark.parametrize(
    ("text", "code"),
    [("人民币", "CNY"), ("人民币元", "CNY"), ("RMB", "CNY"), ("USD 美元", "USD"), ("港币", "HKD")],
)
def test_currencies(text, code):
    assert parse_currency(text) == code

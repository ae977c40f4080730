from datetime import date
from decimal import Decimal

import pytest

from payments.statements import REASON_CODES, UnreadableStatement, read_statement


def amounts(text: str) -> list[Decimal]:
    (statement,) = read_statement(text.encode())
    return [line.amount for line in statement.lines]


@pytest.mark.parametrize(
    "text",
    [
        "日期,收入,支出\n2026-01-01,100.00,\n2026-01-02,,30.00\n",
        "日期,收入,支出\n2026-01-01,100.00,0.00\n2026-01-02,0.00,30.00\n",
        "日期,收入,支出\n2026-01-01,100.00,-\n2026-01-02,-,-30.00\n",
        "日期,贷方发生额/元(收入),借方发生额/元(支取)\n20260101,100.00,\n20260102,,30.00\n",
        "日期,金额\n2026-01-01,100.00\n2026-01-02,-30.00\n",
        "日期,金额,借贷标志\n2026/1/1,100.00,贷\n2026/1/2,30.00,借\n",
        "日期,金额（元）,收/支\n2026年1月1日,¥100.00,收入\n2026年1月2日,¥30.00,支出\n",
        "日期,金额,收/支\n2026-01-01,100.00,收入\n2026-01-02,-30.00,支出\n",
        "交易日期,发生额,交易类型\n2026-01-01,100.00,转入\n2026-01-02,30.00,转出\n",
        "Date;Amount;Description\n2026-01-01;100,00;in\n2026-01-02;-30,00;out\n",
        "Date,Description,Debit,Credit\n31/12/2025,a,,100\n01/02/2026,b,30,\n",
        "日期,金额\n２０２６-０１-０１,１００．００\n2026-01-02,(30.00)\n",
        "日期,金额\n2026-01-01,+100.00\n2026-01-02,30.00-\n",
    ],
)
def test_every_way_to_write_a_sign_gives_the_same_amounts(text):
    assert amounts(text) == [Decimal(100), Decimal(-30)]


@pytest.mark.parametrize(
    "text",
    [
        "记账日期,记账时间,币别,金额,余额,交易名称,渠道,网点名称,附言,对方账户名,对方卡号/账号,"
        "对方开户行,借记卡号\n"
        "2026-01-05,10:00:00,人民币,100.00,600.00,网上转账,网银,,货款,甲公司,62220001111,,1234\n",
        "记账日,交易日期,交易时间,支出,收入,账户余额,币种,摘要,对方账号,对方户名,交易地点\n"
        "20260105,20260105,10:00:00,0.00,100.00,600.00,人民币元,货款,62220001111,甲公司,\n",
        "交易日期,交易时间,交易摘要,交易金额,本次余额,对手信息,日志号,交易渠道,交易附言\n"
        "20260105,100000,转账,+100.00,600.00,甲公司62220001111,88,网银,货款\n",
        "序号,交易日期,交易时间,交易类型,借贷,交易金额,余额,对方账号,对方户名,交易地点,摘要\n"
        "1,2026-01-05,10:00:00,转账,贷 Cr,100.00,600.00,62220001111,甲公司,,货款\n",
        "交易时间,借方发生额/元(支取),贷方发生额/元(收入),余额,币种,对方户名,对方账号,记账日期,摘要,"
        "账户明细编号-交易流水号\n"
        "20260105 10:00:00,0.00,100.00,600.00,人民币元,甲公司,62220001111,20260105,货款,9-1\n",
    ],
    ids=["boc", "ccb_personal", "abc", "bocom", "ccb_corporate"],
)
def test_layouts_of_other_banks_are_read_without_knowing_them(text):
    (statement,) = read_statement(text.encode("gb18030"))
    (line,) = statement.lines
    assert (line.amount, line.booking_date) == (Decimal(100), date(2026, 1, 5))
    assert line.balance == Decimal(600)
    assert (line.counterparty_name, line.counterparty_account) == ("甲公司", "62220001111")
    assert "货款" in line.memo
    assert statement.currency == "CNY"


def test_a_reversed_expense_comes_back_in():
    text = "日期,收入,支出\n2026-01-01,,50.00\n2026-01-02,,-50.00\n"
    assert amounts(text) == [Decimal(-50), Decimal(50)]


def test_the_counterparty_is_whoever_is_on_the_other_side():
    text = (
        "交易日期[ Transaction Date ],付款人名称[ Payer's Name ],收款人名称[ Payee's Name ],"
        "交易金额[ Trade Amount ],交易流水号[ Transaction reference number ]\n"
        "20260105,甲公司,同舟科技,500.00,A1\n20260106,同舟科技,乙公司,-80.00,A2\n"
    )
    (statement,) = read_statement(text.encode("gbk"))
    assert [line.counterparty_name for line in statement.lines] == ["甲公司", "乙公司"]
    assert [line.bank_id for line in statement.lines] == ["A1", "A2"]


def test_accounts_and_currencies_in_one_file_are_told_apart():
    text = (
        "账号,币种,日期,金额,对方户名\n"
        "1001,人民币,2026-01-01,5.00,甲\n1001,美元,2026-01-01,6.00,乙\n1002,CNY,2026-01-01,7.00,丙\n"
    )
    statements = read_statement(text.encode())
    assert [(s.account, s.currency, len(s.lines)) for s in statements] == [
        ("1001", "CNY", 1),
        ("1001", "USD", 1),
        ("1002", "CNY", 1),
    ]


def test_notes_totals_rulers_and_repeated_headers_are_no_movements():
    text = (
        '某某银行交易明细\n账户名称：同舟科技,账号：6222 0000 1111 2222\n"期初余额：1,000.00"\n'
        "日期,摘要,收入,支出,余额\n2026-01-01,货款,100.00,,1100.00\n-----,-----,-----,-----,-----\n"
        "日期,摘要,收入,支出,余额\n2026-01-02,房租,,30.00,1070.00\n合计,,100.00,30.00,\n"
        "以上数据仅供参考,,,,\n共2笔,,,,\n期末余额：1070.00\n"
    )
    (statement,) = read_statement(text.encode("gbk"))
    assert [line.row for line in statement.lines] == [5, 8]
    assert statement.account == "6222000011112222"
    assert statement.opening_balance == Decimal(1000)
    assert statement.closing_balance == Decimal(1070)
    assert (statement.stated_income, statement.stated_expense) == (Decimal(100), Decimal(30))
    assert statement.check().code == "balanced"


def test_a_month_without_movements_is_an_empty_statement():
    (statement,) = read_statement("账号：62220000111\n日期,金额,余额\n".encode())
    assert (statement.account, statement.lines) == ("62220000111", ())


def test_texts_that_could_be_refs_keep_their_chinese_context():
    text = "日期,金额,用途,附言,备注\n2026-01-01,5.00,HT-2031合同款,首付,HT-2031合同款\n"
    (statement,) = read_statement(text.encode())
    assert statement.lines[0].memo == "HT-2031合同款 首付"


def test_masked_balances_are_unknown_but_masked_amounts_are_refused():
    (statement,) = read_statement('日期,金额,余额\n2026-01-01,5.00,"xx,yyyy.zz"\n'.encode())
    assert statement.lines[0].balance is None
    assert statement.check().code == "unknown"
    with pytest.raises(UnreadableStatement) as refused:
        read_statement("日期,金额\n2026-01-01,***\n".encode())
    assert refused.value.reason_code == "bad_amount"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", "file", "empty"),
        ("公司,电话\n甲,1\n", "file", "unknown_layout"),
        ("日期,金额\n2026-01-01,5.00\n2026-13-01,5.00\n", "row:3", "bad_date"),
        ("日期,金额\n,5.00\n", "row:2", "bad_date"),
        ("日期,金额\n2026-01-01,五元\n", "row:2", "bad_amount"),
        ("日期,金额,摘要\n2026-01-01,,货款\n", "row:2", "no_amount"),
        ("日期,金额,借贷标志\n2026-01-01,5,？\n", "row:2", "unknown_direction"),
        ("date,amount\n03/04/2026,5\n05/04/2026,6\n", "row:2", "ambiguous_date"),
        ("%PDF-1.4 招商银行", "file", "not_a_table"),
    ],
)
def test_what_cannot_be_read_is_refused_with_place_and_reason(text, place, reason):
    with pytest.raises(UnreadableStatement) as refused:
        read_statement(text.encode())
    assert (refused.value.place, refused.value.reason_code) == (place, reason)
    assert reason in REASON_CODES


def test_month_names_and_serial_days_are_read():
    (statement,) = read_statement(b"Date,Amount,Memo\n05-Jan-2026,1,a\n46027,2,b\n")
    assert [line.booking_date for line in statement.lines] == [date(2026, 1, 5), date(2026, 1, 5)]

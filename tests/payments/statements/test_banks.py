from datetime import date
from decimal import Decimal

import pytest

from payments.statements import read_statement
from tests.payments.statements import samples


def only(data: bytes):
    (statement,) = read_statement(data)
    return statement


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_icbc_personal(encoding):
    statement = only(samples.ICBC_PERSONAL.encode(encoding))
    assert (statement.format, statement.account) == ("icbc_personal", "6222****1234")
    income, fee = statement.lines
    assert income.amount == Decimal("12000.00")
    assert income.booking_date == income.value_date == date(2026, 3, 5)
    assert income.counterparty_name == "深圳市远航电子有限公司"
    assert income.memo == "他行汇入"
    assert fee.amount == Decimal("-9.50")
    assert statement.opening_balance == Decimal("1510.00")
    assert statement.closing_balance == Decimal("13500.50")
    assert statement.check().code == "balanced"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_icbc_corporate(encoding):
    statement = only(samples.ICBC_CORPORATE.encode(encoding))
    assert (statement.format, statement.bank) == ("icbc_corporate", "ICBC")
    assert statement.account == "4000021109200123456"
    first = statement.lines[0]
    assert first.amount == Decimal("30000.00")
    assert first.booking_date == date(2026, 3, 2)
    assert first.counterparty_name == "深圳市远航电子有限公司"
    assert first.counterparty_account == "4000098765"
    assert "HT-2031合同款" in first.memo
    assert statement.lines[1].amount == Decimal("-15.50")
    assert statement.check().code == "balanced"


@pytest.mark.parametrize(
    "data",
    [
        samples.workbook(samples.CMB_CORPORATE_ROWS),
        samples.as_csv(samples.CMB_CORPORATE_ROWS).encode("gbk"),
        samples.as_csv(samples.CMB_CORPORATE_ROWS).replace('","', '"\t"').encode("utf-16"),
    ],
    ids=["xlsx", "csv", "tsv"],
)
def test_cmb_corporate(data):
    statement = only(data)
    assert statement.format == "cmb_corporate"
    assert statement.account == "755912345610802"
    assert statement.account_name == "深圳市同舟科技有限公司"
    first, fee = statement.lines
    assert first.counterparty_name == "北京中科远景信息技术有限公司"
    assert first.counterparty_account == "110901234"
    assert (first.bank_id, first.reference) == ("G0001200000012", "C0001")
    assert first.memo == "合同HT-2032首付款"
    assert (fee.booking_date, fee.value_date) == (date(2026, 3, 6), date(2026, 3, 7))
    assert [line.amount for line in statement.lines] == [Decimal("58000.00"), Decimal("-25.00")]
    assert statement.check().code == "balanced"


def test_cmb_personal_web_download():
    statement = only(samples.CMB_PERSONAL_WEB.encode("gbk"))
    assert (statement.format, statement.account) == ("cmb_personal_web", "6214********4321")
    assert statement.currency == "CNY"
    assert [line.amount for line in statement.lines] == [Decimal("500.00"), Decimal("-200.00")]
    assert statement.lines[0].booking_date == date(2026, 3, 2)
    assert statement.check().code == "balanced"


def test_cmb_personal_parts_name_and_account():
    statement = only(samples.CMB_PERSONAL.encode())
    assert statement.format == "cmb_personal"
    company, person = statement.lines
    assert company.counterparty_name == "远航电子有限公司"
    assert company.counterparty_account == "7559100012345"
    assert (person.counterparty_name, person.counterparty_account) == ("张三", "66666666666666")
    assert statement.check().code == "balanced"


def test_cmb_card_days_get_the_year_of_the_bill():
    statement = only(samples.CMB_CARD.encode("gbk"))
    repaid, spent = statement.lines
    assert (repaid.booking_date, repaid.amount) == (date(2025, 12, 29), Decimal("1000.00"))
    assert (spent.value_date, spent.booking_date) == (date(2026, 1, 2), date(2026, 1, 3))
    assert spent.amount == Decimal("-56.78")

"""E-mail addresses, domains, credit codes and WeChat ids in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from leads.identity import (
    email_domain,
    normalise_credit_code,
    normalise_email,
    normalise_wechat,
    site_domain,
)
from leads.identity.contacts import organisation_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Zhang.San@HuaXin.com.cn ", "zhang.san@huaxin.com.cn"),
        ("ｚｈａｎｇ＠ｑｑ．ｃｏｍ", "zhang@qq.com"),
        ("mailto:a@b.cn", "a@b.cn"),
        ("<a@b.cn>", "a@b.cn"),
        ("张三 <Zhang.San@huaxin.cn>", "zhang.san@huaxin.cn"),
        ('"Zhang, San" <zhang.san@huaxin.cn>;', "zhang.san@huaxin.cn"),
        ("(a@b.cn)", "a@b.cn"),
        ("a@b.cn.", "a@b.cn"),
        ("mailto:a@b.cn?subject=hello", "a@b.cn"),
        ("zhang@huaxin。cn", "zhang@huaxin.cn"),
        ("\u200bzhang@163.com\u200b", "zhang@163.com"),
        ("zhang.san+crm@huaxin.cn", "zhang.san+crm@huaxin.cn"),
        ("zhang@公司.中国", "zhang@公司.中国"),
        ("zhang@xn--55qx5d.cn", "zhang@xn--55qx5d.cn"),
        ("zhang..san@huaxin.cn", None),
        ("zhang\x00san@huaxin.cn", None),
        ("\ud800zhang@huaxin.cn", None),
        ("a@" + "b." * 5000 + "cn", None),
        ("zhang@qq", None),
        ("张三", None),
        ("a@b.cn c@d.cn", None),
        ("", None),
    ],
)
def test_email(text: str, email: str | None) -> None:
    assert normalise_email(text) == email


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("a@mail.huaxin.com.cn", "huaxin.com.cn"),
        ("https://www.huaxin.cn/about?x=1", "huaxin.cn"),
        ("HuaXin.com", "huaxin.com"),
        ("www.a.com/", "a.com"),
        ("HTTP://WWW.A.CO.UK:8080/", "a.co.uk"),
        ("huaxin.sh.cn", "huaxin.sh.cn"),
        ("www.huaxin.zj.cn", "huaxin.zj.cn"),
        ("http://gxj.pudong.sh.gov.cn", "pudong.sh.gov.cn"),
        ("www.mofcom.gov.cn", "mofcom.gov.cn"),
        ("huaxin.com.tw", "huaxin.com.tw"),
        ("shop123.taobao.com", None),
        ("a@vip.sina.com", None),
        ("a@yahoo.com.hk", None),
        ("a@t-online.de", None),
        ("a@hinet.net", None),
        ("a@qq.com", None),
        ("a@163.com", None),
        ("192.168.1.1", None),
        ("没有", None),
        ("", None),
    ],
)
def test_email_domain(text: str, domain: str | None) -> None:
    assert email_domain(text) == domain


def test_a_site_on_a_free_host_still_has_a_domain() -> None:
    assert site_domain("http://shop.qq.com") == "qq.com"


def test_credit_code_is_tidied() -> None:
    assert normalise_credit_code(" 91110000600037341l ") == "91110000600037341L"
    assert normalise_credit_code("91110000-600037341L") == "91110000600037341L"


@pytest.mark.parametrize(
    "text",
    ["9111OOOO600037341L", "9IIIOOOO6OOO3734IL", "信用代码：91110000600037341L",
     "91110000600037341L(1-1)",
     "９１１１００００６０００３７３４１Ｌ"],
)  # fmt: skip
def test_letters_that_no_credit_code_has_are_digits(text: str) -> None:
    assert normalise_credit_code(text) == "91110000600037341L"


@pytest.mark.parametrize("text", ["", "91110000600037341M", "9111000060003734", "无"])
def test_credit_code_with_a_wrong_check_digit_is_none(text: str) -> None:
    assert normalise_credit_code(text) is None


@given(
    st.builds(
        "{}{}{}".format,
        st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=2, max_size=2),
        st.text("0123456789", min_size=6, max_size=6),
        st.text(ALPHABET, min_size=10, max_size=10),
    )
)
def test_credit_code_agrees_with_stdnum(text: str) -> None:
    if len(set(text)) == 1:  # stands for a code that nobody knows
        assert normalise_credit_code(text) is None
        return
    try:
        uscc.validate(text)
    except uscc.InvalidChecksum:
        assert normalise_credit_code(text) is None
    except uscc.ValidationError:
        pass  # stdnum knows more about the first two characters
    else:
        assert normalise_credit_code(text) == text


@pytest.mark.parametrize("text", ["110108000000016", " 110108 000000016 "])
def test_an_old_registration_number(text: str) -> None:
    assert normalise_credit_code(text) == "110108000000016"
    assert normalise_credit_code("110108000000017") is None


@pytest.mark.parametrize(
    "text", ["60003734-1", "600037341", " 组织机构代码：60003734-1", "６０００３７３４１"]
)
def test_an_organisation_code(text: str) -> None:
    assert normalise_credit_code(text) == "600037341"


@pytest.mark.parametrize("text", ["60003734-2", "60003734X", "6000373-1", "SALESTEAM", "123456789"])
def test_what_is_no_organisation_code(text: str) -> None:
    assert normalise_credit_code(text) is None


def test_letters_and_the_check_digit_x_of_organisation_codes() -> None:
    assert normalise_credit_code("m000100y-4") == "M000100Y4"
    assert normalise_credit_code("D2143569-X") == "D2143569X"


def test_an_organisation_code_is_part_of_the_credit_code() -> None:
    assert organisation_code("91110000600037341L") == organisation_code("600037341") == "600037341"
    assert organisation_code("110108000000016") == ""


def test_a_market_place_is_no_domain_of_a_firm() -> None:
    assert email_domain("https://shop123.taobao.com") is None


def test_wechat() -> None:
    assert normalise_wechat("Zhang_San88") == "zhang_san88"
    assert normalise_wechat("张三") is None

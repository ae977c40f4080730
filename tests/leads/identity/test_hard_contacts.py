"""People, doors and addresses of mail as they are really typed."""

import pytest

from leads.identity import Identity, compare, normalise_email, normalise_wechat, site_domain
from leads.identity.addresses import compare_addresses
from leads.identity.contacts import normalise_emails
from leads.identity.mail_evidence import alike_addresses
from leads.identity.persons import compare_persons
from leads.identity.phones import normalise_phones
from leads.identity.profiles import profile_of


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉", "alike"),
        ("买买提·艾力", "买买提艾力", "equal"),
        ("小王", "王伟", "open"),
        ("老李", "李建国", "open"),
        ("小王", "李伟", "different"),
        ("王伟先生", "王伟女士", "different"),
        ("陈小姐", "陈先生", "different"),
        ("张伟/李娜", "张伟", "equal"),
        ("张伟 13800138000", "张伟", "equal"),
        ("Jack Ma", "马云", "open"),
        ("Richard Liu", "刘强东", "open"),
        ("Wei Liu", "刘强东", "different"),
        ("Wang Xiaoming", "Xiao-Ming Wang", "equal"),
        ("Wang Xiaoming", "Wang Xiaoli", "different"),
    ],
)
def test_people(left: str, right: str, likeness: str) -> None:
    one, other = (profile_of(Identity(person=name)).person for name in (left, right))
    assert compare_persons(one, other) == compare_persons(other, one) == likeness


@pytest.mark.parametrize(
    ("left", "right", "nearness"),
    [
        ("杭州市西湖区文三路一百号", "杭州市西湖区文三路100号", "number"),
        ("杭州市西湖区文三路一百零二号", "杭州市西湖区文三路100号", ""),
        ("杭州市文三路与学院路交叉口", "杭州市西湖区学院路文三路口", "street"),
        ("杭州市文三路与学院路交叉口", "杭州市文三路与教工路交叉口", ""),
        ("河南省固始县陈淋子镇红花村三组", "固始县陈淋子镇红花村3组", "street"),
        ("河南省固始县陈淋子镇红花村三组", "固始县陈淋子镇红花村五组", ""),
        ("固始县陈淋子镇红花村三组12号", "固始县陈淋子镇红花村3组12号", "number"),
        ("固始县陈淋子镇红花村三组12号", "固始县陈淋子镇红花村3组13号", ""),
        ("北京市朝阳区建国路93号院10号楼3单元2501", "建国路93号院10号楼2单元2501", "building"),
        ("上海市徐汇区漕溪北路398号18楼", "上海徐汇漕溪北路398号19楼", "building"),
        ("上海市徐汇区漕溪北路398号汇智大厦18楼", "上海徐汇漕溪北路398号18F", "number"),
        ("成都市天府大道北段1700号", "成都市天府大道南段1700号", ""),
        ("南京市鼓楼区中山路18号-1", "南京市鼓楼区中山路18-1号", "number"),
        ("公司地址：上海市浦东新区张江路88号", "上海市浦东新区张江路88号", "number"),
        ("398 Caoxi North Road, Xuhui, Shanghai", "上海市徐汇区漕溪北路398号", "number"),
        ("398 Caoxi South Road, Shanghai", "上海市徐汇区漕溪北路398号", ""),
        ("100 Wensan Rd, Hangzhou", "杭州市文三路102号", ""),
        ("100 Wensan Rd, Suzhou", "杭州市文三路100号", ""),
        ("Musterstraße 12, 80331 München", "Musterstr. 12, 80331 Munchen", "room"),
    ],
)
def test_doors(left: str, right: str, nearness: str) -> None:
    assert compare_addresses(left, right) == compare_addresses(right, left) == nearness


@pytest.mark.parametrize(
    "text",
    [
        "zhang.san @ huaxin.cn",
        "邮箱：zhang.san@huaxin.cn",
        "E-mail: zhang.san@huaxin.cn",
        "'zhang.san@huaxin.cn'",
        "zhang.san＠huaxin.cn（常用）",
    ],
)
def test_mail_as_typed(text: str) -> None:
    assert normalise_email(text) == "zhang.san@huaxin.cn"


def test_several_addresses_in_a_cell() -> None:
    assert normalise_emails("a.li@huaxin.cn；b.li@huaxin.cn") == (
        "a.li@huaxin.cn",
        "b.li@huaxin.cn",
    )


def test_hosts_that_differ_by_a_number_are_two_firms() -> None:
    assert alike_addresses(["zhang.san@huaxin115.com"], ["zhang.san@huaxin119.cn"]) is None
    assert alike_addresses(["zhang.san@huaxin.com"], ["zhang.san@huaxim.com"])
    left = Identity(company="上海华信科技有限公司", emails=("zhang.san@huaxin115.com",))
    right = Identity(company="北京大江贸易有限公司", emails=("zhang.san@huaxin119.cn",))
    assert compare(left, right).verdict == "different"


@pytest.mark.parametrize(
    ("host", "other", "is_slip"),
    [
        ("roberson.com", "ro6berson.com", True),
        ("huaxin.com", "hua4xin.com", True),
        ("huaxin.com", "huaxin2.com", False),
        ("huaxin.com", "2huaxin.com", False),
        ("hua3xin.com", "hua4xin.com", False),
        ("huaxin.com", "hua12xin.com", False),
    ],
)
def test_a_digit_within_a_host_that_tells_none_is_a_slip(
    host: str, other: str, *, is_slip: bool
) -> None:
    left, right = [f"j.lee86@{host}"], [f"j.lee86@{other}"]
    assert bool(alike_addresses(left, right)) == is_slip
    assert bool(alike_addresses(right, left)) == is_slip


def test_labelled_phones() -> None:
    found = normalise_phones("电话：021-62508888 手机：13800138000")
    assert found == ("+862162508888", "+8613800138000")


@pytest.mark.parametrize(
    "text", ["网址：www.huaxin.cn", "http//www.huaxin.cn", "http:\\\\huaxin.cn"]
)
def test_sites_as_typed(text: str) -> None:
    assert site_domain(text) == "huaxin.cn"


def test_a_site_in_chinese_has_one_spelling() -> None:
    assert (
        site_domain("http://xn--fiq228c.xn--fiqs8s/x")
        == site_domain("www.中文.中国")
        == "中文.中国"
    )


@pytest.mark.parametrize("text", ["VX：ZhangSan88", "微信号 zhangsan88"])
def test_wechat_as_typed(text: str) -> None:
    assert normalise_wechat(text) == "zhangsan88"


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("1.3905017788E+10", {"+8613905017788"}),  # as Excel shows a long number
        ("1.39E+10", set()),  # and when it has lost the rest
        ("l39O5017788", {"+8613905017788"}),  # as a scanner reads it
        ("139 0501 7788 137 0501 7788", {"+8613905017788", "+8613705017788"}),
        ("0571-87654321/22", {"+8657187654321", "+8657187654322"}),
    ],
)
def test_phones_as_programs_and_scanners_leave_them(cell: str, phones: set[str]) -> None:
    assert profile_of(Identity(phones=(cell,))).phones == phones


def test_one_mailbox_under_several_addresses() -> None:
    fair = Identity(emails=("lin.hai+fair@gmail.com",))
    assert compare(fair, Identity(emails=("linhai@googlemail.com",))).verdict == "probable"
    assert compare(fair, Identity(emails=("lin.hai@163.com",))).verdict == "different"


def test_a_mobile_before_the_at_is_a_phone() -> None:
    profile = profile_of(Identity(emails=("13905017788@163.com", "13905017789@huaxin.cn")))
    assert profile.phones == {"+8613905017788"}

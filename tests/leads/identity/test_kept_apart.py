"""Clients that were called the same and are two, and names that name nobody."""

import pytest

from bench.identity_judged import is_read
from leads.identity import (
    Identity,
    compare,
    compare_company_names,
    find_duplicates,
    normalise_credit_code,
    parse_company_name,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("昆山市玉山镇李记五金店", "昆山市周市镇李记五金店"),
        ("北京市昌平区沙河镇悦尔美容院", "北京市昌平区回龙观镇悦尔美容院"),
        ("西北大学", "西北工业大学"),
        ("临江职业技术学院", "临江工业职业技术学院"),
        ("中国人民大学", "中国人民公安大学"),
        ("临江市小天使幼儿园（城东分园）", "临江市小天使幼儿园（城西分园）"),
        ("临江市第一中学（城东校区）", "临江市第一中学（城西校区）"),
        ("临江万悦城房地产开发有限公司", "临江万悦府房地产开发有限公司"),
    ],
)
def test_two_clients_are_different(left: str, right: str) -> None:
    assert compare_company_names(left, right).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("东莞市虎门镇恒泰电子有限公司", "东莞市长安镇恒泰电子有限公司", "probable"),
        ("昆山市玉山镇李记五金店", "昆山玉山李记五金店", "same"),
        ("江苏省昆山市玉山镇李记五金店", "昆山市李记五金店", "same"),
        ("临江市环境保护局", "临江市生态环境局", "probable"),
        ("清河市环境保护局", "临江市生态环境局", "different"),
        ("临江市物流行业协会", "临江物流行业协会", "same"),
        ("星辉（新加坡）私人有限公司", "新加坡星辉私人有限公司", "probable"),
        ("天津钅帛程国际货运代理有限公司", "天津锦程国际货运代理有限公司", "same"),
    ],
)
def test_one_client_is_found(left: str, right: str, verdict: str) -> None:
    assert compare_company_names(left, right).verdict == verdict


@pytest.mark.parametrize(
    "name", ["无", "暂无", "个人", "待补充", "N/A", "null", "（无）", " 未知 "]
)
def test_a_stand_in_names_nobody(name: str) -> None:
    assert parse_company_name(name).text == ""
    ours, theirs = (
        Identity(1, company=name, person="赵敏"),
        Identity(2, company=name, person="孙立"),
    )
    assert compare(ours, theirs).verdict == "different"
    assert list(find_duplicates([ours, theirs])) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Qingdao Haichuan Tyre Co., Ltd.", "青岛海川轮胎有限公司"),
        ("Dalian Ruixing Bearing Co., Ltd.", "大连瑞兴轴承有限公司"),
        ("Wuxi Hengtong Zhilian Valve Co., Ltd.", "无锡恒通智联阀门有限公司"),
        ("Foshan Nanhai Lixin Ceramics Co., Ltd.", "佛山市南海区立新陶瓷有限公司"),
        ("Yantai Blue Sky Chemical Co., Ltd.", "烟台蓝天化工有限公司"),
        ("Jiaxing Sunshine Textile Co., Ltd.", "嘉兴阳光纺织有限公司"),
        ("Michelin Tire Trading", "米其林轮胎贸易"),
        ("508建筑安装公司", "五〇八建筑安装公司"),
        ("惠州市三院", "惠州市第三人民医院"),
        ("南通七中", "江苏省南通市第七中学校"),
        ("德州二小", "德州市第2小学"),
    ],
)
def test_a_name_written_quite_otherwise_finds_its_firm(left: str, right: str) -> None:
    assert is_read(Identity(company=left), Identity(company=right))
    assert is_read(Identity(company=right), Identity(company=left))
    assert len(list(find_duplicates([Identity(1, company=left), Identity(2, company=right)]))) == 1


def test_a_code_of_one_figure_is_nobodys() -> None:
    assert normalise_credit_code("0" * 18) is None
    assert normalise_credit_code("1" * 18) is None


@pytest.mark.parametrize("phone", ["13800000000", "138-8888-8888", "13800000000/13900000000"])
def test_a_phone_of_one_figure_is_nobodys(phone: str) -> None:
    ours = Identity(1, company="临江拓海软件有限公司", phones=(phone,))
    theirs = Identity(2, company="清河远帆餐饮有限公司", phones=(phone,))
    assert compare(ours, theirs).verdict == "different"
    assert list(find_duplicates([ours, theirs])) == []


def test_a_mailbox_typed_in_its_script_or_not() -> None:
    one = Identity(1, emails=("zhaomin@流明.中国",))
    other = Identity(2, emails=("zhaomin@xn--2hv23n.xn--fiqs8s",))
    assert compare(one, other).verdict == "same"
    assert len(list(find_duplicates([one, other]))) == 1

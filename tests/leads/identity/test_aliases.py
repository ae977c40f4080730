"""Well-known firms under several names: the shipped list says each name once."""

from collections import Counter
from pathlib import Path

import pytest

from leads.identity import aliases, compare_company_names, parse_company_name
from leads.identity.text import has_chinese

LISTED = [
    line.split(" = ")
    for line in (Path(aliases.__file__).with_name("data") / "aliases.txt")
    .read_text("utf-8")
    .splitlines()
    if line and not line.startswith("#")
]


def test_one_spelling_never_stands_for_two_firms() -> None:
    lines = Counter(
        key
        for line in LISTED
        for key in {aliases.alias_keys(parse_company_name(name))[0] for name in line}
    )
    assert [key for key, count in lines.items() if count > 1] == []


def test_every_firm_has_two_names_and_a_chinese_one() -> None:
    assert [line for line in LISTED if len(line) < 2 or not any(map(has_chinese, line))] == []
    assert len(LISTED) > 4_500


def test_no_known_firm_is_overlooked_for_its_first_characters() -> None:
    for name in {name for line in LISTED for name in line}:
        parsed = parse_company_name(name)
        assert bool(aliases.firm_labels(parsed)) == bool(aliases.known_firms(parsed)[0]), name


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hapag-Lloyd AG", "赫伯罗特船务（中国）有限公司"),
        ("The Allstate Corporation", "好事达保险公司"),
        ("Mediterranean Shipping Company S.A.", "地中海航运"),
        ("TSMC", "台積電"),
        ("台灣積體電路製造股份有限公司", "台积电"),
        ("Mitsui O.S.K. Lines, Ltd.", "商船三井"),
        ("University of Hong Kong", "香港大学"),
        ("City University of Hong Kong", "香港城市大学"),
        ("Dr. Reddy's Laboratories", "瑞迪博士"),
        ("Müller & Söhne GmbH", "Muller & Sohne"),
    ],
)
def test_one_firm_under_two_names(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict != "different"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("American Airlines", "美国联合航空公司"),
        ("PetroChina", "中国石油大学"),
        ("Heidelberg Druckmaschinen", "海德堡大学"),
        ("City University of Hong Kong", "香港大学"),
        ("Volkswagen", "大众超市"),
        ("Shanghai Stock Exchange", "深圳证券交易所"),
        ("China Railway Group", "中国国家铁路集团有限公司"),
    ],
)
def test_known_firms_that_sound_like_one(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict == "different"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Warsaw Steel", "华沙钢铁集团"),
        ("Royal Jakarta Brewery Ltd", "雅加达皇家啤酒有限公司"),
        ("Lisbon Water", "里斯本水务"),
        ("New Delhi Petroleum Corp.", "新德里石油公司"),
        ("Montebello Hotels", "蒙特贝罗酒店管理有限公司"),
        ("Dolomiti Cement S.p.A.", "多洛米蒂水泥"),
        ("Marastoni", "马拉斯托尼"),
        ("Kristiansen Chemical", "克里斯蒂安森化工"),
        ("Balmont University", "巴尔蒙特大学"),
    ],
)
def test_unlisted_names_by_word_and_by_ear(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict == "probable"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Warsaw Steel", "华沙水务集团"),
        ("Boston Bank", "波士顿啤酒"),
        ("Marastoni", "马克斯韦尔"),
        ("Kristiansen Chemical", "上海克里化工"),
        ("General Insurance", "通用汽车"),
        ("National Bank", "国家电网"),
        ("Lumina", "露易莎"),
        ("C𐒰", "上海字节跳动科技有限公司"),
    ],
)
def test_other_names_by_word_and_by_ear(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict == "different"

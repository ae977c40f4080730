"""One firm in two languages: by word, by number and by ear, with the parts of its place."""

import pytest

from leads.identity import compare_company_names


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Wuxi Silver Swan Textile Co", "无锡银天鹅纺织有限公司"),
        ("Hefei No. 3 Middle School", "合肥市第三中学"),
        ("Hangzhou Yuhang Shengda Furniture Co", "杭州市余杭区盛达家具有限公司"),
        ("Dalian White Lighthouse Catering", "大连白灯塔餐饮有限公司"),
        ("Suzhou Lange Mould Co., Ltd.", "苏州朗格模具有限公司"),
    ],
)
def test_one_firm_in_two_languages_is_asked_about(english: str, chinese: str) -> None:
    assert compare_company_names(english, chinese).verdict == "probable"
    assert compare_company_names(chinese, english).verdict == "probable"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Wuxi Silver Swan Textile Co", "无锡金天鹅纺织有限公司"),
        ("Hefei No. 3 Middle School", "合肥市第五中学"),
        ("Hangzhou Yuhang Shengda Furniture Co", "杭州市余杭区盛源家具有限公司"),
        ("Suzhou Lange Mould Co., Ltd.", "苏州兰卡模具有限公司"),
    ],
)
def test_two_firms_in_two_languages_are_two(english: str, chinese: str) -> None:
    assert compare_company_names(english, chinese).verdict == "different"

"""What a glance at the place leaves alone, the comparison calls another firm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity import compare_company_names, parse_company_name
from leads.identity.elsewhere import is_elsewhere

PLACES = (
    "",
    "上海",
    "浙江省杭州市",
    "宁波",
    "中国",
    "北京朝阳",
    "朝阳",
    "吉林",
    "福建永安",
    "苏州昆山",
)
BRANDS = ("华信", "华信源", "东方盛虹", "东方盛红", "吉林森工", "永安", "上海", "朝阳")
TRADES = ("", "科技", "贸易", "林业", "银行")
FORMS = (
    "有限公司",
    "",
    "集团有限公司",
    "（上海）有限公司",
    "有限公司北京分公司",
    "厂",
    "（原上海大江科技有限公司）",
)
names = st.builds("{}{}{}{}".format, *map(st.sampled_from, (PLACES, BRANDS, TRADES, FORMS)))


@settings(max_examples=500, deadline=None)
@given(names, names)
def test_who_is_elsewhere_is_another_firm(asked: str, known: str) -> None:
    if is_elsewhere(parse_company_name(asked), known):
        assert compare_company_names(asked, known).verdict == "different"


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("上海华信科技有限公司", "北京华信科技有限公司"),
        ("上海华信", "浙江省杭州市华信科技有限公司"),
        ("上海东方盛虹科技有限公司", "北京东方盛红科技有限公司"),
    ],
)
def test_other_provinces_are_elsewhere(asked: str, known: str) -> None:
    assert is_elsewhere(parse_company_name(asked), known)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("华信科技有限公司", "北京华信科技有限公司"),
        ("中国华信科技有限公司", "北京华信科技有限公司"),
        ("上海华信科技有限公司", "华信科技有限公司"),
        ("上海东方盛虹科技有限公司", "北京东方盛虹科技有限公司"),  # a rare brand may have moved
        ("上海华信科技有限公司", "北京华信科技（上海）有限公司"),
        ("北京朝阳华信科技有限公司", "朝阳华信科技有限公司"),
        ("上海大同科技有限公司", "大同集团有限公司"),  # here the town is the brand
        ("上海华信科技有限公司", "北京有限公司上海华信科技"),
    ],
)
def test_what_may_be_here_is_looked_at(asked: str, known: str) -> None:
    assert not is_elsewhere(parse_company_name(asked), known)

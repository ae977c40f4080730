"""Whom a look at the trades leaves alone, the comparison calls another firm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity import Identity, compare
from leads.identity.other_trades import are_of_other_trades
from leads.identity.profiles import profile_of

PLACES = ("", "上海", "浙江省杭州市", "中国", "北京朝阳")
BRANDS = ("华信", "华鑫", "花心", "东方盛虹", "东方盛宏", "大江", "人民", "第一", "Huaxin", "IBM")
TRADES = ("", "科技", "技术", "信息技术", "食品", "化工", "实业", "汽配", "科木", "Trading")
FORMS = (
    "有限公司",
    "",
    "集团有限公司",
    "厂",
    "医院",
    "有限公司北京分公司",
    "（原上海大江科技有限公司）",
    " Co., Ltd.",
)
names = st.builds("{}{}{}{}".format, *map(st.sampled_from, (PLACES, BRANDS, TRADES, FORMS)))
aliases = st.one_of(st.just(()), st.tuples(names))
records = st.builds(Identity, company=names, region=st.sampled_from(("", "上海")), aliases=aliases)


def is_left_alone(asked: Identity, known: Identity) -> bool:
    return are_of_other_trades(profile_of(asked), profile_of(known))


@settings(max_examples=800, deadline=None)
@given(records, records)
def test_who_is_of_another_trade_is_another_firm(asked: Identity, known: Identity) -> None:
    if is_left_alone(asked, known):
        assert compare(asked, known).verdict == "different"


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("上海华信食品有限公司", "上海华信化工有限公司"),
        ("华信食品有限公司", "广州华鑫化工有限公司"),  # one that sounds so
        ("上海东方盛虹食品有限公司", "北京东方盛虹化工有限公司"),
        ("华信食品", "北京有限公司华信化工"),
    ],
)
def test_two_trades_are_two_firms(asked: str, known: str) -> None:
    assert is_left_alone(Identity(company=asked), Identity(company=known))


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("上海华信食品有限公司", "上海华信有限公司"),
        ("上海华信食品有限公司", "上海华信实业有限公司"),  # says nothing
        ("上海华信食品有限公司", "上海华信饮料有限公司"),  # of one kind
        ("上海华信汽配有限公司", "上海华信汽车配件有限公司"),
        ("上海华信煤机有限公司", "上海华信煤矿有限公司"),  # a slip in a word that nobody listed
        ("上海华信食品有限公司", "上海大江化工有限公司"),  # compared: what else is there to say
        ("上海华信食品有限公司", "上海华信化工有限公司（原上海华信食品有限公司）"),
    ],
)
def test_what_may_be_one_trade_is_compared(asked: str, known: str) -> None:
    assert not is_left_alone(Identity(company=asked), Identity(company=known))


def test_a_record_is_left_alone_for_all_its_names() -> None:
    asked = Identity(company="上海华信食品有限公司")
    known = Identity(company="上海华信化工有限公司", aliases=("上海华信物流有限公司",))
    assert is_left_alone(asked, known)
    assert not is_left_alone(asked, known._replace(aliases=("华信",)))

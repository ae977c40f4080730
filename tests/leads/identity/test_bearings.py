"""What is ruled out before a comparison is nothing that the comparison would find."""

from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity import CompanyName, Identity, bearings, compare, parse_company_name
from leads.identity.bearings import Bearings, Trades, aspects_of
from leads.identity.filing import Filing
from leads.identity.names import compare_parsed, trade_factor
from leads.identity.packing import pack_records, saying_more
from leads.identity.plain import dumps, loads
from leads.identity.shapes import Shapes

PLACES = (
    "", "上海", "上海浦东新区", "浙江", "杭州", "宁波", "中国", "深圳南山区", "深圳福田区",
    "安徽金寨县",
)  # fmt: skip
BRANDS = (
    "华信", "华鑫", "花信", "浙商", "浙尚", "第三", "第叁", "中科蓝天", "中科兰天", "浦东发展",
    "发南", "范安", "西门子", "汽车", "Huaxin", "西安", "金寨大别山", "大别山", "华为", "中科蓝",
    "中科兰色天", "中蓝科天", "中科", "科蓝天", "华信诺", "杭州华信", "华蓝", "华篮",
    "UNI优耐", "优耐",
)  # fmt: skip
TRADES = ("", "科技", "软件", "建设工程", "建筑", "软体", "科木", "科技软件")
ENDS = ("有限公司", "", "集团有限公司", "厂", "学院", "有限公司上海分公司", "北京分公司", "商行")
NAMES = tuple(map("".join, product(PLACES, BRANDS, TRADES, ENDS)))
RECORDS = st.builds(
    Identity,
    company=st.sampled_from(NAMES),
    person=st.sampled_from(["", "", "欧阳娜娜", "王伟"]),
    emails=st.sampled_from([(), (), ("li@huaxin.cn",), ("a@qq.com",)]),
    website=st.sampled_from(["", "", "www.huaxin.cn"]),
    address=st.sampled_from(["", "", "上海市南京路100号3楼302室"]),
    region=st.sampled_from(["", "", "浙江", "上海"]),
)


def not_apart(records: list[Identity]) -> set[tuple[int, int]]:
    """The pairs of numbers that are left for a comparison."""
    _search, *told = loads(pack_records(1, 0, records, saying_more(records)))
    _pid, shapes, _text, _sizes, columns, _keys = loads(Filing(Shapes(), *told).packed())
    bearing = Bearings(*loads(dumps((aspects_of(shapes), columns))))
    pairs = np.array(list(combinations(range(len(records)), 2)), np.intp).reshape(-1, 2)
    left, right = bearing.not_apart(pairs[:, 0], pairs[:, 1])
    return set(zip(left.tolist(), right.tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=8))
def test_whom_other_evidence_may_make_one_is_compared(records: list[Identity]) -> None:
    """Two provinces and strong keys aside: these are asked elsewhere, see `duplicates`."""
    kept = not_apart(records)
    for pair in set(combinations(range(len(records)), 2)) - kept:
        left, right = (records[at] for at in pair)
        if {*left.emails} & {*right.emails} or are_far(left, right):
            continue
        assert compare(left, right).verdict == "different", (left, right)


def are_far(left: Identity, right: Identity) -> bool:
    provinces = {parse_company_name(one.company).province for one in (left, right)}
    return len(provinces - {"", "中国"}) == 2


@pytest.mark.parametrize("table", [0, 1_000])
def test_what_brands_places_trades_and_forms_rule_out(
    table: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of each reading among themselves, and all kinds of brands."""
    monkeypatch.setattr(bearings, "_TABLE", table)
    ruled_out = 0
    for brands in (BRANDS[:3], BRANDS[3:5], BRANDS[5:7], BRANDS[7:9], BRANDS[9:]):
        names = list(map("".join, product(PLACES, brands, TRADES, ENDS)))
        names = Random(table).sample(names, 400)
        kept = not_apart([Identity(company=name) for name in names])
        parsed = list(map(parse_company_name, names))
        for left, right in set(combinations(range(len(names)), 2)) - kept:
            ruled_out += 1
            one, other = parsed[left], parsed[right]
            provinces = {one.province, other.province} - {"", "中国"}
            if len(provinces) < 2:
                assert compare_parsed(one, other).score * 0.97 < 0.65, (one.text, other.text)
    assert ruled_out > 10_000


def test_trades_that_share_nothing_are_asked_as_one() -> None:
    texts = (
        "",
        "厂",
        "店",
        "科技",
        "软件",
        "建设工程",
        "建筑",
        "汽配",
        "汽车配件",
        "科木",
        "服装",
        "服饰",
    )
    told = [(text, (text,) * bool(text), "") for text in texts]
    names = [
        CompanyName(brand="甲甲甲甲", text="甲甲甲甲", industry=text, industries=trades)
        for text, trades, _group in told
    ]
    left, right = np.divmod(np.arange(len(told) ** 2), len(told))
    asked = [trade_factor(names[one], names[other]) for one, other in zip(left, right, strict=True)]
    assert Trades(told).of(left * 2, right * 2) == pytest.approx(asked)

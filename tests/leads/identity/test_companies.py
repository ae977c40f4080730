"""Company names are taken apart whatever the order and the writing."""

from itertools import permutations

import pytest

from leads.identity import companies, lexicon, parse_company_name, places


@pytest.mark.parametrize(
    ("name", "region", "brand", "industry"),
    [
        ("上海市华信科技有限责任公司", "上海", "华信", "科技"),
        ("华信科技（杭州）有限公司", "杭州", "华信", "科技"),
        ("杭州华信科技", "杭州", "华信", "科技"),
        ("尚品优优天津科技有限公司", "天津", "尚品优优", "科技"),
        ("天津市静海县东华祥百货商店", "天津静海", "东华祥", "百货"),
        ("昆山华信科技", "昆山", "华信", "科技"),
        ("飞利浦（中国）投资有限公司", "中国", "飞利浦", "投资"),
        ("3M中国有限公司", "中国", "3m", ""),
        ("中国平安保险（集团）股份有限公司", "中国", "平安", "保险"),
        ("国药集团一致药业股份有限公司", "", "国药一致", "药业"),
        ("双利煤矿", "", "双利", "煤矿"),
        ("上海浦东发展银行", "上海", "浦东", "银行"),
        ("天津滨海华信科技有限公司", "天津滨海", "华信", "科技"),
        ("上海市松江区洞泾镇华信五金商行", "上海松江洞泾", "华信", "五金"),
        ("杭州乐丰风机有限公司", "杭州", "乐丰", "风机"),
        ("东莞高盛除油器有限公司", "东莞", "高盛", "除油器"),
        ("字节跳动", "", "字节跳动", ""),
        ("臺北華碩電腦股份有限公司", "台北", "华硕", "电脑"),
        ("Shanghai Huaxin Technology Co., Ltd.", "上海", "huaxin", "technology"),
        ("", "", "", ""),
    ],
)
def test_parts(name: str, region: str, brand: str, industry: str) -> None:
    parsed = parse_company_name(name)
    assert (parsed.region, parsed.brand, parsed.industry) == (region, brand, industry)


@pytest.mark.parametrize(
    ("name", "legal_form", "kind"),
    [
        ("上海华信科技有限公司", "有限公司", "company"),
        ("青岛融资担保中心有限公司", "中心有限公司", "company"),
        ("长荣手袋厂", "厂", "works"),
        ("乾川股权投资基金合伙企业（有限合伙）", "有限合伙合伙企业", "partnership"),
        ("Huaxin GmbH", "gmbh", "company"),
        ("字节跳动", "", ""),
    ],
)
def test_legal_form(name: str, legal_form: str, kind: str) -> None:
    parsed = parse_company_name(name)
    assert sorted(parsed.legal_form) == sorted(legal_form)
    assert parsed.form_kind == kind


@pytest.mark.parametrize(
    ("name", "brand", "branch"),
    [
        ("上海华信科技有限公司北京分公司", "华信", "北京分公司"),
        ("华信科技上海分公司", "华信", "上海分公司"),
        ("中国工商银行诸暨支行", "工商", "诸暨支行"),
        ("上海浦东发展银行股份有限公司杭州分行高新支行", "浦东", "杭州高新支行"),
        ("江西煤业集团销售运输分公司", "煤业", "销售运输分公司"),
    ],
)
def test_branch(name: str, brand: str, branch: str) -> None:
    parsed = parse_company_name(name)
    assert (parsed.brand, parsed.branch) == (brand, branch)


def test_a_trade_as_brand_is_generic() -> None:
    assert parse_company_name("上海汽车集团股份有限公司").is_generic
    assert not parse_company_name("上海华信汽车有限公司").is_generic


def test_a_city_that_is_also_a_brand_stays_the_brand() -> None:
    assert parse_company_name("平安科技有限公司").brand == "平安"
    assert parse_company_name("黄山旅游发展股份有限公司").brand == "黄山"
    assert parse_company_name("东方盛虹").brand == "东方盛虹"


def test_what_a_first_look_passes_over_is_not_there() -> None:
    """Words are sought only where some character of theirs stands: each of them has one."""
    assert not any(companies._OWN_FORM.endswith(end) for end in lexicon.BRANCH_ENDS)
    assert all(not {"行", "科"}.isdisjoint(short) for short in lexicon.SHORT_NAMES)
    assert len(places._PROVINCE_STARTS) == len(places.PROVINCES)


def test_trades_do_not_depend_on_the_two_characters_before_them() -> None:
    for name in ("新型材料科技", "德医疗器械", "生物科技发展", "食品", "村电子商务", "国贸易"):
        ends = {
            companies._split_trades(start + name)[1] for start in ("华信", "科技", "Hx", "医疗")
        }
        assert len(ends) == 1


@pytest.mark.parametrize(
    "parts",
    [
        ("上海", "华信", "科技", "有限公司"),
        ("苏州", "同光", "精密机械", "有限公司"),
        ("杭州市", "云帆达", "网络科技", "股份有限公司"),
    ],
)
def test_the_parts_are_found_in_any_order(parts: tuple[str, ...]) -> None:
    usual = parse_company_name("".join(parts))
    for order in permutations(parts):
        found = parse_company_name("".join(order))
        assert (found.brand, found.industry, found.city) == (
            usual.brand, usual.industry, usual.city,
        ), order  # fmt: skip


def test_a_brand_may_begin_with_a_trade() -> None:
    assert parse_company_name("北京汽车之家有限公司").brand == "汽车之家"

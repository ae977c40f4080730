"""Two names are one firm when the brand says so and nothing contradicts it."""

import pytest

from leads.identity import ReasonCode, compare_company_names

SAME = [
    ("上海华信科技有限公司", "上海市华信科技有限责任公司"),
    ("上海华信科技有限公司", "上海華信科技股份有限公司"),
    ("上海华信科技", "上海华信科技有限公司"),
    ("杭州华信科技", "华信科技（杭州）"),
    ("飞利浦（中国）投资有限公司", "飞利浦投资股份有限公司"),
    ("深圳市纺织集团股份有限公司", "深圳市纺织（集团）股份有限公司"),
    ("ＴＣＬ科技集团", "TCL科技集团股份有限公司"),
    ("上海第3印刷厂", "上海第三印刷厂"),
    ("上海大江科技有限公司（原上海华信科技有限公司）", "上海华信科技有限公司"),
    ("上海华信HUAXIN科技有限公司", "上海华信科技有限公司"),
    ("Siemens", "西门子"),
    ("工行", "ICBC"),
    ("兰州市商业银行", "兰州银行股份有限公司"),
    ("上海浦东华信科技有限公司", "上海华信科技有限公司"),
    ("东莞市虎门镇华信五金厂", "东莞华信五金厂"),
    ("Ningbo Junmao Netting Co., Ltd NM028-501", "Ningbo Junmao Netting Co., Ltd"),
    ("农行南宁民族支行", "中国农业银行股份有限公司南宁民族支行"),
    ("Huaxin Tech Co., Ltd", "HUAXIN TECH LTD."),
]
PROBABLE = [
    ("华信科技", "上海华信科技有限公司"),
    ("字节跳动", "北京字节跳动科技有限公司"),
    ("上海华信科技有限公司", "上海华鑫科技有限公司"),
    ("上海华信科技有限公司", "上海华信科技有限公司北京分公司"),
    ("华信", "Huaxin"),
    ("上海华信科技有限公司", "Shanghai Huaxin Technology Co., Ltd."),
    ("上海未来科技有限公司", "上海末来科技有限公司"),
    ("上海兰亭科技有限公司", "上海南亭科技有限公司"),
    ("上海大江东去科技有限公司", "上海大东江去科技有限公司"),
    ("上海华信科技有限公司", "上海华信科枝有限公司"),
    ("上海华信建筑工程有限公司", "上海华信建设工程有限公司"),
    ("上海志周合道企业管理有限公司", "杭州志周合道企业管理有限公司"),
    ("上海华信集团有限公司", "上海华信物业管理有限公司"),
    ("上海大江东去集团有限公司", "上海大江东去物业管理有限公司"),
    ("中国农业银行宁波鄞州支行", "中国农业银行股份有限公司宁波鄞州新区支行"),
    ("Suzuki Motor Corporation", "铃木公司"),
    ("Groupe Danone S.A.", "达能集团"),
    ("Amazon.com, Inc.", "亚马逊"),
    ("三菱商事株式会社", "Mitsubishi Corporation"),
    ("东航物流", "东方航空物流股份有限公司"),
    ("华信新材", "江苏华信新材料股份有限公司"),
    ("沪农商行", "上海农村商业银行股份有限公司"),
    ("西门子电机（大连）有限公司", "Siemens"),
    ("山西煤运销集团簸箕掌煤业有限公司", "山西煤炭运销集团簸箕掌煤业有限公司"),
]
DIFFERENT = [
    ("双利煤矿", "双柳煤矿"),
    ("上海华信科技有限公司", "上海华通科技有限公司"),
    ("上海华信科技有限公司", "北京华信科技有限公司"),
    ("上海华信科技有限公司", "上海华信贸易有限公司"),
    ("上海汽车集团股份有限公司", "北京汽车集团有限公司"),
    ("中国工商银行诸暨支行", "中国工商银行海宁支行"),
    ("华信", "Huabang"),
    ("上海华信纸业有限公司", "上海华信布业有限公司"),
    ("北京市商业银行股份有限公司", "北京农村商业银行股份有限公司"),
    ("上海第三建筑工程公司", "上海第五建筑工程公司"),
    ("华信科技", "信华科技"),
    (
        "Duc Thinh Seafood Import Export Trading Co., Ltd.",
        "Kunze Import and Export Trading Co., Ltd.",
    ),
    ("SISINTERNATIONALHOLDINGSLIMITED", "REPUBLICHEALTHCARELIMITED"),
    ("Muller Drum Rheinfelden Baden", "Cabot De Rheinfelden GmbH"),
    ("", "上海华信科技有限公司"),
    ("0", "<"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict == "same"


@pytest.mark.parametrize(("a", "b"), PROBABLE)
def test_probable(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict == "probable"


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    assert compare_company_names(a, b).verdict == "different"


def test_reasons_name_what_differs() -> None:
    match = compare_company_names("上海华信科技有限公司", "北京华信科技有限公司")
    reasons = {reason.code: reason.params for reason in match.reasons}
    assert reasons[ReasonCode.BRAND_EQUAL] == {"brand": "华信"}
    assert reasons[ReasonCode.REGION_DIFFERENT] == {"left": "上海", "right": "北京"}


def test_reasons_keep_the_order_of_the_names() -> None:
    first = compare_company_names("双利煤矿", "双柳煤矿").reasons[0]
    assert first.as_dict() == {
        "code": "brand_different",
        "params": {"left": "双利", "right": "双柳"},
    }


WITHIN = [
    ("江苏恒达", "昆山恒达"),
    ("江苏恒达科技有限公司", "昆山恒达科技有限公司"),
    ("浙江华信科技有限公司", "杭州华信科技有限公司"),
    ("苏州恒达科技有限公司", "昆山恒达科技有限公司"),
    ("新疆天润果业有限公司", "库尔勒市天润果业有限公司"),
    ("浙江恒达富士科技有限公司", "杭州恒达富士科技有限公司"),
]
ONE_PLACE = [
    ("江苏昆山恒达", "昆山恒达"),
    ("江苏省昆山市恒达科技有限公司", "昆山恒达科技有限公司"),
    ("江苏省昆山市恒达科技有限公司", "江苏恒达科技有限公司"),
    ("苏州昆山恒达科技有限公司", "昆山恒达科技有限公司"),
    ("上海浦东新区恒达科技有限公司", "上海恒达科技有限公司"),
]
TWO_PLACES = [
    ("苏州恒达科技有限公司", "常州恒达科技有限公司"),
    ("昆山恒达科技有限公司", "张家港恒达科技有限公司"),
    ("浙江恒达科技有限公司", "昆山恒达科技有限公司"),
    ("浙江省第一医院", "杭州市第一医院"),
    ("江苏省人民医院", "南京市人民医院"),
]


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        *((a, b, "probable") for a, b in WITHIN),
        *((a, b, "same") for a, b in ONE_PLACE),
        *((a, b, "different") for a, b in TWO_PLACES),
    ],
)
def test_a_place_within_another_is_a_question(a: str, b: str, verdict: str) -> None:
    match = compare_company_names(a, b)
    assert match.verdict == verdict
    assert (ReasonCode.REGION_WITHIN in {r.code for r in match.reasons}) == (verdict == "probable")
    assert compare_company_names(b, a).score == match.score

"""Places that share a name, and places with a slip."""

import pytest

from leads.identity import ReasonCode, compare_company_names, parse_company_name, region_of


@pytest.mark.parametrize(
    ("name", "province", "city", "brand"),
    [
        ("吉林市华信科技有限公司", "吉林", "吉林市", "华信"),
        ("吉林省吉林市华信科技有限公司", "吉林", "吉林市", "华信"),
        ("吉林省华信科技有限公司", "吉林", "", "华信"),
        ("吉林华信科技有限公司", "吉林", "", "华信"),
        ("海南州华信科技有限公司", "青海", "海南州", "华信"),
        ("青海省海南藏族自治州华信科技有限公司", "青海", "海南州", "华信"),
        ("海南华信科技有限公司", "海南", "", "华信"),
        ("朝阳市华信科技有限公司", "辽宁", "朝阳", "华信"),
        ("朝阳区华信科技有限公司", "", "", "华信"),
        ("可南中原化工有限公司", "河南", "", "中原"),
        ("杭洲天目药业有限公司", "浙江", "杭州", "天目"),
        ("上悔市申达电器有限公司", "上海", "", "申达"),
        ("青梅酒业有限公司", "", "", "青梅"),
        ("侮南三亚恒达食品有限公司", "海南", "三亚", "恒达"),
        ("拂山恒达钢铁有限公司", "广东", "佛山", "恒达"),
        ("郑卅恒达机电有限公司", "河南", "郑州", "恒达"),
        ("乌鲁木斋天马饲料有限公司", "新疆", "乌鲁木齐", "天马"),
        ("里龙江北方食品有限公司", "黑龙江", "", "北方"),
        ("长青家具有限公司", "", "", "长青"),
        ("武汉街王餐饮管理有限公司", "湖北", "武汉", "街王"),
    ],
)
def test_where_a_name_is(name: str, province: str, city: str, brand: str) -> None:
    parsed = parse_company_name(name)
    assert (parsed.province, parsed.city, parsed.brand) == (province, city, brand)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("可南中原化工有限公司", "河南中原化工有限公司"),
        ("杭洲天目药业有限公司", "杭州市天目药业有限公司"),
        ("上悔市申达电器有限公司", "上海市申达电器有限公司"),
        ("拂山恒达钢铁有限公司", "佛山恒达钢铁有限公司"),
        ("乌鲁木斋天马饲料有限公司", "乌鲁木齐天马饲料有限公司"),
        ("石家圧天马饲料有限公司", "石家庄市天马饲料有限公司"),
        ("里龙江天马饲料有限公司", "黑龙江省天马饲料有限公司"),
    ],
)
def test_a_slip_in_the_place_is_a_question(left: str, right: str) -> None:
    for a, b in ((left, right), (right, left)):
        match = compare_company_names(a, b)
        assert match.verdict == "probable"
        assert ReasonCode.REGION_ALIKE in {reason.code for reason in match.reasons}


def test_the_city_of_an_address_is_still_in_its_province() -> None:
    assert region_of("吉林市船营区解放大路1号") == "吉林"
    assert region_of("海南州共和县") == "青海"
    assert region_of("海南省海口市") == "海南"

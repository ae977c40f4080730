"""Shops, law firms, hospitals and offices: what they are called, and which of their sites."""

import pytest

from leads.identity import compare_company_names, parse_company_name

SAME = [
    ("北京正行（成都）律师事务所", "北京市正行律师事务所成都分所"),
    ("云岭大学第二附属医院", "云岭大学附属第二医院"),
    ("昆明安康骨科医院有限公司", "昆明安康骨科医院"),
    ("大理市妇保院", "大理市妇幼保健院"),
    ("好滋味拉面（南屏街店）", "好滋味拉面（南屏街加盟店）"),
]
FOUND = [
    ("正行律所", "北京市正行律师事务所"),
    ("正行（成都）律师事务所", "北京市正行（成都）律师事务所"),
    ("云岭大学附属第二医院", "云岭大学医学院附属第二医院"),
    ("云岭省三院", "云岭省第三人民医院"),
    ("好滋味拉面（南屏街店）", "好滋味拉面南屏街店"),
    ("好滋味拉面（五华店）", "昆明市五华区好滋味拉面馆"),
    ("大理市公安局交警支队", "大理市公安局交通警察支队"),
    ("云岭师大附中", "云岭师范大学附属中学"),
    ("昆明村上餐饮有限公司", "昆明木寸上餐饮有限公司"),
    ("昆明O2O电子商务有限公司", "昆明020电子商务有限公司"),
    ("昆明博宇机械有限公司", "昆明博宇机械冇限公司"),
    ("昆明博宇机械股份有限公司", "昆明博宇机械股汾有限公司"),
    ("昆明博宇机械厂", "昆明博宇机械广"),
]
ASKED = [
    ("江苏正行（无锡）律师事务所", "江苏正行律师事务所"),
    ("好滋味拉面（南屏街店）", "好滋味拉面"),
    ("云岭大学附属第二医院（北院区）", "云岭大学附属第二医院"),
]
TWO = [
    ("江苏正行（无锡）律师事务所", "江苏正行（南通）律师事务所"),
    ("好滋味拉面（南屏街店）", "好滋味拉面（北市区店）"),
    ("云岭大学附属口腔医院", "云岭大学附属儿童医院"),
    ("衡阳市妇幼保健院", "衡阳县妇幼保健院"),
    ("阿玲火锅店", "阿玲五金店"),
    ("青石镇上街社区居民委员会", "青石镇下街社区居民委员会"),
    ("昆明村上餐饮有限公司", "昆明木子上餐饮有限公司"),
]


@pytest.mark.parametrize(
    ("left", "right", "allowed"),
    [
        *((*pair, {"same"}) for pair in SAME),
        *((*pair, {"same", "probable"}) for pair in FOUND),
        *((*pair, {"probable"}) for pair in ASKED),
        *((*pair, {"different"}) for pair in TWO),
    ],
)
def test_sites_of_clients(left: str, right: str, allowed: set[str]) -> None:
    assert compare_company_names(left, right).verdict in allowed
    assert compare_company_names(right, left).verdict in allowed


def test_a_shop_in_brackets_that_tells_a_trade_is_a_name() -> None:
    assert parse_company_name("个体户王秀兰（秀兰裁缝店）").brand == "秀兰"
    assert parse_company_name("好滋味拉面（旗舰店）").branch == ""
    assert parse_company_name("好滋味拉面（第三分店）").branch == "三店"

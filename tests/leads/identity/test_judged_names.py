"""Pairs answered by hand (bench/judged): the studied one by one, the rest as a whole."""

import pytest

from bench.identity_judged import ALLOWED, FILES, answered

LEAST = {
    "names": 0.91,
    "messy": 0.89,
    "further": 0.91,
    "kinds": 0.88,
    "people": 0.92,
    "addresses": 0.75,
    "records": 0.86,
    "typed": 0.87,
    "typed_people": 0.9,
    "typed_addresses": 0.75,
    "typed_records": 0.9,
}
NOT_YET = {
    "北京师范大学附属中学",  # 首都师范大学 is not listed as another one
    "成都蓉创软有限公司",
    "鼎豐鬆木傢俱（惠州）有限公司",
    "成都暖阳社工服务中心",
    "武汉协和医院",
    "沈阳工铭机床有限公司",
    "宁波大发化纤有限公司",
    "阿强水果(城西店)",
    "Quindao Haiyun Machinery Co",
    "Sichuan Shu Brocade Group",  # Shu is 蜀 by ear, brocade 锦 by word
    "Yunnan Three Parallel Rivers Tourism",
    "温州正泰电器有限公司",
    "孙医生",
    "东莞市长安镇乌沙村江贝工业区",
    "河北省廊坊市大城县权村镇权村",
    "石家庄市长安区中山路口",
    "company=泉州海丝陶瓷有限公司 ; code=91350503MA2XKQ7T25",  # two names, one code: asked about
    "company=海丝陶瓷 ; phone=13805951234",
    "上海澄泓环保科技有限公司",  # 上每
    "河北恒岳管道装备有限公司",  # 恒丘山
    "合肥劲源电气有限公司",
    "上海华信达科技有限公司",  # half of the brand in pinyin
    "Harbin Snow Leopard Ski Equipment",
    "Shandong Provincial Hospital",
    "中国船舶重工集团公司第七一九研究所",
    "临江一职高",
    "西电",  # a firm is called so, too
    "临江市教育局",  # 教委
    "中国石化临江第十二加油站",
    "宁波麦克斯韦电机有限公司",
    "中国电信股份有限公司江苏分公司",
    "中交第一航务工程局有限公司",
    "京东方科技集团股份有限公司",
    "深圳天虹商场",
    "Shanghai Electric Group",
    "Kimiko Tanaka",
    "约翰·史密斯",
    "大卫·贝克汉姆",
    "北京市丰台区南四环西路188号十六区5号楼",  # one estate: the house number agrees
    "佛山市南海区狮山镇松岗松夏工业园工业大道西11号",
    "mail=zhao.min@lumitek.com.cn",  # zhao_min at the same firm
}


@pytest.mark.parametrize("file", FILES)
def test_studied_pairs_are_right(file: str) -> None:
    wrong = [
        (pair.left, pair.right, said)
        for pair, said, is_right in answered(file)
        if pair.half == "studied" and not is_right and pair.left not in NOT_YET
    ]
    assert wrong == []


@pytest.mark.parametrize("file", FILES)
def test_unseen_pairs_are_mostly_right(file: str) -> None:
    unseen = [is_right for pair, _said, is_right in answered(file) if pair.half == "unseen"]
    assert sum(unseen) >= LEAST[file] * len(unseen)


@pytest.mark.parametrize("file", FILES)
def test_answers_do_not_depend_on_the_order(file: str) -> None:
    swapped = {(pair, said) for pair, said, _ in answered(file, is_swapped=True)}
    assert swapped == {(pair, said) for pair, said, _ in answered(file)}


def test_no_two_firms_are_called_the_same() -> None:
    wrong = sum(
        said == "same" and "same" not in ALLOWED[pair.answer]
        for file in FILES
        if file not in ("people", "addresses", "typed_people", "typed_addresses")
        for pair, said, _ in answered(file)
        if pair.left not in NOT_YET
    )
    assert wrong == 0

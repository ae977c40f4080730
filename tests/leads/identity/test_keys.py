"""Records of one client share a key; the key is the same number everywhere."""

import pytest

from leads.identity import Identity, Key, match_keys, name_keys
from leads.identity.keys import profile_keys, sure_keys
from leads.identity.profiles import profile_of
from leads.identity.seeking import sought_keys

HASH = 4787300402745635089


def test_every_field_gives_its_key() -> None:
    record = Identity(
        company="上海华信科技有限公司",
        phones=("138 0013 8000", "bad"),
        emails=("Zhang@HuaXin.com.cn", "zhang@qq.com"),
        credit_code="91110000600037341L",
        website="www.huaxin.com",
        wechat="zhangsan88",
    )
    assert match_keys(record) == {
        Key("phone", "+8613800138000"),
        Key("email", "zhang@huaxin.com.cn"),
        Key("email", "zhang@qq.com"),
        Key("domain", "huaxin.com.cn"),
        Key("domain", "huaxin.com"),
        Key("credit", "91110000600037341L"),
        Key("credit", "600037341"),
        Key("wechat", "zhangsan88"),
        Key("name", "上海|华信|科技|"),
        Key("brand", "华信"),
        Key("sound_region", "huaxin|上海"),
        Key("sound_trade", "huaxin|科技"),
    }


def test_ways_to_write_a_name_share_all_keys() -> None:
    assert name_keys("上海市華信科技股份有限公司") == name_keys("华信科技（上海）有限责任公司")


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("华鑫科技", "上海华信科技有限公司"),  # sounds alike, no place
        ("杭州中科蓝天软件", "杭州中科兰天软件有限公司"),
        ("中科曙光信息", "北京中科暑光电子有限公司"),  # one slip
        ("中科曙", "中科曙光信息产业股份有限公司"),
        ("上海东盛虹科技有限公司", "上海东方盛虹科技有限公司"),  # one lost
        ("字节", "北京字节跳动科技有限公司"),
        ("北京字节跳动科技有限公司", "字节"),
        ("跳动", "北京字节跳动科技有限公司"),
        ("Microsft", "Microsoft (China) Co., Ltd."),
        ("Huawai", "Huawei Technologies"),
        ("Siemens AG", "西门子（中国）有限公司"),  # one firm in two languages
        ("美国航空", "American Airlines Inc."),
    ],
)
def test_what_somebody_else_typed_is_looked_up_under_a_shared_key(typed: str, known: str) -> None:
    asked = {one.key for one in sought_keys(profile_of(Identity(company=typed)))}
    assert asked & match_keys(Identity(company=known))


def test_a_record_is_looked_up_under_all_its_own_sure_keys() -> None:
    for name in ("上海华信科技有限公司", "北京字节跳动科技有限公司", "Siemens AG", "同光"):
        profile = profile_of(Identity(company=name))
        sought = {one.key for one in sought_keys(profile) if one.is_enough}
        assert {*sure_keys(profile)} <= sought & profile_keys(profile)


def test_few_keys_are_kept_of_a_usual_name() -> None:
    assert len(match_keys(Identity(company="上海华信科技有限公司"))) == 4
    assert len(match_keys(Identity(company="北京字节跳动科技有限公司"))) <= 12


def test_a_generic_brand_is_no_key() -> None:
    assert [key.kind for key in name_keys("上海机械集团股份有限公司")] == ["name"]
    assert [key.kind for key in name_keys("上海汽车集团股份有限公司")] == ["name", "firm"]


def test_an_extension_does_not_hide_the_number() -> None:
    with_extension = Identity(phones=("0571-88881234-801",))
    assert match_keys(with_extension) == match_keys(Identity(phones=("057188881234",)))


def test_an_empty_record_has_no_keys() -> None:
    assert match_keys(Identity()) == set()


def test_hash_is_signed_64_bit_and_fixed_for_ever() -> None:
    assert Key("phone", "+8613800138000").hash64 == HASH
    assert -(2**63) <= HASH < 2**63


def test_strong_keys() -> None:
    assert Key("phone", "x").is_strong
    assert not Key("brand", "x").is_strong

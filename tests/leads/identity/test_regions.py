"""Which province a text speaks of."""

import pytest

from leads.identity import MACRO_REGIONS, PROVINCES, macro_region, region_of


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("杭州市西湖区文三路 90 号", "浙江"),
        ("浙江省杭州市", "浙江"),
        ("新疆维吾尔自治区乌鲁木齐市", "新疆"),
        ("内蒙古鄂尔多斯", "内蒙古"),
        ("中国上海", "上海"),
        ("廣東省廣州市", "广东"),
        ("华信科技（深圳）有限公司", "广东"),
        ("义乌小商品城", "浙江"),
        ("0571-88881234", "浙江"),
        ("南京东路100号", None),
        ("朝阳产业有限公司", None),
        ("hello", None),
        ("", None),
    ],
)
def test_region_of(text: str, region: str | None) -> None:
    assert region_of(text) == region


def test_every_province_is_itself() -> None:
    assert [region_of(province) for province in PROVINCES] == list(PROVINCES)


def test_every_province_belongs_to_one_sales_region() -> None:
    assert len(PROVINCES) == 34
    assert {macro_region(province) for province in PROVINCES} == set(MACRO_REGIONS)

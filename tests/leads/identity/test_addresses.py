"""Addresses are compared to the door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity.addresses import compare_addresses, parse_address


def test_parts() -> None:
    address = parse_address("浙江省杭州市西湖区文三路 478 号华星时代广场 A座 1203室")
    assert (address.province, address.city, address.county) == ("浙江", "杭州", "西湖")
    assert (address.street, address.number) == ("文三路", "478")
    assert (address.block, address.room) == ("a", "1203")


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("杭州市西湖区文三路478号", "浙江省杭州市西湖区文三路４７８號", "number"),
        ("上海市浦东新区张江路88号2幢301室", "上海浦东新区张江路88号2幢301", "room"),
        ("上海市浦东新区张江路88号2幢301室", "上海市浦东新区张江路88号2幢502室", "building"),
        ("杭州市西湖区文三路478号", "杭州市西湖区文三路480号", ""),
        ("广州市天河区珠江新城华夏路30号", "广州天河区华夏路30号", "number"),
        ("上海市徐汇区漕溪北路595弄12号601室", "徐汇区漕溪北路595弄12号601", "room"),
        ("上海市徐汇区漕溪北路595弄12号601室", "徐汇区漕溪北路595弄13号601", ""),
        ("北京市朝阳区建国路88号A座1201", "北京市朝阳区建国路88号B座1201", "building"),
        (
            "Room 301, No.88 Zhangjiang Road, Shanghai",
            "Rm 301, No. 88 Zhangjiang Rd, Shanghai",
            "room",
        ),
        ("杭州市西湖区文三路478号", "宁波市海曙区文三路478号", ""),
        ("杭州市西湖区文三路", "杭州市西湖区文三路", ""),
        ("12 Queen Street, Sydney 2000", "12 Queen St, Sydney 2000", "room"),
        ("12 Queen Street, Sydney 2000", "99 King Street, Perth 6000", ""),
        ("12 Queen Street, Sydney 2000", "14 Queen Street, Sydney 2000", "street"),
        ("Queen Street, Sydney NSW", "14 Queen Street, Sydney NSW", "street"),
        ("12 Queen Street, Sydney 2000", "12 Queen Stret, Sydney 2001", "room"),
        ("12 Queen Street, Sydney 2000", "12 King Street, Melbourne 3000", ""),
        ("", "杭州市西湖区文三路478号", ""),
    ],
)
def test_nearness(left: str, right: str, near: str) -> None:
    assert compare_addresses(left, right) == near


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_compared_either_way(left: str, right: str) -> None:
    assert compare_addresses(left, right) == compare_addresses(right, left)

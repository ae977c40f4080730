"""Duplicates within one batch."""

import pytest

from leads.identity import Identity, find_duplicates
from leads.identity.duplicates import CROWDED


def pairs(records: list[Identity]) -> list[tuple[object, object]]:
    return [(pair.left.id, pair.right.id) for pair in find_duplicates(records)]


def test_finds_each_pair_once_in_order() -> None:
    records = [
        Identity(1, company="上海华信科技有限公司", phones=("13800138000",)),
        Identity(2, company="北京大江贸易有限公司"),
        Identity(3, company="华信科技（上海）", phones=("138-0013-8000",)),
        Identity(4, company="大江贸易（北京）股份有限公司"),
    ]
    assert pairs(records) == [(1, 3), (2, 4)]


def test_alike_is_not_enough() -> None:
    assert pairs([Identity(1, company="双利煤矿"), Identity(2, company="双柳煤矿")]) == []


@pytest.mark.parametrize("count", [CROWDED + 5])
def test_a_crowded_strong_key_links_its_members_in_a_chain(count: int) -> None:
    records = [Identity(number, phones=("13800138000",)) for number in range(count)]
    assert pairs(records) == [(number, number + 1) for number in range(count - 1)]


def test_a_crowded_brand_is_no_evidence() -> None:
    places = ("杭州", "上海", "北京", "深圳")
    records = [
        Identity(number, company=f"{places[number % 4]}华信{number}分店科技有限公司")
        for number in range(CROWDED + 5)
    ]
    assert len(pairs(records)) < CROWDED

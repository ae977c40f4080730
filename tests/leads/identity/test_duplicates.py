"""Duplicates within one batch."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity import (
    Identity,
    TooManyRecords,
    batches,
    compare,
    find_duplicates,
    match_keys,
    profile_of,
)
from leads.identity.person_keys import person_keys
from leads.identity.steps import CROWDED

NAMES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "上海", "上海市", "浙江省杭州市", "杭州", "中国", "臺灣"]),
    st.sampled_from(
        ["华信", "华鑫", "中科蓝天", "中科兰天", "中科暑光", "汽车", "Huaxin", "Siemens"]
    ),
    st.sampled_from(["", "科技", "软件", "貿易"]),
    st.sampled_from(["", "有限公司", "（集团）股份有限公司", "厂", "（原大江贸易有限公司）"]),
)
RECORDS = st.lists(
    st.builds(
        Identity,
        company=st.just("") | NAMES,
        phones=st.lists(st.sampled_from(["13800138000", "0571-88881234-801", "bad"]), max_size=2)
        .map(tuple),
        emails=st.sampled_from([(), ("li@huaxin.cn",), ("wang@huaxin.cn",), ("a@qq.com",)]),
        credit_code=st.sampled_from(["", "91110000600037341L"]),
        region=st.sampled_from(["", "浙江"]),
        person=st.sampled_from(["", "欧阳娜娜", "王伟"]),
        address=st.sampled_from(["", "上海市南京路100号3楼302室"]),
        aliases=st.lists(NAMES, max_size=1).map(tuple),
    ),
    max_size=9,
)  # fmt: skip


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


@settings(max_examples=120, deadline=None)
@given(RECORDS)
def test_says_what_comparing_all_that_share_a_key_says(records: list[Identity]) -> None:
    """What only begins or ends alike is asked about too where one may be short for the other."""
    expected = []
    may_be_asked = []
    for left, right in combinations(records, 2):
        shared = match_keys(left) & match_keys(right)
        whole = {key for key in shared if key.kind != "part"}
        is_private = bool(people_keys(left) & people_keys(right))
        if not (shared or is_private):
            continue
        match = compare(left, right)
        if match.verdict == "different":
            continue
        may_be_asked.append((left, right, match))
        if (
            is_private
            or any(key.is_strong for key in whole)
            or (whole and not are_apart(left, right))
        ):
            expected.append((left, right, match))
    found = [(pair.left, pair.right, pair.match) for pair in find_duplicates(records)]
    assert is_subsequence(expected, found)
    assert is_subsequence(found, may_be_asked)


def is_subsequence(some: list[object], all_of_them: list[object]) -> bool:
    """Whether all of the first stand in the second, in the same order."""
    rest = iter(all_of_them)
    return all(one in rest for one in some)


def people_keys(record: Identity) -> set[tuple[str, ...]]:
    """What files of people are grouped by, for records without a company."""
    profile = profile_of(record)
    return set(person_keys(profile)) if profile.person and not profile.names else set()


def are_apart(left: Identity, right: Identity) -> bool:
    """Whether the one name of either speaks of a province, and of two."""
    names = profile_of(left).names, profile_of(right).names
    if any(len(of_one) != 1 for of_one in names):
        return False
    places = {name.province for (name,) in names}
    return len(places - {"", "中国"}) == 2


def test_one_firm_in_two_languages_is_found() -> None:
    assert pairs([Identity(1, company="Siemens AG"), Identity(2, company="西门子（中国）有限公司")])


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


def test_people_without_a_company_are_found_by_name_mail_or_door() -> None:
    records = [
        Identity(1, person="Harriet Davidson", emails=("h.davidson@example.org",)),
        Identity(2, person="Harriet Davidsen"),
        Identity(3, person="Samuel Beams", address="1 Albermarle Place, Hastings NSW 2614"),
        Identity(4, person="Samuel Besm", address="1 Albermarle Lace, Hastings NSW 2614"),
        Identity(5, person="Oscar Quilliam", address="9 Renwick Street, Barwon Heads 2340"),
        Identity(6, person="王小明", address="上海市浦东新区张江路88号2幢301室"),
        Identity(7, person="Wang Xiaoming", address="上海浦东新区张江路88号2幢301"),
    ]
    assert pairs(records) == [(1, 2), (3, 4), (6, 7)]


@pytest.mark.parametrize("processes", [1, 2])
def test_more_records_than_there_are_numbers_are_refused(
    processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [Identity(number, company=f"华信{number}") for number in range(6)]
    monkeypatch.setattr(batches, "MOST_RECORDS", 6)
    assert not list(find_duplicates(records, processes=processes))
    monkeypatch.setattr(batches, "MOST_RECORDS", 5)
    with pytest.raises(TooManyRecords, match="No more than 5 records"):
        list(find_duplicates(records, processes=processes))

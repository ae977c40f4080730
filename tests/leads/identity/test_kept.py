"""Records that are kept as bytes come back as they were given."""

from enum import StrEnum

import pytest

from leads.identity import Identity
from leads.identity.kept import Kept
from leads.identity.packing import saying_more


class Code(StrEnum):
    KNOWN = "上海华信"


RECORDS = [
    Identity(1, company="上海华信科技有限公司", phones=("021-5555 1234",)),
    Identity("two", company="Huaxin \ud83d Ltd."),
    Identity(None),
    Identity(4, phones=("",)),
    Identity(5, company="华信", phones=("13800138000", "13800138001")),
    Identity(6, company="华信", phones=("13800138000\x0013800138001",)),
    Identity(7, company="华\x00信"),
    Identity(7, company="华\x01信"),
    Identity(8, company=Code.KNOWN),
    Identity(9, company="华信", person="王伟", emails=("wang@huaxin.cn",), aliases=("大江",)),
    Identity((1, 2), company="华信", region="浙江"),
]


@pytest.mark.parametrize("size", [1, 3, len(RECORDS)])
def test_records_come_back_as_they_were(size: int) -> None:
    kept = Kept()
    for start in range(0, len(RECORDS), size):
        some = RECORDS[start : start + size]
        kept.add(some, saying_more(some))
    assert len(kept) == len(RECORDS)
    assert [kept[position] for position in range(len(RECORDS))] == RECORDS


def test_only_what_says_more_is_kept_whole() -> None:
    kept = Kept()
    kept.add(RECORDS, saying_more(RECORDS))
    assert set(kept.whole) == {5, 6, 7, 9, 10}

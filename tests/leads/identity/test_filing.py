"""What a search for duplicates notes of a record."""

import subprocess
import sys
from pathlib import Path

import pytest

from leads.identity import Identity, profile_of
from leads.identity.filing import POSITION, Filing, number_of
from leads.identity.packing import loads, unpack_profile

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ("", "华信", "中科蓝天", "huaxin", "a" * 200, "\ud800")


def test_a_text_has_one_number_in_every_process() -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"from leads.identity.filing import number_of\n"
         f"print([number_of(text) for text in {TEXTS!a}])"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout.strip() == str([number_of(text) for text in TEXTS])
    assert len({number_of(text) for text in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize(
    "record",
    [
        Identity(company="上海华信科技有限公司"),
        Identity(company="上海华信科技有限公司", phones=("138-0013-8000", "bad")),
        Identity(company="华信", phones=("021-66668888-801",)),
        Identity(company="华信", phones=("13800138000 / 13900139000",)),
        Identity(company="华信", phones=("bad",)),
        Identity(company="华信（原大江贸易有限公司）"),
        Identity(company="", phones=("13800138000",)),
        Identity(company="华信", region="浙江", aliases=("大江",), person="王伟"),
        Identity(company="Siemens AG", emails=("info@siemens.com",), address="上海市南京路1号"),
    ],
)
def test_the_profile_noted_is_the_record_s(record: Identity) -> None:
    filing = Filing()
    told = tuple(getattr(record, name) for name in record.__slots__ if name != "id")
    filing.add(7, [told])
    text, _sizes, places, trades, kinds, shares = loads(filing.packed())
    assert unpack_profile(text) == profile_of(record)
    assert len(places[0]) >= 1
    assert len(trades[0]) >= 1
    assert len(kinds) == 1
    entries = [entry for share in shares for keys in share for entry in memoryview(keys).cast("q")]
    assert {entry & POSITION for entry in entries} == {7}

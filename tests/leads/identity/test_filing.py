"""What a search for duplicates notes of a record."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import CompanyName, Identity, parse_company_name, profile_of
from leads.identity.aliases import TOLD, beginnings
from leads.identity.characters import plain_numerals
from leads.identity.filing import POSITION, SAID, Filing
from leads.identity.numbering import CHINESE, Spelling, Texts, number_of, spelt
from leads.identity.packing import pack_plain, pack_records, saying_more, unpack_profile
from leads.identity.plain import loads
from leads.identity.shapes import Shapes, shape_of, shaped
from leads.identity.sounds import reading_of
from leads.identity.text import has_chinese

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ("", "华信", "中科蓝天", "huaxin", "a" * 200, "\ud800", "𠀀华", "第叁")
RECORDS = [
    Identity(company="上海华信科技有限公司"),
    Identity(company="上海华信科技有限公司", phones=("138-0013-8000", "bad")),
    Identity(company="华信", phones=("021-66668888-801",)),
    Identity(company="华信", phones=("13800138000",)),
    Identity(company="华信", phones=("13800138000 / 13900139000",)),
    Identity(company="华信", phones=("bad",)),
    Identity(company="华信（原大江贸易有限公司）"),
    Identity(company="", phones=("13800138000",)),
    Identity(company="华信", region="浙江", aliases=("大江",), person="王伟"),
    Identity(company="Siemens AG", emails=("info@siemens.com",), address="上海市南京路1号"),
]


def test_a_text_has_one_number_in_every_process() -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"from leads.identity.numbering import Texts, number_of\n"
         f"texts = {TEXTS!a}\n"
         f"print([*map(number_of, texts), *Texts(texts).numbers().tolist()])"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    here = [*map(number_of, TEXTS), *Texts(TEXTS).numbers().tolist()]
    assert told.stdout.strip() == str(here)
    assert len(set(here[: len(TEXTS)])) == len(set(here[len(TEXTS) :])) == len(TEXTS)


@given(st.lists(st.text(max_size=9) | st.sampled_from(TEXTS), max_size=6))
def test_a_column_of_texts_is_numbered_as_each_is(texts: list[str]) -> None:
    column = Texts(texts)
    assert column.numbers().tolist() == list(map(spelt, texts))
    assert column.have(CHINESE).tolist() == list(map(has_chinese, texts))
    assert column.starting(TOLD).tolist() == [spelt(text[:TOLD]) for text in texts]
    for spell in (reading_of, plain_numerals):
        assert column.numbers(Spelling(spell)).tolist() == [spelt(spell(text)) for text in texts]


@given(st.text(min_size=4, max_size=8))
def test_one_letter_left_out(text: str) -> None:
    column = Texts([text, text + "x"])
    found = [int(number[0]) for number in column.without_one(np.array([0]), len(text))]
    ways = [text, *(text[:at] + text[at + 1 :] for at in range(len(text)))]
    assert found == list(map(spelt, ways))


def test_characters_are_told_apart_where_letters_are_not() -> None:
    syllables = Spelling(reading_of, is_run_together=False)
    one, other, same = Texts(["发南", "范安", "法男"]).numbers(syllables).tolist()
    assert one != other
    assert one == same


@pytest.mark.parametrize("records", [*([one] for one in RECORDS), RECORDS])
def test_the_profiles_noted_are_those_of_the_records(records: list[Identity]) -> None:
    _search, *told = loads(pack_records(1, 7, records, saying_more(records)))
    _pid, new, text, sizes, bearing, kinds = loads(Filing(Shapes(), *told).packed())
    ends = np.cumsum(np.frombuffer(sizes, np.uint32)).tolist()
    numbers = np.frombuffer(bearing[0], np.uint32).tolist()
    for record, first, last, number in zip(records, [0, *ends], ends, numbers, strict=False):
        assert unpack_profile(text[first:last], new[number]) == profile_of(record)
    assert len(kinds) == SAID + 1
    keyed = [keys for shares in kinds[:SAID] for keys in shares]
    entries = [entry for keys in keyed for entry in memoryview(keys).cast("Q")]
    assert {entry & POSITION for entry in entries} == set(range(7, 7 + len(records)))


@given(st.text(max_size=12) | st.sampled_from(TEXTS))
def test_a_name_is_its_shape_brand_and_text(typed: str) -> None:
    name = parse_company_name(typed)._replace(former="")
    shape = shape_of(name)
    assert shaped(shape, name.brand, name.text) == name
    packed, sizes = pack_plain([name, CompanyName(text="b")], ["+8613800138000", ""])
    assert sizes.sum() == len(packed)
    assert unpack_profile(packed[: sizes[0]], shape).names == (name,)


def test_no_name_of_a_known_firm_is_passed_over() -> None:
    """Their numbers say what their letters say."""
    names = list(beginnings())
    numbers = Texts(names).numbers()
    assert len(np.unique(numbers)) == len(names)
    filing = Filing(
        Shapes(), 0, ["西门子（中国）有限公司", "上海电气集团", "绿源甲乙"], ["", "", ""], {}
    )
    filing.packed()
    assert {at for _kind, _key, at in filing.further} >= {0, 1}


def test_records_without_a_company_leave_no_byte_between_them() -> None:
    """10,000 people in several tasks: each profile begins where the one before it ends."""
    packed, sizes = pack_plain([], [])
    assert (packed, len(sizes)) == (b"", 0)

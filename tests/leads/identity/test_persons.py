"""People's names in characters and in letters, in either order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import normalise_name
from leads.identity.persons import compare_persons


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        ("王伟", "王伟", "equal"),
        ("王伟", "王伟先生", "equal"),
        ("王伟", "王总", "open"),
        ("李伟", "王总", "different"),
        ("王伟", "王炜", "alike"),
        ("王伟", "李四", "different"),
        ("王伟", "Wang Wei", "pinyin"),
        ("王伟", "Wei Wang", "pinyin"),
        ("王伟", "WANGWEI", "pinyin"),
        ("王小明", "X. M. Wang", "alike"),
        ("欧阳娜娜", "Nana Ouyang", "pinyin"),
        ("单田芳", "Shan Tianfang", "pinyin"),
        ("吕布", "Lyu Bu", "pinyin"),
        ("王伟", "John Smith", "different"),
        ("Robert Allen", "Allen Robert", "equal"),
        ("Robert Allen", "Rob Allen", "alike"),
        ("Robert Allen", "R. Allen", "alike"),
        ("Robert Allen", "Robert Alen", "alike"),
        ("Robert Allen", "Mary Allen", "different"),
        ("Robert Allen", "Allen", "alike"),
        ("Zhang San", "Zhang", "open"),
        ("Amy Dudley", "Dudlley Aym", "alike"),
        ("Zhang Wei", "Zhang Lei", "different"),
    ],
)
def test_likeness(left: str, right: str, likeness: str) -> None:
    assert compare_persons(normalise_name(left), normalise_name(right)) == likeness


@given(st.text("王伟炜李wangei 总", max_size=6), st.text("王伟炜李wangei 总", max_size=6))
def test_the_order_does_not_matter(left: str, right: str) -> None:
    a, b = normalise_name(left), normalise_name(right)
    assert compare_persons(a, b) == compare_persons(b, a)

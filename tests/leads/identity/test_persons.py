"""People's names in characters and in letters, in either order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import normalise_name
from leads.identity.persons import compare_persons, tells_much


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
        ("Robert Allen", "Robert Alen", "near"),
        ("Robert Allen", "Mary Allen", "different"),
        ("Robert Allen", "Allen", "alike"),
        ("Zhang San", "Zhang", "open"),
        ("Amy Dudley", "Dudlley Aym", "near"),
        ("Zhang Wei", "Zhang Lei", "different"),
        ("Zhang Wei", "Zhang Wen", "different"),
        ("Bob Allen", "Robert Allen", "alike"),
        ("Geeorge Davidson", "George Davidson", "near"),
        ("Joel Wh Iteq", "Joel White", "near"),
        ("Mr. John Smith", "SMITH, John", "equal"),
        ("John Smith Jr.", "John Smith Sr.", "different"),
        ("Chevonne Walkley", "Chevonne Tognolini", "given"),
        ("April Hope", "Karen Hope", "different"),
        ("陈大文", "Chan Tai Man", "pinyin"),
        ("周润发", "Chow Yun-fat", "pinyin"),
        ("刘德华", "Andy Lau Tak Wah", "pinyin"),
        ("梁朝伟", "Tony Leung Chiu-wai", "pinyin"),
        ("张忠谋", "Chang Chung-mou", "pinyin"),
        ("林志玲", "Lin Chih-ling", "pinyin"),
        ("陈大文", "Wong Tai Man", "different"),
    ],
)
def test_likeness(left: str, right: str, likeness: str) -> None:
    assert compare_persons(normalise_name(left), normalise_name(right)) == likeness


@given(st.text("王伟炜李wangei 总", max_size=6), st.text("王伟炜李wangei 总", max_size=6))
def test_the_order_does_not_matter(left: str, right: str) -> None:
    a, b = normalise_name(left), normalise_name(right)
    assert compare_persons(a, b) == compare_persons(b, a)


def test_a_pasted_page_is_nobody_and_takes_no_time() -> None:
    assert compare_persons("王重" * 4000, "wang chong " * 400) == "different"
    assert compare_persons("amy " * 4000, "robert " * 4000) == "different"


@pytest.mark.parametrize(("name", "much"), [("王伟", False), ("王小明", True), ("wang wei", False),
                                            ("robert allen", True), ("allen", False)])  # fmt: skip
def test_some_names_say_much(name: str, much: bool) -> None:  # noqa: FBT001
    assert tells_much(name) is much

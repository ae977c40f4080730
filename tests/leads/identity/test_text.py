"""One spelling for what people write in many, and pinyin to sort and search by."""

import pytest

from leads.identity import normalise_name, pinyin_initials, pinyin_key
from leads.identity.text import sounds_alike


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  上海　華信　（ＡＢＣ）科技 ", "上海华信(abc)科技"),
        ("Hua-Xin  Co., Ltd.", "hua xin co ltd"),
        ("【中国】·华信", "(中国)华信"),
        ("乾通", "乾通"),
        ("", ""),
    ],
)
def test_normalise_name(text: str, name: str) -> None:
    assert normalise_name(text) == name


def test_pinyin() -> None:
    assert pinyin_key("重庆双利") == "chongqingshuangli"
    assert pinyin_initials("重庆双利") == "cqsl"
    assert pinyin_key("") == pinyin_initials("") == ""


def test_sorting_by_pinyin() -> None:
    assert sorted(["重庆", "上海", "北京", "安徽"], key=pinyin_key) == [
        "安徽",
        "北京",
        "重庆",
        "上海",
    ]


def test_sounds_alike() -> None:
    assert sounds_alike("华信", "华鑫")
    assert not sounds_alike("双利", "双柳")
    assert not sounds_alike("abc", "abd")

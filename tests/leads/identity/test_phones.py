"""One spelling for phones, and the province they belong to."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import normalise_phone, phone_region


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("13800138000.0", "+8613800138000"),
        ("1380013800٠", "+8613800138000"),
        ("0571-88881234", "+8657188881234"),
        ("(0571) 8888 1234", "+8657188881234"),
        ("+86-571-88881234", "+8657188881234"),
        ("+86-0571-88881234", "+8657188881234"),
        ("010-62781234", "+861062781234"),
        ("057188881234转801", "+8657188881234;ext=801"),
        ("0571-88881234-801", "+8657188881234;ext=801"),
        ("0571-88881234 ext. 801", "+8657188881234;ext=801"),
        ("400-800-8820", "+864008008820"),
        ("+1 415 555 2671", "+14155552671"),
        ("+8657188881234;ext=801", "+8657188881234;ext=801"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_normalise(text: str, phone: str) -> None:
    assert normalise_phone(text) == phone


@pytest.mark.parametrize("text", ["", "12345", "88881234", "无", "12800138000", "1380013800"])
def test_not_a_phone(text: str) -> None:
    assert normalise_phone(text) is None


@given(st.from_regex(r"1(?!79)[3-9][0-9]{9}", fullmatch=True))
def test_the_quick_path_agrees_with_libphonenumber(text: str) -> None:
    parsed = phonenumbers.parse(text, "CN")
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert normalise_phone(text) == expected


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    phone = normalise_phone(text)
    assert phone is None or normalise_phone(phone) == phone


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("0571-88881234", "浙江"),
        ("010-62781234", "北京"),
        ("0898-66661234", "海南"),
        ("0891-6661234", "西藏"),
        ("13800138000", "北京"),
        ("13802500000", "广东"),
        ("400-800-8820", None),
        ("+1 415 555 2671", None),
        ("nonsense", None),
    ],
)
def test_region(text: str, region: str | None) -> None:
    assert phone_region(text) == region

"""One spelling for phones, and the province they belong to."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.identity import Identity, compare, normalise_phone, phone_region
from leads.identity.phones import normalise_phones


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
        ("0571-88881234(801)", "+8657188881234;ext=801"),
        ("0571-88881234*801", "+8657188881234;ext=801"),
        ("0571-88881234,801", "+8657188881234;ext=801"),
        ("0571-88881234 分机号：801", "+8657188881234;ext=801"),
        ("0571-88881234转接801", "+8657188881234;ext=801"),
        ("+86 (0)571 8888 1234", "+8657188881234"),
        ("13800138000（张三）", "+8613800138000"),
        ("138 0013 8000 (微信同号)", "+8613800138000"),
        ("电话：0571-88881234", "+8657188881234"),
        ("24小时热线4008-123-123", None),
        ("852-2345 6789", "+85223456789"),
        ("852 9123 4567", "+85291234567"),
        ("00853 2888 8888", "+85328888888"),
        ("886 912 345 678", "+886912345678"),
        ("+1 415 555 2671", "+14155552671"),
        ("+8657188881234;ext=801", "+8657188881234;ext=801"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_normalise(text: str, phone: str | None) -> None:
    assert normalise_phone(text) == phone


@pytest.mark.parametrize("text", ["", "12345", "88881234", "无", "12800138000", "1380013800"])
def test_not_a_phone(text: str) -> None:
    assert normalise_phone(text) is None


@pytest.mark.parametrize("start", ["100", "101", "108", "110", "120", "123", "129", "179"])
def test_eleven_digits_from_one_that_are_no_mobile_are_no_number_at_all(start: str) -> None:
    for rest in range(7, 10**8, 10**8 // 60):
        text = f"{start}{rest:08d}"
        assert not phonenumbers.is_valid_number(phonenumbers.parse(text, "CN"))
        assert normalise_phone(text) is None


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800138000", ["13800138000"]),
        ("13800138000/010-62781234", ["13800138000", "1062781234"]),
        ("010-62781234/13800138000", ["1062781234", "13800138000"]),
        ("13800138000、13900139000", ["13800138000", "13900139000"]),
        ("13800138000 13900139000", ["13800138000", "13900139000"]),
        ("0571-88881234、88881235", ["57188881234", "57188881235"]),
        ("张三13800138000；李四13900139000", ["13800138000", "13900139000"]),
        ("0571-88881234-801/802", ["57188881234;ext=801"]),
        ("无", []),
        ("138" * 5000, []),
    ],
)
def test_several_in_a_cell(cell: str, phones: list[str]) -> None:
    assert list(normalise_phones(cell)) == [f"+86{phone}" for phone in phones]


def test_all_numbers_of_a_cell_are_compared() -> None:
    both = Identity(company="华信", phones=("010-62781234 / 13800138000",))
    assert compare(both, Identity(phones=("13800138000",))).verdict == "same"


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

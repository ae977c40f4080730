import pytest

from payments.matching.references import (
    digits_key,
    is_strong,
    normalise_reference,
    quoted_numbers,
    quotes_chinese,
)


@pytest.mark.parametrize(
    "memo",
    [
        "HT-2031合同款",
        "付HT2031",
        "合同ht－２０３１首付",
        "HT 2031",
        "HT/2031,HT/2032",
        "订单HT_2031-2",
        "货款(HT-2031)",
    ],
)
def test_a_number_is_found_however_it_is_written(memo):
    assert normalise_reference("HT-2031") in quoted_numbers(memo)


@pytest.mark.parametrize("memo", ["HT-20310", "HT-12031", "XHT2031", "合同款", ""])
def test_a_part_of_another_number_is_not_a_quote(memo):
    assert "HT2031" not in quoted_numbers(memo)


@pytest.mark.parametrize(
    ("reference", "strong"),
    [("HT2031", True), ("SO20260301", True), ("12345678", True), ("2031", False), ("AB1", False)],
)
def test_short_numbers_are_weak(reference, strong):
    assert is_strong(reference) is strong


def test_digits_stand_in_for_a_number_without_letters():
    assert digits_key("HT2031") == "2031"
    assert digits_key("A12B3") == ""


def test_numbers_with_chinese_are_found_whole():
    number = normalise_reference("深合字〔2026〕第031号")
    assert quotes_chinese("付深合字(2026)第031号货款", number)
    assert not quotes_chinese("付深合字(2026)第131号货款", number)
    assert not quotes_chinese("合同2026-0310", normalise_reference("合同2026-031"))

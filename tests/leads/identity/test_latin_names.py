"""English names: forms written out, branches, other names beside, what a scan makes of letters."""

import pytest

from leads.identity import compare_company_names, parse_company_name


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ardmore Tools GmbH", "Ardmore Tools Gesellschaft mit beschränkter Haftung"),
        ("Ardmore Tools Sdn Bhd", "Ardmore Tools Sendirian Berhad"),
        ("Ardmore Tools S. p. A.", "Ardmore Tools SpA"),
        ("Ardmore Tools Co.Ltd", "Ardmore Tools Company Limited"),
        ("PT Ardmore Tools", "PT. Ardmore Tools Tbk"),
        ("OOO Ardmore Tools", "Ardmore Tools LLC"),
        ("Ardmore Tools lnc", "Ardmore Tools Inc"),
        ("Ningbo City Ardmore Tools Ltd", "Ningbo Ardmore Tools Ltd"),
        ("Hong Kong Ardmore Tools Ltd", "Hongkong Ardmore Tools Ltd"),
        ("Ardmore Colour Centre", "Ardmore Color Center"),
        ("Ardmore Mgmt Svcs Ltd", "Ardmore Management Services Limited"),
    ],
)
def test_one_name_written_in_two_ways(left: str, right: str) -> None:
    assert compare_company_names(left, right).verdict == "same"
    assert compare_company_names(right, left).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("University of Ardmore", "Ardmore University"),
        ("Tools Ardmore Valley Ltd", "Ardmore Valley Tools Ltd"),
        ("Two Brooks Dairy", "2 Brooks Dairy"),
        ("St Mary Clinic", "Saint Mary Clinic"),
        ("0rchard Lamps Ltd", "Orchard Lamps Ltd"),
        ("Jane Moss trading as Moss Lamps", "Moss Lamps"),
        ("Ardmore Ltd (formerly Glenbrook Ltd)", "Glenbrook Ltd"),
        ("Tientsin Ardmore Carpets Co", "Tianjin Ardmore Carpets Co., Ltd."),
    ],
)
def test_one_firm_is_found_again(left: str, right: str) -> None:
    assert compare_company_names(left, right).verdict != "different"
    assert compare_company_names(right, left).verdict != "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ardmore Tools Ltd Shanghai Branch", "Ardmore Tools Ltd"),
        ("Ardmore Tools Guangzhou Representative Office", "Ardmore Tools Ltd"),
    ],
)
def test_a_branch_is_asked_about(left: str, right: str) -> None:
    assert compare_company_names(left, right).verdict == "probable"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ardmore Tools Shanghai Branch", "Ardmore Tools Wuhan Branch"),
        ("Marlow Engineering Ltd", "Barlow Engineering Ltd"),
        ("Two Brooks Dairy", "Three Brooks Dairy"),
        ("Ardmore Foods Ltd", "Ardmore Optics Ltd"),
        ("Bank of China Hong Kong", "Bank of China"),
    ],
)
def test_two_firms_are_two(left: str, right: str) -> None:
    assert compare_company_names(left, right).verdict == "different"


def test_a_form_that_stands_first_is_the_only_one() -> None:
    assert parse_company_name("AO Smith Corporation").brand == "ao smith"
    assert parse_company_name("AO Severnaya Zvezda").brand == "severnaya zvezda"


def test_the_branch_is_told_in_one_language() -> None:
    assert parse_company_name("Ardmore Tools Ltd, Shanghai Branch").branch == "上海"
    assert parse_company_name("Shanghai Branch of Ardmore Tools Ltd").branch == "上海"
    assert parse_company_name("Post Office Ltd").branch == ""

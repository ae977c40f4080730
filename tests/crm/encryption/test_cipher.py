"""A token opens in its own place of its own organisation, with its own key, or not at all."""

import logging

import pytest

from crm.encryption.cipher import (
    SecretText,
    Undecipherable,
    blind_index,
    key_of,
    masked,
    seal,
    unseal,
)

NUMBER = "6222021001012345678"
PLACE = "payments_bankaccount.number"


def sealed(text: str = NUMBER, *, place: str = PLACE, organization: int = 1) -> str:
    return seal(text, place=place, organization_id=organization)


def opened(token: str, *, place: str = PLACE, organization: int = 1) -> str:
    return unseal(token, place=place, organization_id=organization)


def test_a_sealed_text_opens_again() -> None:
    assert opened(sealed()) == NUMBER
    assert opened(sealed("付款账号 €")) == "付款账号 €"
    assert key_of(sealed()) == "test"


def test_the_same_text_never_looks_the_same() -> None:
    assert sealed() != sealed()
    assert NUMBER not in sealed()


def test_the_empty_text_stays_empty() -> None:
    assert sealed("") == ""
    assert opened("") == ""


@pytest.mark.parametrize(
    "moved", [{"organization": 2}, {"place": "payments_statementline.counterparty_account"}]
)
def test_a_token_does_not_open_elsewhere(moved) -> None:
    with pytest.raises(Undecipherable):
        opened(sealed(), **moved)


def test_an_altered_token_does_not_open() -> None:
    token = sealed()
    flipped = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    for altered in [flipped, token[:-4], NUMBER, "tz1.test.", "tz1.other." + token[9:], "tz1"]:
        with pytest.raises(Undecipherable):
            opened(altered)


def test_an_error_does_not_tell_the_text() -> None:
    with pytest.raises(Undecipherable) as caught:
        opened(NUMBER)
    assert NUMBER not in str(caught.value)


def test_a_decrypted_text_does_not_show_in_a_repr_or_a_log(caplog) -> None:
    text = opened(sealed())
    assert isinstance(text, SecretText)
    with caplog.at_level(logging.INFO, logger="tongzhou"):
        logging.getLogger("tongzhou").info("row %r", {"number": text})
    assert NUMBER not in caplog.text
    assert "*5678" in caplog.text


@pytest.mark.parametrize(
    ("text", "shown"), [(NUMBER, "*5678"), ("1234567", "****"), ("12", "****"), ("", "")]
)
def test_a_short_text_shows_nothing(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_blind_index_is_equal_for_equal_texts_of_one_place_and_tenant_only() -> None:
    one = blind_index(NUMBER, PLACE, organization_id=1)
    assert one == blind_index(NUMBER, PLACE, organization_id=1)
    assert one != blind_index(NUMBER, PLACE, organization_id=2)
    assert one != blind_index(NUMBER, "elsewhere", organization_id=1)
    assert one != blind_index(NUMBER + "0", PLACE, organization_id=1)
    assert NUMBER not in one

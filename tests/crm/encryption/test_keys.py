"""Keys are written once, kept to ourselves, and never told in a message."""

import stat
from pathlib import Path

import pytest

from crm.encryption.keys import (
    BadKeys,
    add_to_file,
    drop_from_file,
    fresh_line,
    make_file,
    parse,
)

A = fresh_line("a")
B = fresh_line("b")
INDEX = fresh_line("index")


def test_the_first_key_is_the_newest() -> None:
    assert parse(f"# note\n{B}\n{A}\n\n{INDEX}").newest == "b"
    assert list(parse(f"{A},{B},{INDEX}").keys) == ["a", "b"]


def test_a_ring_does_not_show_its_keys() -> None:
    assert repr(parse(f"{A},{INDEX}")) == "<Keyring a>"


@pytest.mark.parametrize(
    "text",
    [
        "",
        A,
        INDEX,
        f"{A},{A},{INDEX}",
        f"a:short,{INDEX}",
        f"A b:{A[2:]},{INDEX}",
        f"{A[2:]},{INDEX}",
    ],
    ids=["none", "no index", "no key", "twice", "short", "bad name", "nameless"],
)
def test_a_wrong_ring_is_refused_without_telling_a_key(text: str) -> None:
    with pytest.raises(BadKeys) as caught:
        parse(text)
    assert A[2:] not in str(caught.value)


def test_the_file_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "field-keys"
    make_file(path)
    first = path.read_text()
    make_file(path)

    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_new_key_comes_first_and_an_old_one_can_go(tmp_path: Path) -> None:
    path = tmp_path / "field-keys"
    make_file(path)
    old = parse(path.read_text())
    name = add_to_file(path)
    ring = parse(path.read_text())

    assert list(ring.keys) == [name, old.newest]
    assert ring.index == old.index
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    drop_from_file(path, {old.newest})
    assert list(parse(path.read_text()).keys) == [name]
    with pytest.raises(BadKeys):
        drop_from_file(path, {name})

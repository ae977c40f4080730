"""How Chinese characters are read: a small table of single ones, and pypinyin for whole words."""

from functools import cache
from pathlib import Path
from threading import Lock

_FILE = Path(__file__).with_name("data") / "readings.txt"
_loading = Lock()


def load_readings() -> None:
    """Load pypinyin with its word lists, 50 MB on first use, one thread at a time.

    Two threads that import its parts in different orders block each other, and one of them fails.
    """
    with _loading:
        import pypinyin.seg.mmseg  # noqa: F401, PLC0415


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Every character pypinyin can read → its readings, the usual one first."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            said, _, characters = line.partition(": ")
            found.update(dict.fromkeys(characters, tuple(said.split())))
    return found


def known_readings(character: str) -> tuple[str, ...]:
    """The toneless readings of one common character; itself for Latin letters; else nothing."""
    return _table().get(character) or ((character,) if character.isascii() else ())


def all_readings() -> frozenset[str]:
    """Every syllable that a character is read as."""
    return frozenset(said for readings in set(_table().values()) for said in readings)

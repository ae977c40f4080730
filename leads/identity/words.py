"""Word lists of this engine, kept as text beside the code (`data/*.txt`)."""

from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")


@cache
def _sections(topic: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """`[section]`, then `key: words`; an indented line continues the one before; # is a comment."""
    sections: dict[str, dict[str, tuple[str, ...]]] = {}
    key = ""
    for line in (_DATA / f"{topic}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = sections[line.strip("[]")] = {}
        elif line.startswith(" "):
            section[key] += tuple(line.split())
        elif line and not line.startswith("#"):
            key, _, rest = line.partition(":")
            section[key] = tuple(rest.split())
    return sections


def table(topic: str, section: str) -> dict[str, tuple[str, ...]]:
    """One section as key → words."""
    return _sections(topic)[section]


def words(topic: str, section: str) -> frozenset[str]:
    """All words of one section, whatever their key."""
    return frozenset(word for row in table(topic, section).values() for word in row)


def index(topic: str, section: str) -> dict[str, str]:
    """One section turned round: word → key. The first key keeps a word that two claim."""
    turned: dict[str, str] = {}
    for key, row in table(topic, section).items():
        for word in row:
            turned.setdefault(word, key)
    return turned

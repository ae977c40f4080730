"""Keys by which people without a company are compared in a batch: their names, mail and doors.

In files of people nothing else may agree: no phone, no whole address of mail. Two slips in one
record must not hide it, so each key leaves something out.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from leads.identity.addresses import parse_address
from leads.identity.persons import chinese_spellings
from leads.identity.profiles import Profile
from leads.identity.text import has_chinese

_MOST = 4  # words of a name that are paired
_WORD, _START = 3, 3  # letters of a word that says something, and of its beginning
_NUMBERS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]{4,}")
_MARKS = re.compile(r"[\d._+-]+")


def person_keys(profile: Profile) -> Iterator[tuple[str, ...]]:
    """Words that two records of one person hardly lack altogether."""
    for key in _of_name(profile.person):
        yield "person", *key
    for address in profile.emails:
        name, _, host = address.partition("@")
        yield "mailbox", name
        yield "letters", _MARKS.sub("", name), host[:2]
        for key in _of_name(_MARKS.sub(" ", name)):
            yield "person", *key
    for day in profile.born:
        for start in _starts(profile.person):
            yield "born", day, start
    if profile.address:
        for key in _of_address(profile.address):
            yield "door", *key


def _of_name(name: str) -> Iterator[tuple[str, ...]]:
    """A word whole and the beginning of another; of a Chinese name, how it is spelt."""
    if has_chinese(name):
        yield (name,)
        for surname, given in chinese_spellings(name)[:_MOST]:
            yield tuple(sorted((surname, given)))
        return
    words = [word for word in name.split() if len(word) > 1][:_MOST]
    if len(words) == 1:
        yield (words[0],)
    for one, other in combinations(words, 2):
        yield tuple(sorted((one, other)))
        yield one, other[0]
        yield other, one[0]
        yield tuple(sorted((one[:_START], other[:_START])))
        yield tuple(sorted((one[-_START:], other[-_START:])))


def _starts(name: str) -> set[str]:
    """How the words of a name begin, of a Chinese one as it is spelt."""
    if has_chinese(name):
        ways = chinese_spellings(name)[:_MOST] or [(name,)]
        return {word[:1] for words in ways for word in words}
    return {word[0] for word in name.split()[:_MOST]}


def _of_address(text: str) -> Iterator[tuple[str, ...]]:
    address = parse_address(text)
    if has_chinese(address.text):
        if address.street and address.number:
            yield address.street, address.number, address.room
        return
    numbers, words = _NUMBERS.findall(address.text), _LETTERS.findall(address.text)
    for number in dict.fromkeys(numbers):
        for word in words[:_MOST]:
            yield number, word[: _START + 1]
    yield from combinations(words[:_MOST], 2)

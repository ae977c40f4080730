"""Does a Chinese brand sound like a Latin one? 阿尔斯通 and Alstom: consonants first."""

import re
from functools import lru_cache

from leads.identity.text import pinyin_key
from leads.identity.words import table

_SHORTEST = 3  # Chinese characters: two sound like too many things
_NEAR, _CONFIRMED = 0.76, 0.7
_LEAST = 2.8  # weight of the sounds that must agree
_WORD = re.compile("[a-z]{2,24}")
_OTHER_LENGTH = 1.6

_LATIN = {key: (sound or ("",))[0] for key, sound in table("sounds", "latin").items()}
_SPELLING = re.compile("|".join(sorted(_LATIN, key=len, reverse=True)))
_INITIALS = {key: (sound or ("",))[0] for key, sound in table("sounds", "initials").items()}
_FINALS = {key: sound[0] for key, sound in table("sounds", "finals").items()}
_BARE = frozenset("".join(table("sounds", "bare")["characters"]))
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)([a-zü]*?)(ng|n)?$")
_VOICED = frozenset("aeiou")
_VOWELS = re.compile(r"([aeiou])[aeiou]+")
_DOUBLED = re.compile(r"([a-z])\1")
_WEIGHTS = {**dict.fromkeys("PTKSFJLMN", 1.0), **dict.fromkeys("HW", 0.5)}
_WEIGHTS |= dict.fromkeys("aeiou", 0.25)
_SWAPS = {
    way: float(cost[0])
    for pair, cost in table("sounds", "swaps").items()
    for way in ((pair[0], pair[1]), (pair[1], pair[0]))
} | {(one, other): 0.12 for one in "aeiou" for other in "aeiou" if one != other}
_NEVER = 9.0


@lru_cache(maxsize=16384)
def heard_alike(chinese: str, latin: str, *, is_confirmed: bool = False) -> bool:
    """Whether one reads as the other said aloud; less will do when more of the name agrees."""
    if len(chinese) < _SHORTEST - is_confirmed or not _WORD.fullmatch(latin):
        return False
    a, b = _latin_sounds(latin), _chinese_sounds(chinese)
    if not a or not b or (a[0] != b[0] and (a[0], b[0]) not in _SWAPS):
        return False
    left, right = _weight(a), _weight(b)
    if min(left, right) < _LEAST - is_confirmed or abs(left - right) > _OTHER_LENGTH:
        return False
    return 1 - _distance(a, b) / max(left, right) >= (_CONFIRMED if is_confirmed else _NEAR)


@lru_cache(maxsize=16384)
def _latin_sounds(word: str) -> str:
    plain = _DOUBLED.sub(r"\1", word)
    if len(plain) > _SHORTEST and plain.endswith("e"):
        plain = plain[:-1]
    return _VOWELS.sub(r"\1", _SPELLING.sub(lambda found: _LATIN[found[0]], plain))


@lru_cache(maxsize=16384)
def _chinese_sounds(brand: str) -> str:
    return _VOWELS.sub(r"\1", "".join(map(_sound, brand)))


@lru_cache(maxsize=4096)
def _sound(character: str) -> str:
    """凯 is Ka, 斯 is S, 尔 is L."""
    if character in "尔耳":
        return "L"
    parts = _SYLLABLE.match(pinyin_key(character))
    if parts is None:
        return ""
    initial, final = _INITIALS.get(parts[1], ""), _FINALS.get(parts[2], parts[2][:1])
    if parts[1] == "w" and final == "u":
        initial = ""
    vowel = "" if character in _BARE or final not in _VOICED else final
    return initial + vowel + ("N" if parts[3] else "")


def _weight(sounds: str) -> float:
    return sum(map(_WEIGHTS.__getitem__, sounds))


def _distance(a: str, b: str) -> float:
    """The least that sounds must be changed, left out or added, each at its weight."""
    row = [0.0]
    for other in b:
        row.append(row[-1] + _WEIGHTS[other])
    for one in a:
        lost = _WEIGHTS[one]
        above, row = row, [row[0] + lost]
        for place, other in enumerate(b):
            swap = 0.0 if one == other else _SWAPS.get((one, other), _NEVER)
            row.append(
                min(above[place] + swap, above[place + 1] + lost, row[place] + _WEIGHTS[other])
            )
    return row[-1]

"""How Chinese names are spelt in letters: pinyin, and as Taiwan and Hong Kong write them."""

import re
from functools import lru_cache
from itertools import product

from leads.identity.text import has_chinese, readings
from leads.identity.words import table

_MOST = 4  # characters read in every way they have; of more only the usual way
_WADE_INITIALS = {key: spelt[0] for key, spelt in table("romanisations", "wade_initials").items()}
_WADE_FINALS = {key: spelt[0] for key, spelt in table("romanisations", "wade_finals").items()}
_WADE_SYLLABLES = {key: spelt[0] for key, spelt in table("romanisations", "wade_whole").items()}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)(.*)")


@lru_cache(maxsize=4096)
def spellings(text: str) -> tuple[str, ...]:
    """The ways to spell characters in letters, each script of romanisation kept to itself."""
    if len(text) > _MOST or not has_chinese(text):
        return (text,)
    pinyin = [sorted(one.replace("ü", "v") for one in readings(char)) for char in text]
    found = dict.fromkeys(map("".join, product(*pinyin)))
    found |= dict.fromkeys("".join(map(wade_giles, way)) for way in product(*pinyin))
    cantonese = [_cantonese().get(char, ()) for char in text]
    found |= dict.fromkeys(map("".join, product(*cantonese)))
    return tuple(found)


@lru_cache(maxsize=2048)
def wade_giles(syllable: str) -> str:
    """A syllable of pinyin as Taiwan spells it, without apostrophes: zhong → chung."""
    if whole := _WADE_SYLLABLES.get(syllable):
        return whole
    parts = _SYLLABLE.fullmatch(syllable)
    if parts is None:
        return syllable
    initial, final = parts[1], parts[2]
    return _WADE_INITIALS.get(initial, initial) + _WADE_FINALS.get(final, final)


@lru_cache(maxsize=1)
def _cantonese() -> dict[str, tuple[str, ...]]:
    """Character → its spellings in Hong Kong; the table has spelling → characters."""
    found: dict[str, tuple[str, ...]] = {}
    for spelt, groups in table("romanisations", "hong_kong").items():
        for char in "".join(groups):
            found[char] = (*found.get(char, ()), spelt)
    return found

"""How the Chinese name may be read that a Latin one stands for: Ruixing Bearing, Red Sun Chemical.

Two such names share no letter, so without these readings no index brings them together. What is
read here is compared afterwards by the rules for all names; a reading too many costs a look.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from leads.identity.sounds import reading_of
from leads.identity.text import has_chinese
from leads.identity.translations import SILENT_WORDS, in_pairs, syllables, translated_words
from leads.identity.types import CompanyName

MOST = 8  # readings of one name
_WORDS = 4  # of the brand, from its beginning
_LEAST = 2  # syllables or characters: one alone says too little
_CHOICES = 2  # Chinese words for one of ours


def other_readings(name: CompanyName) -> tuple[str, ...]:
    """Readings of the brands that a Latin brand may mean besides its own, the likeliest first."""
    return () if has_chinese(name.brand) else _readings(name.brand)


@lru_cache(maxsize=4096)
def _readings(brand: str) -> tuple[str, ...]:
    words = brand.split()[:_WORDS]
    found = dict.fromkeys([*_by_ear(words), *_by_word(words)])
    return tuple([one for one in found if one != brand])[:MOST]


def _by_ear(words: list[str]) -> Iterator[str]:
    """Its first words in pinyin, together and alone; what stands first may be a district."""
    spoken = words[: next((at for at, one in enumerate(words) if not _is_spoken(one)), len(words))]
    yield from spoken[:1]
    for left, right in pairwise(spoken):
        yield left + right
        yield right


def _is_spoken(word: str) -> bool:
    return any(count >= _LEAST for count in syllables(word))


def _by_word(words: list[str]) -> Iterator[str]:
    """Its first words translated one after the other: 红, 红太阳; what follows may be its trade."""
    known, so_far = translated_words(), [""]
    for word in in_pairs(words, known):
        choices = sorted(known.get(word, ()), key=len)[:_CHOICES]  # 滩 rather than 海滩
        if word in SILENT_WORDS or not choices:
            return
        so_far = [begun + one for begun in so_far for one in choices][:MOST]
        yield from (reading_of(text) for text in so_far if len(text) >= _LEAST)

"""How a brand is read: toneless, character by character."""

from functools import cache, lru_cache
from hashlib import blake2b

from leads.identity.characters import plain_numerals
from leads.identity.readings import known_readings
from leads.identity.text import has_chinese


@lru_cache(maxsize=65536)
def sound_of(brand: str) -> str:
    """The reading of a brand; what is not Chinese stands for itself."""
    return reading_of(brand)


def reading_of(brand: str) -> str:
    """The same, for brands that hardly come again. 360 is read as 三六零 is."""
    return "".join(map(_reading, plain_numerals(brand)))


@lru_cache(maxsize=65536)
def sound_bits(brand: str) -> int:
    """32 bits of the reading, equal for all that sound alike."""
    return int.from_bytes(blake2b(sound_of(brand).encode(), digest_size=4).digest(), "big")


@cache
def _reading(character: str) -> str:
    """The usual toneless reading of a Chinese character; others stand for themselves."""
    known = known_readings(character) if has_chinese(character) else ()
    return known[0] if known else character

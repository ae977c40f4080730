"""The hospital or school of a place by its number, as people shorten it: 杭州市二院, 常熟三中."""

import re
from functools import lru_cache

from leads.identity.characters import plain_numerals
from leads.identity.places import place_at
from leads.identity.types import CompanyName

_ENDS = frozenset("院医中学小校")
_NUMBER = "零一二三四五六七八九十百"
_NUMBERED = re.compile(
    rf"第?([{_NUMBER}]{{1,3}})([^{_NUMBER}]{{0,4}}(?:医院|中学|小学)|[院医中小])校?$"
)


def house_of(name: CompanyName) -> tuple[str, str] | None:
    """Which one of which place, in one spelling: 二医 of 杭州; nothing of most names."""
    return _house_in(name.text) if name.text[-1:] in _ENDS else None


@lru_cache(maxsize=4096)
def _house_in(text: str) -> tuple[str, str] | None:
    place = place_at(text)
    if place is None:
        return None
    found = _NUMBERED.search(plain_numerals(text), place.length)
    if found is None:
        return None
    number, what = found.groups()
    kind = what.removesuffix("学")[-1] if what[-1] in "学中小" else "医"  # 二院 is a hospital
    return f"{number}{kind}", place.county or place.city or place.province

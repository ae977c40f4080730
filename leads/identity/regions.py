"""Which province does a text speak of: an address, a company name, a phone?"""

from functools import lru_cache

from leads.identity.phones import looks_like_phone, phone_region
from leads.identity.places import find_place
from leads.identity.text import normalise_name

_LONGEST = 400


@lru_cache(maxsize=16384)
def region_of(text: str) -> str | None:
    """Province (short: 浙江) that an address, a company name or a Chinese phone points to."""
    if looks_like_phone(text):
        return phone_region(text)
    place = find_place(normalise_name(text[:_LONGEST]).removeprefix("中国"))
    return place.province if place else None

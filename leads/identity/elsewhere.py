"""A glance at where a firm says it is: enough to leave its name alone before it is taken apart.

Taking a name apart and comparing it costs ten times this. Of the records that a look-up reads,
most share a brand or a part of it with firms of other provinces.
"""

from leads.identity.keys import NATIONWIDE
from leads.identity.names import RARE
from leads.identity.places import ALSO_BRANDS, Place, place_at
from leads.identity.text import normalise_name
from leads.identity.types import CompanyName

_SHORTEST = 6  # characters behind the place: a brand and a legal form


def is_elsewhere(asked: CompanyName, name: str) -> bool:
    """Whether the name begins with a place of another province, so that it is another firm's.

    A rare brand may have moved; such a name is not elsewhere if it holds the brand. Nor is one
    that begins with the brand: 东港股份 is no firm of the town 东港.
    """
    if not asked.province or asked.province == NATIONWIDE:
        return False
    text = normalise_name(name)
    if asked.region and text.startswith(asked.region):
        return False  # as most that a look-up finds
    place = place_at(text)
    if place is None or not _is_sure(place, text):
        return False
    if place.province == asked.province or _ends_alike(asked, place):
        return False
    if text.startswith(asked.brand):
        return False
    return len(asked.brand) < RARE or asked.brand not in text


def _is_sure(place: Place, text: str) -> bool:
    """Whether the name tells this place and no other.

    Brackets may say otherwise, the place may be the brand, and a name that goes on behind its
    legal form may be written back to front.
    """
    is_place = bool(place.province) and place.city not in ALSO_BRANDS
    is_plain = "(" not in text and "公司" not in text[: -len("公司")]
    return is_place and is_plain and len(text) - place.length >= _SHORTEST


def _ends_alike(asked: CompanyName, place: Place) -> bool:
    """朝阳 of 辽宁 and 朝阳 in 北京 may be meant alike."""
    there = place.city or place.province
    return asked.region.endswith(there) or place.name.endswith(asked.place)

"""An address down to the house number: what two records at one place share."""

import re
from unicodedata import normalize

from leads.identity.places import MUNICIPALITIES, Place, place_at

_HOUSE = re.compile(
    r"([\u4e00-\u9fff]{2,12}?(?:大道|大街|路|街|巷|弄|道|里|村))(?:第)?(\d{1,5})(?=[号弄幢座-]|$|\D)"
)
_ADMIN = re.compile(r".*(?:[省市区县旗镇乡]|街道|工业园|开发区|高新区|园区|新区)(?=.{2,})")
_BLANK = re.compile(r"[\s,，。.、·]+")


def street_key(address: str, *, province: str = "", city: str = "") -> str:
    """Province, city, road and number in one spelling; "" where there is no house number."""
    text = _BLANK.sub("", normalize("NFKC", address))
    place = place_at(text)
    rest = text[place.length :] if place else text
    found = _HOUSE.search(rest)
    if found is None:
        return ""
    road = _ADMIN.sub("", found[1])
    where = _city(place) or city.removesuffix("市")
    return "|".join((province, where, road, found[2]))


def _city(place: Place | None) -> str:
    """The city an address begins with; a municipality is its own."""
    if place is None:
        return ""
    return place.city or (place.province if place.province in MUNICIPALITIES else "")


def same_street(left: str, right: str) -> bool:
    """One road and number, and no two different cities; a place that is not given may be any."""
    if not left or not right:
        return False
    *a, a_road, a_number = left.split("|")
    *b, b_road, b_number = right.split("|")
    if (a_road, a_number) != (b_road, b_number):
        return False
    return all(x == y or not x or not y for x, y in zip(a, b, strict=True))

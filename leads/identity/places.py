"""Provinces and cities of China: which place a name, an address or a phone speaks of."""

import re
from functools import cache
from typing import NamedTuple

from leads.identity.misread_places import meant_by, slip_at
from leads.identity.words import index, table, words

PROVINCES: tuple[str, ...] = tuple(table("places", "prefectures"))
MACRO_REGIONS: dict[str, tuple[str, ...]] = table("places", "macro_regions")
ALSO_BRANDS = words("places", "also_brands") | words("counties", "also_words")
MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
_RENAMED = index("places", "renamed")  # 襄樊 is 襄阳 today
_PROVINCE_STARTS = {name[:2]: name for name in PROVINCES}
# 吉林省吉林市, 青海省海南州: a city that is called as a province is
_OWN_CITY = {"吉林": ("市",), "海南": ("州", "藏族")}
_PROVINCE_TAILS = ("省", "市", "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区")
_AUTONOMOUS = "|".join(f"(?<={name})" for name in sorted(words("places", "autonomous")))
_TAIL_STARTS = frozenset(tail[0] for tail in _PROVINCE_TAILS)
_CITY_TAIL_STARTS, _AUTONOMY = frozenset("市地盟县旗区州"), "自治"
_CITY_TAIL = re.compile(
    rf"市|地区|盟|[县旗]|区(?![政场民域块])|(?:{_AUTONOMOUS})州|"
    r"(?:[\u4e00-\u9fff]{1,3}族|哈萨克|蒙古|柯尔克孜)*自治[州县旗]"
)
_COUNTY = re.compile(r"([\u4e00-\u9fff]{1,3}?)(自治县|新区|市|县|区|旗)(?=.)(?!政|场|民|域|块)")
_LONG_COUNTY = re.compile(
    r"([\u4e00-\u9fff]{2,4}?)(?:(?:[\u4e00-\u9fff]{1,3}族){1,3}自治[县旗]|自治旗|(?=[左右前后中]旗)..|联合旗)(?=.)"
)
_NO_COUNTY = re.compile(
    r"(?:[超城夜上都股门集菜早闹楼花黑开]市|[社小园景地发特校片街灾税贸库厂]区)$"
)
_ROAD = re.compile(
    r"[东西南北中]?(?:一|二|三|四)?"
    r"(?:路|大街|大道|街道?|巷|弄)"
    r"(?:(?![\u4e00-\u9fff]{2})|(?=支行|分行|营业|分店|网点|号|办事|社区|居委|[一二三四五六七八九十]))"
)


_DISTRICT = 2  # characters of most names of districts
_REACH = 12  # characters within which a long county ends
_City = tuple[str, str, str]  # as written, its name today, its province


class Place(NamedTuple):
    """A place at the start of a text, and how many characters it took."""

    province: str = ""
    city: str = ""
    county: str = ""
    length: int = 0
    is_explicit: bool = False  # written with 省/市/县/区, so certainly a place
    is_province_written: bool = False

    @property
    def name(self) -> str:
        """What is written, without 省/市/县: 杭州西湖."""
        return (self.province if self.is_province_written else "") + self.city + self.county


@cache
def city_provinces() -> dict[str, str]:
    """Every city and county known by name → its province; one used twice is the bigger city."""
    cities = index("places", "prefectures")
    counties = {county: cities.get(city, city) for county, city in _prefectures().items()}
    cities = counties | cities
    return cities | {old: cities[today] for old, today in _RENAMED.items()}


@cache
def _prefectures() -> dict[str, str]:
    """County, or district that names begin with → the city it belongs to."""
    return index("counties", "bare") | index("counties", "of_prefectures")


def is_county(name: str) -> bool:
    """Whether a place belongs to a city: 昆山, 萧山."""
    return name in _prefectures()


def is_within(county: str, city: str) -> bool:
    """Whether a county belongs to a city: 昆山 to 苏州, 萧山 to 杭州."""
    return _prefectures().get(county) == city


@cache
def _cities_by_start() -> dict[str, list[_City]]:
    """First two characters of cities → those that begin so, the longest first."""
    found: dict[str, list[_City]] = {}
    for city, province in city_provinces().items():
        if len(city) > 1:
            today = _RENAMED.get(city, city)
            found.setdefault(city[:2], []).append((city, today, province))
    for cities in found.values():
        cities.sort(key=lambda city: -len(city[0]))
    return found


@cache
def _macro_regions() -> dict[str, str]:
    return index("places", "macro_regions")


def macro_region(province: str) -> str | None:
    """The sales region a province is usually counted in: 浙江 → 华东."""
    return _macro_regions().get(province)


def place_at(text: str, start: int = 0) -> Place | None:
    """The place that a normalised text names at `start`, province → city → county."""
    province, pos, sure = _province_at(text, start)
    city, pos, city_province, city_sure = _city_at(text, pos, province)
    county, pos = _county_at(text, pos)
    if pos == start:
        may_be_slip = start == 0 and (slip_at(text) or text[2:3] == "省")
        return _misread_at(text) if may_be_slip else None
    if county and not (province or city) and start == 0 and (place := _misread_at(text)):
        return place
    sure = sure or city_sure or bool(county)
    if not sure:
        if pos < len(text) and _ROAD.match(text, pos):
            return None
        if not province and city in ALSO_BRANDS:
            return None
    return Place(province or city_province, city, county, pos - start, sure, bool(province))


def _misread_at(text: str) -> Place | None:
    """A place told by a slip at the start of a text that goes on."""
    meant = meant_by(text)
    place = place_at(meant + text[len(meant) :]) if meant else None
    return place if place and place.length + 1 < len(text) else None


def province_at(text: str) -> Place | None:
    """Only the province at the start of a text."""
    province, end, is_explicit = _province_at(text, 0)
    if not province:
        return None
    return Place(province, length=end, is_explicit=is_explicit, is_province_written=True)


def _province_at(text: str, pos: int) -> tuple[str, int, bool]:
    name = _PROVINCE_STARTS.get(text[pos : pos + 2])
    if name is None or not text.startswith(name, pos):
        return "", pos, False
    end = pos + len(name)
    if name in _RENAMED and text.startswith(_OWN_CITY[name], end):
        return "", pos, False  # 吉林市, 海南藏族自治州
    if text[end : end + 1] in _TAIL_STARTS:
        for tail in _PROVINCE_TAILS:
            if text.startswith(tail, end):
                return name, end + len(tail), True
    return name, end, False


def _city_at(text: str, pos: int, province: str) -> tuple[str, int, str, bool]:
    for name, today, owner in _cities_by_start().get(text[pos : pos + 2], ()):
        if (province and owner != province) or not text.startswith(name, pos):
            continue
        end = pos + len(name)
        if (text[end : end + 1] in _CITY_TAIL_STARTS or _AUTONOMY in text) and (
            tail := _CITY_TAIL.match(text, end)
        ):
            if tail[0] == "区" and today not in _prefectures():
                continue  # 朝阳区 of 北京 or 长春, not 朝阳市
            return today, tail.end(), owner, True
        return today, end, owner, name[-1] == "市"
    return "", pos, "", False


@cache
def _districts() -> dict[str, frozenset[str]]:
    found = {city: frozenset(names) for city, names in table("counties", "districts").items()}
    for city, names in table("counties", "of_prefectures").items():
        found[city] = found.get(city, frozenset()).union(names)
    return found


def district_size(text: str, place: Place) -> int:
    """How many characters of a district known by name follow its city or province."""
    known = _districts().get(place.city or place.province)
    if not known:
        return 0
    return 3 if text[:3] in known else 2 if text[:2] in known else 0


@cache
def _merged() -> dict[str, str]:
    return index("places", "merged_districts")


def are_merged(left: str, right: str) -> bool:
    """上海卢湾 is part of 上海黄浦 today."""
    one, other = left[-_DISTRICT:], right[-_DISTRICT:]
    is_one_city = left[:-_DISTRICT] == right[:-_DISTRICT]
    return is_one_city and _merged().get(one, one) == _merged().get(other, other)


@cache
def _letters() -> dict[str, str]:
    return index("places", "letters")


def brand_says_place(brand: str, place: str) -> bool:
    """浙商 of 浙江, 浦东 of 上海: a name that leaves the place out has said it."""
    if brand[:2] in _districts().get(place, ()):
        return True
    return place != "中国" and _letters().get(brand[:1]) == place


def _county_at(text: str, pos: int) -> tuple[str, int]:
    if not ("区" in text or "市" in text or "县" in text or "旗" in text):
        return "", pos  # as in most names of firms
    if (text.find("自治", pos, pos + _REACH) >= 0 or text.find("旗", pos, pos + _REACH) >= 0) and (
        found := _LONG_COUNTY.match(text, pos)
    ):
        return found[1], found.end()
    found = _COUNTY.match(text, pos)
    if not found or (len(found[1]) < 2 and found[2] != "县") or _NO_COUNTY.search(found[0]):
        return "", pos
    return found[1] + ("新区" if found[2] == "新区" else ""), found.end()


def find_place(text: str) -> Place | None:
    """The first place anywhere in a normalised text; one with 省/市/县 goes before one without."""
    best = None
    for start in range(len(text) - 1):
        place = place_at(text, start)
        if place is None or not place.province:
            continue
        if start == 0 or place.is_explicit:
            return place
        best = best or place
    return best

"""Postal addresses to street level: is it the same door, the same building, or neither?"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz.fuzz import ratio, token_sort_ratio

from leads.identity.address_parts import (
    Door,
    crossing_in,
    floor_in,
    in_figures,
    part_in,
    says_the_same,
    unit_in,
    village_at,
)
from leads.identity.characters import look_alike, plain_numerals
from leads.identity.places import Place, district_size, is_within, place_at
from leads.identity.text import has_chinese, to_simplified
from leads.identity.words import index

Nearness = Literal["room", "number", "building", "street", ""]

_LONGEST = 240
_NUMERAL = "[0-9一二三四五六七八九十百]+"
_TOWN = re.compile(r"^([\u4e00-\u9fff]{2,6}?(?:镇|乡|街道|开发区|工业区|工业园|高新区|园区))")
_STREET = re.compile(
    r"^(?:.{0,14}?(?:镇|乡|街道|村|园区|开发区|高新区|工业园|工业区|组团|片区|[市区县]))?"
    r"(?P<street>[\u4e00-\u9fffa-z]{1,10}?[一二三四五六七八九十东南西北中0-9]{0,2}"
    r"(?:(?:大道|大街|公路)(?:[东西南北中][段路]|[一二三四五0-9]段)?|国道|省道|胡同|"
    r"[路街道巷弄里](?:[东西南北中一二三四五六0-9]段)?))"
    r"(?:(?P<lane>[0-9]+)弄)?(?P<number>[0-9]+(?:[-/][0-9]+)?)?号?"
)
_BUILDING = re.compile(
    r"(?P<named>[\u4e00-\u9fffa-z]{2,12}?(?:大厦|大楼|广场|中心|国际|商城|写字楼|科技园|产业园|工业园|花园|小区))"
)
_BLOCK = re.compile(
    rf"(?P<block>[a-z]|{_NUMERAL})(?:号楼|栋|幢|座|塔|号院)|(?P<area>[a-z](?=区)|[东南西北](?=[塔座楼](?!路)))"
)
_ROOM = re.compile(r"(?P<room>[a-z]?[0-9]{2,5}[a-z]?)(?:室|房|号|铺)?$")
_NUMBERED_STREET = re.compile(  # 解放碑步行街|民权路28号, 软件园3期|诚毅大街350号
    r"(?P<street>[\u4e00-\u9fff]{1,6}?(?:大道|大街|公路|[路街道巷]))(?P<lane>)(?P<number>[0-9]+(?:[-/][0-9]+)?)号"
)
_MISREAD_NUMBER = re.compile(r"(?<![a-z0-9])[lio]*[0-9][0-9lio]*(?=[号弄])")
_AS_FIGURES = str.maketrans("lio", "110")
_TOLD_OR_NOT = re.compile("社区|街道|工业[园区]|[镇乡村]")  # 虎门镇怀德社区大坑路, 虎门怀德大坑路
_RUN_TOGETHER = re.compile(r"([a-z]{3,})(?:strasse|weg|platz|allee|gasse|ring|damm|ufer)\b")
_ROAD_NEXT = re.compile("[东西南北中]?(?:大道|大街|[路街道巷弄])")
_MERGED = index("places", "merged_districts")  # 闸北 is 静安 today
_MARKS = re.compile(r"[\s,，.。;；:：()（）【】\[\]#、]+")
_NUMBERS = re.compile(r"\d+")
_SHORTENED = index("places", "streets_in_letters")  # st → street
_WITH_NUMBER = re.compile(r"\S*\d\S*")
_SIDES = frozenset({"north", "south", "east", "west"})
_POST_CODE = 4  # digits
_WORDS = 3  # of an address without its numbers that say which street
_SAME_STREET = 85
_TELLING = 4  # letters before a shortened strasse
_SHORT = 2  # characters of 西路, which says nothing
_MOST = 0.6  # of the words
_ALIKE, _LIKELY, _NEAR, _NUMBERED = (
    90,
    82,
    75,
    64,
)  # of 100: Latin addresses word by word, in any order


class Address(NamedTuple):
    """An address taken apart; empty where it does not say."""

    province: str = ""
    city: str = ""
    county: str = ""
    street: str = ""
    number: str = ""
    building: str = ""
    block: str = ""
    room: str = ""
    text: str = ""
    unit: str = ""
    floor: str = ""
    crossing: tuple[str, ...] = ()
    group: str = ""  # of a village: 红花村三组


@lru_cache(maxsize=16384)
def parse_address(text: str) -> Address:
    """Province, city, county, street, number, building and room of an address."""
    plain = to_simplified(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold())
    if not has_chinese(plain):
        words = _MARKS.sub(" ", _plain_letters(plain)).split()
        return Address(text=" ".join(map(_spelt_out, words)))
    plain = _MARKS.sub("", plain).replace("—", "-").replace("－", "-")
    plain = in_figures(_MISREAD_NUMBER.sub(lambda found: found[0].translate(_AS_FIGURES), plain))
    place = place_at(plain.removeprefix("中国"))
    rest = plain.removeprefix("中国")[place.length :] if place else plain
    if place:
        place, rest = _with_district(place, rest)
    crossing = crossing_in(rest)
    street, behind = _street(rest)
    village, group, house = village_at(rest) if not (street and street["number"]) else ("", "", "")
    if street and not (village and (group or house)):
        village, group, house, rest = "", "", "", behind
    else:
        street = None
    named = _BUILDING.search(rest)
    block = _BLOCK.search(rest)
    if village.endswith("工业区") and block and not house:
        house = block[0]  # 第3工业区5栋
    room, floor = _ROOM.search(rest) if not village or block else None, floor_in(rest)
    if room and room["room"] == f"{floor}f":
        room = None
    return Address(
        province=place.province if place else "",
        city=place.city if place else "",
        county=place.county if place else "",
        street=street["street"] if street else village,
        number=_number(street) if street else "-".join(filter(None, (group, house))),
        building=named["named"] if named else "",
        block=(block["block"] or block["area"]) if block else "",
        room=room["room"] if room else "",
        text=plain,
        unit=unit_in(rest) or part_in(rest),
        floor=floor,
        crossing=crossing,
        group=group if not house else "",
    )


def _plain_letters(text: str) -> str:
    """München as Munchen."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return "".join(char for char in apart if not unicodedata.combining(char))


def _spelt_out(word: str) -> str:
    """St as street, Musterstr. as Musterstrasse."""
    if word.endswith("str") and len(word) > _TELLING:
        return word + "asse"
    return _SHORTENED.get(word, word)


def _with_district(place: Place, rest: str) -> tuple[Place, str]:
    """杭州|西湖|文三路, 潍坊|寿光|洛城街道; but 浦东大道 of 上海 is a street."""
    if place.county:  # 越秀环市东路 has no 越秀环市
        size = district_size(place.county, place)
        cut = place.county[size:] + "市" if 0 < size < len(place.county) else ""
        return (place._replace(county=place.county[:size]), cut + rest) if cut else (place, rest)
    size = district_size(rest, place)
    if not size or _ROAD_NEXT.match(rest, size):
        return place, rest
    return place._replace(county=rest[:size]), rest[size:].removeprefix("区").removeprefix("市")


def _street(rest: str) -> tuple[re.Match[str] | None, str]:
    found = _STREET.match(rest)
    if not (found and found["number"]):
        behind = rest[found.end() :] if found else rest
        if numbered := _NUMBERED_STREET.search(behind):
            rest, found = behind, numbered
    return found, rest[found.end() :] if found else rest


def _number(street: re.Match[str]) -> str:
    return "-".join(filter(None, (street["lane"], street["number"])))


def compare_addresses(left: str, right: str) -> Nearness:
    """How near two addresses are: one room, one street number, one building, or nothing."""
    a, b = parse_address(left), parse_address(right)
    if not a.text or not b.text:
        return ""
    if not has_chinese(a.text) or not has_chinese(b.text):
        return _two_languages(a, b) if has_chinese(a.text + b.text) else _latin(a.text, b.text)
    if _contradict(a.province, b.province) or _are_two_towns(a, b):
        return ""
    is_door = bool(a.number) and a.number == b.number and _is_one_street(a.street, b.street)
    is_building = bool(a.building) and a.building == b.building and len(a.building) > 3
    if a.crossing or b.crossing:
        return "street" if a.crossing == b.crossing else ""
    if not is_door and (not is_building or _are_two_streets(a.street, b.street)):
        return ""
    if is_door and a.group and b.group:
        return "street"
    if any(map(_contradict, _inside(a), _inside(b))):
        return "building"
    if a.room and a.room == b.room:
        return "room"
    return "number" if is_door else "building"


def _are_two_towns(a: Address, b: Address) -> bool:
    """萧山市 is 杭州市萧山区, 闸北区 today 静安区."""
    if is_within(b.city, a.city):
        a, b = b, a
    if is_within(a.city, b.city):
        return _contradict(a.city, b.county)
    one, other = _MERGED.get(a.county, a.county), _MERGED.get(b.county, b.county)
    return _contradict(a.city, b.city) or _contradict(one, other)


def _inside(address: Address) -> tuple[str, ...]:
    return address.block, address.unit, address.floor, address.room


def _two_languages(a: Address, b: Address) -> Nearness:
    """上海市漕溪北路398号 and 398 Caoxi North Road, Shanghai."""
    chinese, latin = (a, b.text) if has_chinese(a.text) else (b, a.text)
    door = Door(chinese.province, chinese.street, chinese.number, chinese.room)
    return "number" if says_the_same(door, latin) else ""


def _is_one_street(a: str, b: str) -> bool:
    """华夏路 and 珠江新城华夏路."""
    a, b = plain_numerals(a), plain_numerals(b)
    short, full = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) <= _SHORT or full.endswith(short):
        return bool(short) and (short == full or len(short) > _SHORT)
    if len(short) == len(full):
        differing = [(one, other) for one, other in zip(a, b, strict=True) if one != other]
        return len(differing) == 1 and look_alike(*differing[0])  # 机场路, 机埸路
    short, full = sorted((_TOLD_OR_NOT.sub("", a), _TOLD_OR_NOT.sub("", b)), key=len)
    return len(short) > _SHORT and full.endswith(short)


def _are_two_streets(a: str, b: str) -> bool:
    return bool(a and b) and not _is_one_street(a, b)


def _contradict(a: str, b: str) -> bool:
    return bool(a and b and a != b)


def _latin(a: str, b: str) -> Nearness:
    """6 Tullaroop Street, St James: the numbers agree and so do the words."""
    numbers, others = _numbers_in(a), _numbers_in(b)
    shared = set(numbers) & set(others)
    if _contradict(_sides(a), _sides(b)) or _are_two_stems(a, b):
        return ""
    is_numbered = len(shared) > 1  # the house and the post code
    if shared and (is_numbered or numbers[0] == others[0]):
        score = token_sort_ratio(a, b, score_cutoff=_NUMBERED if is_numbered else _NEAR)
        differing = set(numbers) ^ set(others)
        if score >= _ALIKE and all(len(number) >= _POST_CODE for number in differing):
            return "room"
        if score >= _LIKELY and not differing:
            return "room"
        if score:
            return "number"
    return "street" if _is_street(a, b) else ""


def _are_two_stems(a: str, b: str) -> bool:
    """Lindenstrasse, Gartenstrasse: most of both words says no more than street."""
    ours, theirs = _RUN_TOGETHER.findall(a), _RUN_TOGETHER.findall(b)
    if not ours or not theirs:
        return False
    return not any(ratio(one, other) >= _NEAR for one in ours for other in theirs)


def _sides(text: str) -> str:
    """40 West 57th Street is not 40 East 57th Street."""
    return " ".join(sorted(_SIDES.intersection(text.split())))


@lru_cache(maxsize=16384)
def _numbers_in(text: str) -> tuple[str, ...]:
    return tuple(_NUMBERS.findall(text))


@lru_cache(maxsize=16384)
def _words_in(text: str) -> tuple[str, ...]:
    """All of it that has no figure."""
    return tuple(_WITH_NUMBER.sub(" ", text).split())


def _is_street(a: str, b: str) -> bool:
    """Whether the words agree and only the numbers do not."""
    few, many = _words_in(a), _words_in(b)
    if (len(few), few) > (len(many), many):
        few, many = many, few
    if len(few) < _WORDS:
        return False
    if token_sort_ratio(" ".join(few), " ".join(many), score_cutoff=_SAME_STREET):
        return True
    if ratio(few[0], many[0]) < _LIKELY:
        return False
    shared = sum(any(ratio(word, other) >= _LIKELY for other in many) for word in few)
    return shared == len(few) or shared >= max(_WORDS + 1, _MOST * len(few))

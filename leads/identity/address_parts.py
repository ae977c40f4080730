"""Parts of Chinese addresses that need a closer look: figures, villages, crossroads, floors.

And how an English address says the same door.
"""

import re
from typing import NamedTuple

from leads.identity import lexicon
from leads.identity.places import place_at
from leads.identity.sounds import reading_of

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_WRITTEN = re.compile(
    r"第?([零〇一二两三四五六七八九十百]+|[0-9]+)(?=号|组|栋|幢|座|楼|层|单元|室|弄|排|队|社|段|期|工业区|区(?=[0-9一二三四五六七八九十]+(?:号楼|[栋幢座])))"
    r"|(?<=号之)([一二三四五六七八九十]+)"
)
_TENS = re.compile(r"(?:(.)?百)?零?(?:(.)?十)?(.)?")
_BESIDE_NUMBER = re.compile(r"(?<=[0-9])号[-之]([0-9]+)(?![0-9]|[室楼层房])")
_LABEL = re.compile(r"^(?:(?:通讯|公司|办公|注册|联系|收货|经营|详细)?地址|住所|住址)[::]?")
_POST_CODE = re.compile(r"(?:邮政?编码?)[::]?[0-9]{6}$")
_VILLAGE = re.compile(
    r"^(?:.{0,14}?(?:镇|乡|街道|街道办))?(?P<street>[\u4e00-\u9fff0-9]{1,8}?(?:村|庄|屯|社区|工业区))"
    r"(?:(?P<group>[0-9]+)[组队社排])?(?:(?P<number>[0-9]+(?:-[0-9]+)?)号)?"
)
_STREET_NAME = r"[\u4e00-\u9fff]{1,8}?(?:路|街|大道|道)"
_CROSSING = re.compile(
    rf"({_STREET_NAME})(?:与|和|、|/)?({_STREET_NAME})(?:交叉|交汇|交界|十字|路?口(?!岸))"
)
_PART = re.compile(r"([0-9]+)区(?=[0-9]+(?:号楼|[栋幢座]))")
_UNIT = re.compile(r"([0-9a-z]+)单元")
_FLOOR = re.compile(r"([0-9]{1,2})(?:楼|层|f(?![a-z0-9]))")
_SUFFIX = re.compile(r"([东西南北中]?)([一二三四五六七八九十]?)(?:大道|大街|公路|[路街道巷])(.*)$")
_SAID = {"东": "east", "西": "west", "南": "south", "北": "north", "中": "middle"}
_LATIN_NUMBER = re.compile(r"\d+")
_LETTERS = re.compile("[a-z]+")
_STREET_WORDS = frozenset({"road", "street", "avenue", "lu", "jie", "dadao", "lane"})


def in_figures(text: str) -> str:
    """文三路一百号 as 文三路100号, 第3栋 as 3栋; labels and post codes are left out."""
    text = _POST_CODE.sub("", _LABEL.sub("", text))
    return _BESIDE_NUMBER.sub(
        r"-\1号", _WRITTEN.sub(lambda found: _figure(found[1] or found[2]), text)
    )


def _figure(written: str) -> str:
    if written.isdigit() and written.isascii():
        return written
    if not {"十", "百"} & set(written):
        return "".join(str(_DIGITS[sign]) for sign in written)
    parts = _TENS.fullmatch(written)
    if parts is None:
        return written
    hundreds, tens, ones = parts.groups()
    value = _DIGITS.get(ones or "零", 0)
    if "十" in written:
        value += 10 * _DIGITS.get(tens or "一", 1)
    if "百" in written:
        value += 100 * _DIGITS.get(hundreds or "一", 1)
    return str(value)


def village_at(text: str) -> tuple[str, str, str]:
    """Village, its group, the house: 红花村|3|12 of 陈淋子镇红花村三组12号."""
    found = _VILLAGE.match(text)
    if not found:
        return "", "", ""
    return found["street"], found["group"] or "", found["number"] or ""


def crossing_in(text: str) -> tuple[str, ...]:
    """The two streets that cross: 文三路, 学院路."""
    found = _CROSSING.search(text)
    return tuple(sorted(found.groups())) if found else ()


def unit_in(text: str) -> str:
    """3 of 10号楼3单元2501."""
    found = _UNIT.search(text)
    return found[1] if found else ""


def part_in(text: str) -> str:
    """16 of 总部基地16区5号楼."""
    found = _PART.search(text)
    return f"{found[1]}区" if found else ""


def floor_in(text: str) -> str:
    """18 of 汇智大厦18楼, 18F."""
    found = _FLOOR.search(text)
    return found[1] if found else ""


class Door(NamedTuple):
    """What of a Chinese address an English one can say."""

    province: str
    street: str
    number: str
    room: str


def says_the_same(door: Door, latin: str) -> bool:
    """No.398 Caoxi North Road, Shanghai: 上海市漕溪北路398号."""
    if not door.street or not door.number or door.number not in _LATIN_NUMBER.findall(latin):
        return False
    words = _LETTERS.findall(latin)
    if _is_elsewhere(door.province, words) or _STREET_WORDS.isdisjoint(words):
        return False
    suffix = _SUFFIX.search(door.street)
    if not suffix or not suffix.start():
        return False
    core = reading_of(door.street[: suffix.start()])
    if core not in "".join(words) or not any(core.startswith(word[:2]) for word in words):
        return False
    if suffix[2] and not _says_number(core, suffix[2], words, latin):
        return False
    side = suffix[1] or suffix[3][:1]
    if not side:
        return not set(_SAID.values()) & set(words)
    return _SAID.get(side, "") in words or reading_of(side) in words


def _says_number(core: str, numeral: str, words: list[str], latin: str) -> bool:
    """Wensan Road, 3rd Wen Road: 文三路, and not 文一路."""
    figure = str(_DIGITS.get(numeral, 10))
    is_figure = re.search(rf"(?<![0-9]){figure}(?:st|nd|rd|th)\b", latin)
    return core + reading_of(numeral) in "".join(words) or is_figure is not None


def _is_elsewhere(province: str, words: list[str]) -> bool:
    """Whether the English address names a city of another province."""
    for word in words:
        named = lexicon.LATIN_PLACES.get(word)
        place = place_at(named) if named else None
        if place and province and place.province not in ("", province):
            return True
    return False

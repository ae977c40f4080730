"""Company names with realistic confusions: for the benchmarks of the duplicate search.

Brands are read from `../shared/data` where that lies beside the project, otherwise made of
characters that firms like. Every ninth brand is set aside: nobody in the base has it.
"""

import gzip
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from leads.identity import lexicon, normalise_credit_code
from leads.identity.text import simplified_table

SHORT_NAMES = Path(__file__).resolve().parents[2] / "shared/data/names/short_names_267k.txt.gz"
LETTERS = (
    "华信同光恒瑞金天宏博远盛中新安正德科达丰泰源海通诚业创联兴和利峰鑫佳美东方南北明亚太平洋国"
    "力强大伟隆昌顺发万福祥瑞康健益民生元亨贞吉云帆星辰宇宙银河长江黄山泰岳龙凤麒麟鹏程凯旋飞腾"
    "超越卓优品质精益求实创意智慧绿色环宝玉珠翠玲珑景秀春夏秋冬阳光月松柏竹梅兰菊荷莲桂枫林森木"
)
PLACES = {
    "上海": "上海", "杭州": "浙江", "宁波": "浙江", "苏州": "江苏", "南京": "江苏", "无锡": "江苏",
    "北京": "北京", "天津": "天津", "深圳": "广东", "广州": "广东", "东莞": "广东", "成都": "四川",
    "武汉": "湖北", "西安": "陕西", "长沙": "湖南", "郑州": "河南", "青岛": "山东", "济南": "山东",
    "合肥": "安徽", "厦门": "福建", "重庆": "重庆", "昆明": "云南", "沈阳": "辽宁", "大连": "辽宁",
}  # fmt: skip
TRADES = (
    "科技", "精密机械", "电子", "软件", "新材料", "汽车零部件", "医疗器械", "食品", "物流",
    "建筑工程", "能源", "化工", "贸易", "服饰", "包装", "自动化", "光电", "五金", "塑料", "纺织",
    "信息技术", "环保",
)  # fmt: skip
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "有限公司", "有限公司")
HELD_BACK = 9
LONG_BRAND = 4


class Firm(NamedTuple):
    """A name's parts, and what else is known about its bearer."""

    place: str
    brand: str
    trade: str
    form: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.place}{self.brand}{self.trade}{self.form}"


@cache
def brands() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Brands of the base, and brands nobody there has."""
    if SHORT_NAMES.exists():
        text = gzip.decompress(SHORT_NAMES.read_bytes()).decode()
        words = sorted({word for word in text.split() if 2 <= len(word) <= 4})
    else:
        chance = random.Random(3)
        words = sorted({"".join(chance.choices(LETTERS, k=chance.choice((2, 2, 3, 4))))
                        for _ in range(60_000)})  # fmt: skip
    usable = [word for word in words if is_plain(word)]
    random.Random(5).shuffle(usable)
    cut = len(usable) // HELD_BACK
    return tuple(usable[cut:]), tuple(usable[:cut])


def is_plain(word: str) -> bool:
    """A brand, not a trade, and written in Chinese."""
    is_chinese = all("\u4e00" <= char <= "\u9fff" for char in word)
    return is_chinese and lexicon.TRADES.isdisjoint((word, word[1:]))


def firms(count: int, *, seed: int = 1, unseen: bool = False) -> Iterator[Firm]:
    """So many different firms; `unseen` ones have brands that no other firm has."""
    chance = random.Random(seed)
    words = brands()[unseen]
    places = tuple(PLACES)
    for number in range(count):
        yield Firm(
            chance.choice(places),
            chance.choice(words),
            chance.choice(TRADES),
            chance.choice(FORMS),
            f"1{3 + number % 7}{chance.randrange(10**9):09d}",
        )


def variants(chance: random.Random) -> dict[str, Callable[[Firm], str]]:
    """The ways in which a second person writes the same firm's name."""
    return {
        "legal form": lambda firm: f"{firm.place}{firm.brand}{firm.trade}{other_form(firm)}",
        "no legal form": lambda firm: f"{firm.place}{firm.brand}{firm.trade}",
        "province and city": lambda f: (
            f"{PLACES[f.place]}省{f.place}市{f.brand}{f.trade}{f.form}"
            if PLACES[f.place] != f.place
            else f"{f.place}市{f.brand}{f.trade}{f.form}"
        ),
        "place in brackets": lambda firm: f"{firm.brand}{firm.trade}（{firm.place}）{firm.form}",
        "no place": lambda firm: f"{firm.brand}{firm.trade}{firm.form}",
        "no trade": lambda firm: f"{firm.place}{firm.brand}{firm.form}",
        "traditional": lambda firm: traditional(firm.name),
        "full width and spaces": lambda firm: (
            f" {firm.place} {firm.brand}{firm.trade}（{firm.form}）"
        ),
        "homophone": lambda firm: firm.name.replace(firm.brand, homophone(firm.brand, chance)),
        "group form": lambda firm: f"{firm.place}{firm.brand}{firm.trade}集团{firm.form}",
    }


def slips(chance: random.Random) -> dict[str, Callable[[Firm], str]]:
    """Names shortened or mistyped; "" where the brand is too short for it."""

    def with_brand(firm: Firm, brand: str) -> str:
        return firm.name.replace(firm.brand, brand, 1)

    def exchanged(firm: Firm) -> str:
        at = chance.randrange(len(firm.brand) - 1)
        a, b = firm.brand[at], firm.brand[at + 1]
        brand = firm.brand[:at] + b + a + firm.brand[at + 2 :]
        return with_brand(firm, brand) if is_long(firm.brand) and a != b else ""

    def lost(firm: Firm) -> str:
        brand = firm.brand[0] + firm.brand[2:]
        return with_brand(firm, brand) if is_long(firm.brand) else ""

    return {
        "short form": lambda firm: f"{firm.brand}{firm.trade[:2]}",
        "characters exchanged (brand of 4)": exchanged,
        "character lost (brand of 4)": lost,
    }


def is_long(brand: str) -> bool:
    """Four characters of which none are a trade: 恒生科技 is a brand of two."""
    return len(brand) >= LONG_BRAND and not any(map(brand.endswith, lexicon.TRADES))


def wrong_character(firm: Firm, chance: random.Random) -> str:
    """Any other character somewhere in the brand: as a rule the name of another firm."""
    at = chance.randrange(len(firm.brand))
    other = chance.choice(LETTERS.replace(firm.brand[at], ""))
    return firm.name.replace(firm.brand, firm.brand[:at] + other + firm.brand[at + 1 :], 1)


def credit_code(number: int) -> str:
    """A unified social credit code with a true check digit."""
    body = f"91310000MA{number % 10**7:07d}"
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(body + sign for sign in signs if normalise_credit_code(body + sign))


def other_form(firm: Firm) -> str:
    return "股份有限公司" if firm.form == "有限公司" else "有限公司"


@cache
def _traditional() -> dict[int, str]:
    """One traditional character for each simplified one that has any."""
    return {ord(simple): chr(code) for code, simple in sorted(simplified_table().items())
            if simple != chr(code)}  # fmt: skip


def traditional(text: str) -> str:
    return text.translate(_traditional())


@cache
def _by_reading() -> dict[str, str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    found: dict[str, str] = {}
    for char in sorted(set("".join(brands()[0]))):
        reading = lazy_pinyin(char)[0]
        found[reading] = found.get(reading, "") + char
    return found


def homophone(brand: str, chance: random.Random) -> str:
    """The brand with one character that sounds the same."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    at = chance.randrange(len(brand))
    same = _by_reading().get(lazy_pinyin(brand[at])[0], brand[at]).replace(brand[at], "")
    return brand[:at] + chance.choice(same) + brand[at + 1 :] if same else brand


def slip(brand: str, chance: random.Random) -> str:
    """The brand with one wrong character, if it has four or more."""
    if len(brand) < 4:
        return brand
    at = chance.randrange(len(brand))
    return brand[:at] + chance.choice(LETTERS) + brand[at + 1 :]

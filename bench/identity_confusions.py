"""Names that are alike: seeded variants of one firm, and firms that only look like another.

Nothing here reads the engine's own tables of similar characters or abbreviations: characters that
sound alike come from pypinyin, those that look alike from a list of our own, words from below.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Literal, NamedTuple

from opencc import OpenCC
from pypinyin import lazy_pinyin

# What a careful person answers: one firm, worth a question, or somebody else.
Answer = Literal["same", "ask", "other"]

BRAND = (
    "华信大江鼎盛宏远天诚博瑞恒通金泰万和新立东方中科正德永兴嘉美安达捷诺凯润泽铭宇航晨光创联智慧启元"
    "腾飞龙翔国源海蓝星辰浩然益康佳峰卓越顺丰利众合力格尔森迪奥亚特奇朗明德馨雅逸景绿野春晖瀚邦"
)
CITIES = (
    ("上海", "上海"), ("北京", "北京"), ("浙江", "杭州"), ("浙江", "宁波"), ("江苏", "苏州"),
    ("江苏", "无锡"), ("广东", "深圳"), ("广东", "佛山"), ("四川", "成都"), ("湖北", "武汉"),
    ("山东", "济南"), ("湖南", "长沙"), ("陕西", "西安"), ("福建", "厦门"), ("河南", "郑州"),
)  # fmt: skip
TRADES = (
    "科技", "贸易", "机械设备", "医疗器械", "食品", "物流",
    "建筑工程", "文化传媒", "信息技术", "化工", "餐饮管理", "电子",
    "包装材料", "房地产开发", "环保科技", "汽车配件", "纺织", "酒店管理",
    "教育咨询", "生物科技", "建材", "家具", "印刷", "农业发展",
    "煤矿", "广告", "供应链管理",
)  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
ALIKE_TRADES = (("科技", "技术"), ("贸易", "商贸"), ("广告", "传媒"), ("建筑工程", "建设工程"))
ENGLISH = {
    "科技": "Technology", "贸易": "Trading", "食品": "Food", "物流": "Logistics",
    "电子": "Electronics", "化工": "Chemical", "纺织": "Textile", "机械设备": "Machinery",
}  # fmt: skip
LOOK_ALIKE = (
    "晨宸", "建健", "博搏", "辰晨", "铭名", "恒桓", "泰秦", "未末", "士土",
    "己已", "天夫", "大太", "侯候", "晖辉", "源原", "鹏朋", "洋祥", "钧均",
    "锐悦", "捷睫", "瑞端", "朗郎", "澜斓", "宇字", "元无", "龙尤", "荣萦",
    "力刀", "诚城", "盛晟", "州洲", "泽择", "亿忆", "沪泸", "微徽", "崇祟",
    "享亨", "拓柘", "航杭",
)  # fmt: skip
BRANCHES = ("北京分公司", "广州分公司", "成都办事处", "青岛分公司")
FIGURES = ("一1壹", "二2贰", "三3叁", "五5伍", "七7柒", "八8捌")


@dataclass(frozen=True)
class Firm:
    """An invented firm, in parts."""

    province: str
    city: str
    brand: str
    trade: str
    form: str

    def __str__(self) -> str:
        return f"{self.city}{self.brand}{self.trade}{self.form}"


class Confusion(NamedTuple):
    """Two names, how they differ, and what a careful person would answer."""

    left: str
    right: str
    kind: str
    answer: Answer


Twist = Callable[[Firm, Random], tuple[str, str] | str]


def confusions(count: int, seed: int = 4) -> Iterator[Confusion]:
    """`count` pairs of every kind, the same ones for the same seed."""
    for answer, twists in (("same", SAME), ("ask", ASK), ("other", OTHER)):
        for kind, twist in twists.items():
            chance = Random(f"{seed}-{kind}")
            for _ in range(count):
                firm = _firm(chance)
                made = twist(firm, chance)
                left, right = made if isinstance(made, tuple) else (str(firm), made)
                yield Confusion(left, right, kind, answer)  # type: ignore[arg-type]


def _firm(chance: Random, size: int = 0) -> Firm:
    size = size or chance.choice((2, 2, 2, 3, 4))
    brand = "".join(chance.sample(BRAND, size))
    return Firm(*chance.choice(CITIES), brand, chance.choice(TRADES), chance.choice(FORMS))


def _other(chance: Random, choices: tuple[str, ...] | str, but: str) -> str:
    return chance.choice([one for one in choices if one != but and not set(one) & set(but)])


@cache
def _sound(character: str) -> str:
    return lazy_pinyin(character)[0]


@cache
def _common() -> tuple[str, ...]:
    """Everyday characters: the first level of GB 2312."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF))
    return tuple(code.decode("gb2312", errors="ignore") for code in rows if code < b"\xd7\xfa")


def _swapped(firm: Firm, place: int, character: str) -> Firm:
    brand = firm.brand[:place] + character + firm.brand[place + 1 :]
    return replace(firm, brand=brand)


def _homophone(firm: Firm, chance: Random) -> str:
    place = chance.randrange(len(firm.brand))
    old = firm.brand[place]
    same = [char for char in _common() if char != old and _sound(char) == _sound(old)]
    return str(_swapped(firm, place, chance.choice(same or [old])))


def _look_alike(firm: Firm, chance: Random) -> tuple[str, str]:
    pair = chance.choice(LOOK_ALIKE)
    place = chance.randrange(len(firm.brand))
    return str(_swapped(firm, place, pair[0])), str(_swapped(firm, place, pair[1]))


def _strange_brand(firm: Firm, chance: Random) -> str:
    """One character of the brand is another one, of another sound and another look."""
    place = chance.randrange(len(firm.brand))
    old = firm.brand[place]
    looks = {char for pair in LOOK_ALIKE if old in pair for char in pair}
    others = [c for c in BRAND if _sound(c)[:2] != _sound(old)[:2] and c not in looks]
    return str(_swapped(firm, place, chance.choice(others)))


def _exchanged(firm: Firm, chance: Random) -> tuple[str, str]:
    firm = replace(firm, brand="".join(chance.sample(BRAND, 4)))
    return str(firm), str(replace(firm, brand=firm.brand[0] + firm.brand[2:0:-1] + firm.brand[3]))


def _lost(firm: Firm, chance: Random) -> tuple[str, str]:
    firm = replace(firm, brand="".join(chance.sample(BRAND, 4)))
    return str(firm), str(replace(firm, brand=firm.brand[:2] + firm.brand[3]))


def _numbered(firm: Firm, chance: Random) -> tuple[str, str]:
    figure = chance.choice(FIGURES)
    left, right = chance.sample(figure, 2)
    base = f"{firm.city}第{{}}{firm.trade}厂"
    return base.format(left), base.format(right)


def _other_number(firm: Firm, chance: Random) -> tuple[str, str]:
    left, right = chance.sample(FIGURES, 2)
    base = f"{firm.city}第{{}}{firm.trade}厂"
    return base.format(left[0]), base.format(right[0])


def _alike_trade(firm: Firm, chance: Random) -> tuple[str, str]:
    left, right = chance.choice(ALIKE_TRADES)
    return str(replace(firm, trade=left)), str(replace(firm, trade=right))


def _pinyin(firm: Firm, chance: Random) -> tuple[str, str]:
    firm = replace(firm, trade=chance.choice(list(ENGLISH)))
    brand, city = "".join(lazy_pinyin(firm.brand)), "".join(lazy_pinyin(firm.city))
    return str(firm), f"{city} {brand} {ENGLISH[firm.trade]} Co., Ltd.".title()


def _wide(firm: Firm, chance: Random) -> tuple[str, str]:
    letters = "".join(chance.sample("ABCDEGHKLMNPRSTVXYZ", 3))
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in letters)
    firm = replace(firm, brand=letters)
    return str(firm), str(replace(firm, brand=wide.lower())).replace("有限", " 有限")


def _two_branches(firm: Firm, chance: Random) -> tuple[str, str]:
    left, right = chance.sample(BRANCHES, 2)
    return f"{firm}{left}", f"{firm}{right}"


def _sister(firm: Firm, chance: Random) -> tuple[str, str]:
    """A group and one of its firms: 华信集团, 华信物业."""
    group = f"{firm.city}{firm.brand}集团有限公司"
    return group, f"{firm.city}{firm.brand}{chance.choice(TRADES)}有限公司"


def _stranger(firm: Firm, chance: Random) -> tuple[str, str]:
    other = _firm(chance)
    brand = "".join(_other(chance, BRAND, firm.brand) for _ in range(2))
    return str(firm), str(replace(other, brand=brand))


def _elsewhere(firm: Firm, chance: Random) -> tuple[str, str]:
    return str(firm), str(replace(firm, city=_other(chance, _CITY_NAMES, firm.city)))


def _rare(firm: Firm, chance: Random) -> Firm:
    return replace(firm, brand="".join(chance.sample(BRAND, 4)))


def _one_longer(firm: Firm, chance: Random) -> tuple[str, str]:
    firm = replace(firm, brand=firm.brand[:3])
    return str(firm), str(replace(firm, brand=firm.brand + _other(chance, BRAND, firm.brand)))


_CITY_NAMES = tuple(city for _, city in CITIES)
_TRADITIONAL = OpenCC("s2t")

SAME: dict[str, Twist] = {
    "city with 市": lambda f, _: f"{f.city}市{f.brand}{f.trade}{f.form}",
    "province before city": lambda f, _: (
        f"{f.province}省{f.city}市{f.brand}{f.trade}{f.form}"
        if f.province != f.city
        else f"{f.city}市{f.brand}{f.trade}{f.form}"
    ),
    "place in brackets": lambda f, _: f"{f.brand}{f.trade}（{f.city}）{f.form}",
    "place in the middle": lambda f, _: f"{f.brand}（{f.city}）{f.trade}{f.form}",
    "other legal form": lambda f, c: str(replace(f, form=_other_form(f, c))),
    "no legal form": lambda f, _: str(replace(f, form="")),
    "group in brackets": lambda f, _: (
        f"{f.city}{f.brand}{f.trade}集团股份有限公司",
        f"{f.city}{f.brand}{f.trade}(集团)股份有限公司",
    ),
    "width and case": _wide,
    "spaces and marks": lambda f, _: f" {f.city} {f.brand}·{f.trade}，{f.form}。",
    "traditional": lambda f, _: _TRADITIONAL.convert(str(f)),
    "numerals": _numbered,
}
ASK: dict[str, Twist] = {
    "no place": lambda f, _: f"{f.brand}{f.trade}{f.form}",
    "no trade": lambda f, _: f"{f.city}{f.brand}{f.form}",
    "brand and trade": lambda f, _: f"{f.brand}{f.trade}",
    "place and brand": lambda f, _: f"{f.city}{f.brand}",
    "brand only": lambda f, _: f.brand,
    "brand, trade's first": lambda f, _: f"{f.brand}{f.trade[0]}",
    "like trade": _alike_trade,
    "homophone": _homophone,
    "look-alike": _look_alike,
    "exchanged": _exchanged,
    "character lost": _lost,
    "slip in the trade": lambda f, c: str(
        replace(f, trade=f.trade[:-1] + c.choice("木机上人口山"))
    ),
    "former name": lambda f, c: f"{replace(_firm(c), city=f.city)}（原{f}）",
    "pinyin": _pinyin,
    "Latin beside Chinese": lambda f, c: (
        f"{f.city}{f.brand}{''.join(lazy_pinyin(f.brand)).upper()}{f.trade}{f.form}"
    ),
    "group and its firm": _sister,
    "rare brand, other city": lambda f, c: _elsewhere(_rare(f, c), c),
    "branch and parent": lambda f, c: f"{f}{c.choice(BRANCHES)}",
}
OTHER: dict[str, Twist] = {
    "other brand character": _strange_brand,
    "brand one longer": _one_longer,
    "brand reversed": lambda f, c: (
        str(replace(f, brand=f.brand[:2])),
        str(replace(f, brand=f.brand[1::-1])),
    ),
    "other trade": lambda f, c: str(replace(f, trade=_other(c, TRADES, f.trade))),
    "other city": lambda f, c: _elsewhere(replace(f, brand=f.brand[:3]), c),
    "other number": _other_number,
    "two branches": _two_branches,
    "strangers": _stranger,
}


def _other_form(firm: Firm, chance: Random) -> str:
    return chance.choice([form for form in FORMS if form != firm.form])

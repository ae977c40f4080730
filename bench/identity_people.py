"""People who are one, and people who only seem so: twins, father and son, colleagues, namesakes.

Seeded and invented, as `bench.identity_confusions` is for firms; no table of the engine is read.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Literal, NamedTuple

from leads.identity import Identity

Answer = Literal["ask", "other"]
GIVEN = (
    "Harriet", "Oliver", "Matilda", "Benjamin", "Rosalind", "Frederic", "Isadora", "Leopold",
    "Marguerite", "Sebastian", "Clementine", "Augustin", "Beatrix", "Cornelius", "Philippa",
    "Reginald", "Theodora", "Barnaby", "Henrietta", "Montague",
)  # fmt: skip
FAMILY = (
    "Davidson", "Quilliam", "Honeychurch", "Worsley", "Tognolini", "Lombardi", "Braithwaite",
    "Osfield", "Conboy", "Hammill", "Schepers", "Campbell", "Gregory", "Armstrong",
    "Whitfield", "Pemberton", "Kirkpatrick", "Sondergeld",
)  # fmt: skip
STREETS = (
    "Queen", "King", "Albermarle", "Wittenoom", "Goldfinch", "Moorhouse", "Lempriere",
    "Tattersall", "Bastow",
)  # fmt: skip
TOWNS = (
    "Richmond", "Hastings", "Ashford", "Canterbury", "Broadbeach", "Armidale", "Shoalwater",
)  # fmt: skip
HOSTS = (
    "smith-brown.net", "jensen.info", "hopkins-lee.org", "rivera.com", "walters.co",
    "elliott.org",
)  # fmt: skip
SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗"
CHARACTERS = "建国志强秀英文斌晓燕海涛雅静宇航思远嘉怡子涵梓萱浩然俊杰欣悦"


class Case(NamedTuple):
    """Two records, how they differ, and what a careful person answers."""

    left: Identity
    right: Identity
    kind: str
    answer: Answer


Maker = Callable[[Random], tuple[Identity, Identity]]


def people_confusions(count: int, seed: int = 4) -> Iterator[Case]:
    """`count` pairs of every kind, the same ones for the same seed."""
    for answer, makers in (("ask", ASK), ("other", OTHER)):
        for kind, make in makers.items():
            chance = Random(f"{seed}-{kind}")
            for _ in range(count):
                yield Case(*make(chance), kind, answer)  # type: ignore[arg-type]


def _name(chance: Random) -> tuple[str, str]:
    return chance.choice(GIVEN), chance.choice(FAMILY)


def _chinese(chance: Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.sample(CHARACTERS, 2))


def _door(chance: Random) -> str:
    return (
        f"{chance.randrange(1, 200)} {chance.choice(STREETS)} Street, {chance.choice(TOWNS)} "
        f"{chance.randrange(2000, 8000)}"
    )


def _mail(given: str, family: str, chance: Random) -> str:
    return f"{given}.{family}{chance.randrange(10, 99)}@{chance.choice(HOSTS)}".lower()


def _slip(text: str, chance: Random) -> str:
    """One letter exchanged with its neighbour, doubled, lost or struck wrongly; never the first."""
    at = chance.randrange(1, len(text) - 1)
    return chance.choice((
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1 :],
        text[:at] + chance.choice("aeionrst") + text[at + 1 :],
    ))  # fmt: skip


def _pair(a: str, b: str, **both: object) -> tuple[Identity, Identity]:
    return Identity(person=a, **both), Identity(person=b, **both)  # type: ignore[arg-type]


def _slips_in_name(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    return _pair(f"{given} {family}", f"{_slip(given, chance)} {family}")


def _slip_and_door(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    door = _door(chance)
    a, b = f"{given} {family}", f"{given} {_slip(family, chance)}"
    return Identity(person=a, address=door), Identity(person=b, address=_slip(door, chance))


def _slip_in_mail(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    mail = _mail(given, family, chance)
    name, _, host = mail.partition("@")
    wrong = f"{name}@{_slip(host.partition('.')[0], chance)}.{host.partition('.')[2]}"
    full = f"{given} {family}"
    return Identity(person=full, emails=(mail,)), Identity(person=full, emails=(wrong,))


def _turned_round(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    return _pair(f"{given} {family}", f"{family.upper()}, {given}", region=chance.choice(TOWNS))


def _mail_of_the_name(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    mail = _mail(given, family, chance)
    return Identity(person=f"{given} {family}"), Identity(person=family, emails=(mail,))


def _moved_along_the_street(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    rest = f"{chance.choice(STREETS)} Street, {chance.choice(TOWNS)} {chance.randrange(2000, 8000)}"
    one, other = chance.sample(range(1, 300), 2)
    full = f"{given} {family}"
    return (
        Identity(person=full, address=f"{one} {rest}"),
        Identity(person=full, address=f"{other} {rest}"),
    )


def _chinese_in_pinyin(chance: Random) -> tuple[Identity, Identity]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    name = _chinese(chance)
    family, *given = lazy_pinyin(name)
    door = f"上海市浦东新区张江路{chance.randrange(1, 900)}号{chance.randrange(101, 999)}室"
    return _pair(name, f"{''.join(given).title()} {family.title()}", address=door)


def _twins(chance: Random) -> tuple[Identity, Identity]:
    family, (one, other) = chance.choice(FAMILY), chance.sample(GIVEN, 2)
    return _pair(f"{one} {family}", f"{other} {family}", address=_door(chance))


def _chinese_siblings(chance: Random) -> tuple[Identity, Identity]:
    family, shared = chance.choice(SURNAMES), chance.choice(CHARACTERS)
    one, other = chance.sample("明华军平芳丽", 2)
    door = f"杭州市西湖区文三路{chance.randrange(1, 900)}号{chance.randrange(101, 999)}室"
    return _pair(family + shared + one, family + shared + other, address=door)


def _father_and_son(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    return _pair(f"{given} {family} Sr.", f"{given} {family} Jr.", address=_door(chance))


def _flatmates(chance: Random) -> tuple[Identity, Identity]:
    (one, other), (left, right) = chance.sample(GIVEN, 2), chance.sample(FAMILY, 2)
    return _pair(f"{one} {left}", f"{other} {right}", address=_door(chance))


def _two_desks(chance: Random) -> tuple[Identity, Identity]:
    board, (one, other) = (
        f"021-6{chance.randrange(10**6, 10**7)}",
        chance.sample(range(100, 999), 2),
    )
    return (
        Identity(person=_chinese(chance), phones=(f"{board}-{one}",)),
        Identity(person=_chinese(chance) + "华", phones=(f"{board}转{other}",)),
    )


def _colleagues(chance: Random) -> tuple[Identity, Identity]:
    (one, other), (left, right) = chance.sample(GIVEN, 2), chance.sample(FAMILY, 2)
    host = chance.choice(HOSTS)
    return (
        Identity(person=f"{one} {left}", emails=(f"{one}.{left}@{host}".lower(),)),
        Identity(person=f"{other} {right}", emails=(f"{other}.{right}@{host}".lower(),)),
    )


def _namesakes(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    one, other = chance.sample(HOSTS, 2)
    full = f"{given} {family}"
    return (
        Identity(person=full, emails=(f"{given[0]}{family}@{one}".lower(),)),
        Identity(person=full, emails=(f"{family}.{given}@{other}".lower(),)),
    )


def _namesakes_elsewhere(chance: Random) -> tuple[Identity, Identity]:
    given, family = _name(chance)
    one, other = chance.sample(TOWNS, 2)
    full = f"{given} {family}"
    return Identity(person=full, region=one), Identity(person=full, region=other)


def _chinese_namesakes(chance: Random) -> tuple[Identity, Identity]:
    return _pair(*[_chinese(chance)] * 2)


def _strangers(chance: Random) -> tuple[Identity, Identity]:
    (one, other), (left, right) = chance.sample(GIVEN, 2), chance.sample(FAMILY, 2)
    return _pair(f"{one} {left}", f"{other} {right}", region=chance.choice(TOWNS))


def _born(chance: Random) -> date:
    return date(1950, 1, 2) + timedelta(days=chance.randrange(20_000))


def _born_on_one_day(chance: Random) -> tuple[Identity, Identity]:
    (given, family), day = _name(chance), _born(chance)
    full = f"{given} {family}"
    return (
        Identity(person=full, birth_date=day.isoformat()),
        Identity(person=_slip(full, chance), birth_date=f"{day:%d/%m/%Y}"),
    )


def _chinese_born_on_one_day(chance: Random) -> tuple[Identity, Identity]:
    day = _born(chance)
    left, right = _pair(*[_chinese(chance)] * 2, birth_date=day.isoformat())
    return left, right._replace(birth_date=f"{day.year}年{day.month}月{day.day}日")


def _twins_with_birth_date(chance: Random) -> tuple[Identity, Identity]:
    left, right = _twins(chance)
    day = _born(chance).isoformat()
    return left._replace(birth_date=day), right._replace(birth_date=day)


def _father_and_son_of_one_name(chance: Random) -> tuple[Identity, Identity]:
    (given, family), day = _name(chance), _born(chance)
    left, right = _pair(*[f"{given} {family}"] * 2, address=_door(chance))
    son = day + timedelta(days=chance.randrange(7_000, 14_000))
    return left._replace(birth_date=day.isoformat()), right._replace(birth_date=son.isoformat())


ASK: dict[str, Maker] = {
    "one birth date, slip in the name": _born_on_one_day,
    "Chinese, one birth date": _chinese_born_on_one_day,
    "slip in the name": _slips_in_name,
    "slips in name and address": _slip_and_door,
    "slip in the mail's host": _slip_in_mail,
    "family name first": _turned_round,
    "mail made of the name": _mail_of_the_name,
    "other house of the street": _moved_along_the_street,
    "Chinese name in pinyin, one door": _chinese_in_pinyin,
}
OTHER: dict[str, Maker] = {
    "twins": _twins,
    "Chinese siblings": _chinese_siblings,
    "father and son": _father_and_son,
    "flatmates": _flatmates,
    "two desks of a switchboard": _two_desks,
    "colleagues' mail": _colleagues,
    "namesakes with own mail": _namesakes,
    "namesakes in two towns": _namesakes_elsewhere,
    "Chinese namesakes": _chinese_namesakes,
    "strangers": _strangers,
    "twins with birth date": _twins_with_birth_date,
    "father and son of one name, birth dates": _father_and_son_of_one_name,
}

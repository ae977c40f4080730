"""One row of a file as a lead: fields in one spelling, gaps completed, or what is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from crm.places import CODES, SHORT_NAMES
from crm.tabular import Row
from leads.enums import Industry
from leads.identity import (
    Identity,
    Key,
    normalise_credit_code,
    normalise_email,
    normalise_phone,
    normalise_wechat,
    region_of,
)
from leads.identity.keys import profile_keys, sure_keys
from leads.identity.profiles import Profile, profile_of
from leads.numbers import ROOM, TooManyNumbers, numbers_kept, other_numbers, split_numbers
from leads.services.derivations import name_keys_of, province_of

LONGEST = {
    "company_name": 200,
    "contact_name": 80,
    "contact_title": 80,
    "phone": 120,
    "other_phone": 120,
    "email": 254,
    "wechat": 64,
    "credit_code": 40,
    "province": 60,
    "city": 60,
    "address": 200,
    "industry": 80,
    "campaign": 120,
    "need": 4_000,
}
INDUSTRY_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Industry.MEDICAL, ("医", "药", "生物", "健康", "medical", "pharma", "health")),
    (Industry.AUTOMOTIVE, ("汽车", "车辆", "汽配", "auto")),
    (Industry.ENERGY, ("能源", "电力", "光伏", "石油", "天然气", "energy", "solar", "power")),
    (Industry.CHEMICALS, ("化工", "化学", "材料", "塑料", "chemical", "material")),
    (Industry.SOFTWARE, ("软件", "互联网", "信息", "网络", "计算机", "software", "internet", "it")),
    (Industry.ELECTRONICS, ("电子", "半导体", "芯片", "电器", "通信", "electronic", "semicon")),
    (Industry.MACHINERY, ("机械", "设备", "制造", "仪器", "五金", "machin", "manufactur")),
    (Industry.FOOD, ("食品", "餐饮", "饮料", "酒", "农", "food", "beverage", "catering")),
    (Industry.LOGISTICS, ("物流", "运输", "快递", "仓储", "货运", "logistic", "transport")),
    (Industry.CONSTRUCTION, ("建筑", "房地产", "地产", "工程", "装饰", "construct", "real estate")),
    (Industry.EDUCATION, ("教育", "培训", "学校", "educat", "training", "school")),
    (Industry.FINANCE, ("金融", "银行", "保险", "证券", "投资", "financ", "bank", "insur")),
    (
        Industry.RETAIL,
        ("零售", "贸易", "电商", "批发", "商贸", "百货", "retail", "trade"),
    ),
    (Industry.OTHER, ("其他", "其它", "other")),
)
WHOLE_WORDS = frozenset({"it"})


@dataclass(slots=True)
class Reading:
    """What a row says: the lead's columns, who it is, and what is wrong with which cell."""

    row: Row
    fields: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    profile: Profile = Profile()
    # the keys of the lead it would become, with the numbers they are kept by
    hashes: dict[Key, int] = field(default_factory=dict)
    # those of them that are reason enough to compare
    sure: Sequence[Key] = ()

    def fault(self, code: str, column: int | None = None, **params: object) -> None:
        """Note what is wrong; the row will be handed back."""
        self.problems.append({"code": code, "column": column, "params": params})


def columns_of(mapping: Mapping[str, str]) -> list[tuple[int, str]]:
    """The mapped columns from left to right."""
    return sorted((int(index), name) for index, name in mapping.items() if name in LONGEST)


def read_row(row: Row, columns: Sequence[tuple[int, str]]) -> Reading:
    """Normalise a row; with problems it is faulty and has no keys."""
    reading = Reading(row)
    cells, width = row.cells, len(row.cells)
    for column, name in columns:
        text = cells[column] if column < width else None
        if not text:
            continue
        if len(text) > LONGEST[name]:
            reading.fault("too_long", column, limit=LONGEST[name])
        elif column in row.doubtful and name in _EXACT:
            reading.fault("digits_lost", column)
        else:
            _TAKERS.get(name, _take_text)(reading, column, name, text)
    if "company_name" not in reading.fields and not _names_a_fault(reading, columns):
        company = next((column for column, name in columns if name == "company_name"), None)
        reading.fault("company_missing", company)
    if not reading.problems:
        _complete(reading)
    return reading


def _names_a_fault(reading: Reading, columns: Sequence[tuple[int, str]]) -> bool:
    """Whether the company's cell is there but faulty: one sentence about it is enough."""
    faulty = {problem["column"] for problem in reading.problems}
    return any(column in faulty for column, name in columns if name == "company_name")


def _take_text(reading: Reading, column: int, name: str, text: str) -> None:
    known = reading.fields.get(name)
    reading.fields[name] = f"{known}\n{text}" if known else text


def _take_phones(reading: Reading, column: int, name: str, text: str) -> None:
    """One or several numbers; the first valid one is the lead's, the others are kept as well."""
    valid = [part for part in split_numbers(text) if normalise_phone(part)]
    if not valid:
        reading.fault("phone_invalid", column)
        return
    for number in valid:
        if "phone" not in reading.fields and len(number) <= 40:
            reading.fields["phone"] = number
        else:
            others = [*numbers_kept(reading.fields.get("other_phones", "")), number]
            try:
                kept = other_numbers(others, beside=reading.fields["phone"])
            except TooManyNumbers:
                reading.fault("too_many_phones", column, limit=ROOM)
                return
            reading.fields["other_phones"] = kept


def _take_email(reading: Reading, column: int, name: str, text: str) -> None:
    address = normalise_email(text) or next(filter(None, map(normalise_email, _words(text))), None)
    if address is None:
        reading.fault("email_invalid", column)
    else:
        reading.fields["email"] = address


def _words(text: str) -> list[str]:
    return re.split(r"[\s;,；，、/|]+", text)


def _take_credit_code(reading: Reading, column: int, name: str, text: str) -> None:
    code = normalise_credit_code(text)
    if code is None:
        reading.fault("credit_code_invalid", column)
    else:
        reading.fields["credit_code"] = code


def _take_province(reading: Reading, column: int, name: str, text: str) -> None:
    code = CODES.get(text[:2]) or CODES.get(text[:3]) or CODES.get(region_of(text) or "")
    if code is None and text in SHORT_NAMES:
        code = text
    if code is None:
        reading.fault("province_unknown", column)
    else:
        reading.fields["province"] = code


def _take_industry(reading: Reading, column: int, name: str, text: str) -> None:
    """The nearest of our industries; a word we do not know is kept in the touch alone."""
    if industry := industry_of(text):
        reading.fields["industry"] = industry


@lru_cache(maxsize=1024)
def industry_of(text: str) -> str:
    """Our industry for a word people use, empty when none is near."""
    folded = text.casefold()
    if folded in Industry.values:
        return folded
    for industry, words in INDUSTRY_WORDS:
        if folded in words or any(word in folded for word in words if word not in WHOLE_WORDS):
            return str(industry)
    return ""


Taker = Callable[[Reading, int, str, str], None]
_TAKERS: dict[str, Taker] = {
    "phone": _take_phones,
    "other_phone": _take_phones,
    "email": _take_email,
    "credit_code": _take_credit_code,
    "province": _take_province,
    "industry": _take_industry,
}
_EXACT = frozenset({"phone", "other_phone", "credit_code", "wechat"})


def _complete(reading: Reading) -> None:
    """Derive what is not written: province, reading order, comparison keys."""
    fields = reading.fields
    company, phones = fields["company_name"], _phones_of(fields)
    if "province" not in fields:
        texts = (fields.get("city", ""), fields.get("address", ""), company, *phones)
        if code := province_of(*texts):
            fields["province"] = code
    fields["sort_key"], fields["name_key"] = name_keys_of(company)
    if number := fields.get("phone"):
        fields["phone_key"] = (normalise_phone(number) or "").partition(";")[0][:32]
    reading.profile = profile_of(identity_of_fields(fields))
    reading.sure = tuple(sure_keys(reading.profile))
    keys = sorted(profile_keys(_filed(reading), reading.sure))
    reading.hashes = {key: key.hash64 for key in keys}


def _filed(reading: Reading) -> Profile:
    """As the lead will be filed: a name that tells no place is read in the row's province."""
    profile, place = reading.profile, SHORT_NAMES.get(reading.fields.get("province", ""), "")
    if not place or all(name.region for name in profile.names):
        return profile
    names = profile_of(Identity(company=reading.fields["company_name"], region=place)).names
    return profile._replace(names=names)


def identity_of_fields(fields: Mapping[str, str]) -> Identity:
    """Who a row is, from its normalised fields: as it is read, and as it is stored."""
    return Identity(
        company=fields["company_name"],
        person=fields.get("contact_name", ""),
        phones=_phones_of(fields),
        emails=(fields.get("email", ""),) if "email" in fields else (),
        credit_code=fields.get("credit_code", ""),
        wechat=normalise_wechat(fields.get("wechat", "")) or "",
    )


def _phones_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    kept = numbers_kept(fields.get("other_phones", ""))
    return tuple(filter(None, (fields.get("phone"), *kept)))

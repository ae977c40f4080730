"""Amounts, days and signs as banks write them."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

EMPTY_MARKS = frozenset({"", "-", "--", "—", "——", "/", "无", "N/A", "n/a", "null", "NULL", "None"})
_CURRENCY_SIGN = re.compile(r"^(?:CNY|RMB|USD|HKD|EUR|GBP|JPY|人民币|[¥$€£])|(?:元|CNY|RMB)$")
_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)|[-+]?\d[\d.]*,\d{1,2}")
_MASKED = re.compile(r"[-+]?[xXyYzZ*•,.\d]*[xXyYzZ*•][xXyYzZ*•,.\d]*")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?!\d)")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\D.*|\d{6})?")
_DAY_LAST_YEAR = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_NAMED_MONTH = re.compile(r"(\d{1,2})[-\s/]([A-Za-z]{3})[a-z]*[-\s/,]+(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050

_SIGN_WORD = re.compile(r"[\u4e00-\u9fff]+|[a-z]+|[-+]")
_INCOMING_WORDS = """
    贷 贷方 贷记 收 收入 收款 入 入账 转入 存入 来账 进账 收方
    c cr credit in incoming received +
"""
_OUTGOING_WORDS = """
    借 借方 借记 支 支出 付 付款 出 出账 转出 取出 往账 付方
    d dr debit out outgoing paid -
"""
INCOMING = frozenset(_INCOMING_WORDS.split())
OUTGOING = frozenset(_OUTGOING_WORDS.split())


def normal(text: str) -> str:
    """Text with full-width letters and digits made plain and outer blanks gone."""
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()


def is_empty(text: str | None) -> bool:
    """Whether a cell says nothing, in any of the ways banks say nothing."""
    return text is None or normal(text) in EMPTY_MARKS


def is_masked(text: str) -> bool:
    """Whether the figure was blacked out, such as xx,yyyy.zz or ****."""
    return bool(_MASKED.fullmatch(normal(text)))


def parse_amount(text: str | None) -> Decimal | None:
    """The amount of a cell, None for an empty one. Raises ValueError when it is no amount."""
    if text is None or is_empty(text):
        return None
    plain = normal(text).replace(" ", "").replace("'", "")
    sign = 1
    if plain.startswith("(") and plain.endswith(")"):
        plain, sign = plain[1:-1], -1
    if plain.endswith("-"):
        plain, sign = plain[:-1], -sign
    if plain.startswith("-"):
        plain, sign = plain[1:], -sign
    plain = _CURRENCY_SIGN.sub("", plain)
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    return sign * Decimal(_with_decimal_point(plain))


def _with_decimal_point(plain: str) -> str:
    head, comma, tail = plain.rpartition(",")
    if comma and len(tail) in (1, 2) and "." not in tail:
        return head.replace(".", "").replace(",", "") + "." + tail
    return plain.replace(",", "")


def day_first(texts: Iterable[str]) -> bool | None:
    """How a column writes 05/01/2024: True day first, False month first, None cannot be told."""
    parts = [match.groups() for text in texts if (match := _DAY_LAST_YEAR.match(normal(text)))]
    if any(int(first) > 12 for first, _, _ in parts):
        return True
    if any(int(second) > 12 for _, second, _ in parts):
        return False
    return None


def parse_day(text: str, *, is_day_first: bool | None = None) -> date | None:
    """The day a cell names, with or without a time; None when day and month cannot be told apart.

    Raises ValueError when it is no day.
    """
    plain = normal(text)
    if match := _DAY.match(plain) or _COMPACT_DAY.fullmatch(plain):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NAMED_MONTH.match(plain):
        return date(int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
    if match := _DAY_LAST_YEAR.match(plain):
        if is_day_first is None and match[1] != match[2]:
            return None
        day, month = (match[1], match[2]) if is_day_first else (match[2], match[1])
        return date(int(match[3]), int(month), int(day))
    if plain.isdecimal() and _FIRST_SERIAL <= int(plain) <= _LAST_SERIAL:
        return date(1899, 12, 30) + timedelta(days=int(plain))
    raise ValueError(text)


def parse_sign(text: str | None) -> int | None:
    """+1 for money in, -1 for money out, None when the words are not known or disagree."""
    words = _SIGN_WORD.findall(normal(text or "").lower())
    signs = {1 if word in INCOMING else -1 for word in words if word in INCOMING | OUTGOING}
    return signs.pop() if len(signs) == 1 else None


_CURRENCY_NAMES = """
    CNY: 人民币 人民币元 rmb cny 156 01 10 ¥ 元
    USD: 美元 美金
    HKD: 港币 港元
    EUR: 欧元
    JPY: 日元 日圆
    GBP: 英镑
    SGD: 新加坡元 新加坡币
    AUD: 澳元 澳大利亚元
    CAD: 加元 加拿大元
    CHF: 瑞士法郎
    MOP: 澳门元
    TWD: 新台币 台币
    KRW: 韩元
    THB: 泰铢
"""
_CURRENCIES = {
    name: code.strip()
    for code, names in (line.split(":") for line in _CURRENCY_NAMES.strip().splitlines())
    for name in names.split()
}


def parse_currency(text: str | None) -> str:
    """The three-letter code of a currency as banks name it, empty when unknown."""
    word = normal(text or "").lower()
    if word in _CURRENCIES:
        return _CURRENCIES[word]
    if match := re.search(r"\b([A-Z]{3})\b", normal(text or "").upper()):
        return "CNY" if match[1] == "RMB" else match[1]
    longer = (code for name, code in _CURRENCIES.items() if len(name) > 2 and name in word)
    return next(longer, "")

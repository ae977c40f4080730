"""One spelling for what people write in many: width, case, script, brackets, spaces."""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise

from leads.identity.readings import known_readings, load_readings
from leads.identity.words import index, table

_BRACKETS = str.maketrans("【】〔〕［］｛｝《》〈〉「」『』[]{}<>", "()()()()()()()()()()()")
_ODD_BRACKETS = frozenset(map(chr, _BRACKETS))
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_NOISE = re.compile(r"[^\w()&+|\s]|_")
_NOISE_OR_SPACE = re.compile(r"[^\w()&+|]|_")
_AHEAD = re.compile(  # 1、华信; KH0032 华信; 购买方名称：华信; 支付宝-华信; （盖章）华信
    r"(?:\(?[0-9]{1,4}(?:[、.:)]|\)[、.:]?)(?=[\u4e00-\u9fff])"
    r"|(?:#[0-9]{1,6}|[a-z]{2,4}-?[0-9]{3,6}[\s_:#-])[\s_:#-]*(?=[\u4e00-\u9fff])"
    r"|(?:购买方|销售方|[购销]方|[收付]款方?|对方|客户|供应商|公司|单位|企业|账户|商户|开票|发票)?"
    r"(?:名称|户名|全称|抬头|姓名)(?:\s*[:-]|\s)\s*(?=[^\W_])"
    r"|(?:[收付]款[人方]|(?:[收付]款|开票)单位|[甲乙供需买卖购销]方|客户|供应商|联系人)\s*:\s*(?=[^\W_])"
    r"|[甲乙供需买卖]方\((?=.{4})|(?:支付宝|财付通|微信支付|云闪付|银联|(?:淘宝|天猫|京东|拼多多|抖音|快手|小红书|美团|1688|阿里巴巴)店?铺?)[:-](?=[\u4e00-\u9fff]{4})"
    r"|\((?:盖章|公章|签章|vip|重点|老客户|新客户)\)(?=[\u4e00-\u9fff]{4}))+"
)
_NO_ACCENTS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_RADICALS = frozenset(
    "钅讠纟饣忄氵亻扌衤礻犭艹宀辶疒釒訁糹"
)  # stand in a name only where a scan split it
_CJK_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000))


@cache
def simplified_table() -> dict[int, str]:
    """Characters traditional → simplified, taken once from OpenCC (a call per name is slow)."""
    from opencc import OpenCC  # noqa: PLC0415 - loads dictionaries; most imports never need them

    characters = [chr(code) for start, end in _CJK_BLOCKS for code in range(start, end)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {ord(a): b for a, b in zip(characters, simple, strict=True) if a != b and len(b) == 1}
    table.pop(ord("乾"), None)  # a common brand character, simplified only in the sense "dry"
    return {code: table.get(ord(char), char) for code, char in table.items()}


@cache
def _joined() -> dict[str, str]:
    """The two parts that a scan made of a character, where one cannot stand alone: 钅帛 → 锦."""
    return index("characters", "split_off")


@cache
def _plain_parts() -> re.Pattern[str]:
    return re.compile("|".join(_joined()))


@cache
def _traditional() -> frozenset[str]:
    return frozenset(map(chr, simplified_table()))


@cache
def _plain_chinese() -> re.Pattern[str]:
    """Simplified characters only: the one spelling already, as most names are typed."""
    start, end = _CJK_BLOCKS[1]
    # runs of characters between traditional ones: read four times as fast as each by itself
    odd = {*simplified_table(), *map(ord, _RADICALS)}
    breaks = [start - 1, *sorted(code for code in odd if start <= code < end), end]
    runs = ((one + 1, other - 1) for one, other in pairwise(breaks) if one + 1 < other)
    return re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in runs)}]+")


def has_chinese(text: str) -> bool:
    """Whether any character is a Chinese one."""
    return _CJK.search(text) is not None


def to_simplified(text: str) -> str:
    """Traditional characters as simplified ones, one by one; for matching, not for showing."""
    return text if _traditional().isdisjoint(text) else text.translate(simplified_table())


def one_spelling(text: str) -> str:
    """One spelling of a name: NFKC, simplified, lower case, round brackets, no noise.

    Chinese names lose all spaces, others keep single ones.
    """
    if text.isascii():
        return _tidy_latin(text.casefold())
    if _plain_chinese().fullmatch(text):
        return text
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not _ODD_BRACKETS.isdisjoint(folded):
        folded = folded.translate(_BRACKETS)
    if not has_chinese(folded):
        return _tidy_latin(folded)
    if not _RADICALS.isdisjoint(folded):
        folded = _plain_parts().sub(lambda found: _joined()[found[0]], folded)
    if ahead := _AHEAD.match(folded):
        folded = folded[ahead.end() :]
    simplified = _NOISE_OR_SPACE.sub("", to_simplified(folded))
    # simplifying a rare character may lead out of what counts as Chinese here
    return simplified if has_chinese(simplified) else _tidy_latin(simplified)


normalise_name = lru_cache(maxsize=16384)(one_spelling)


def _tidy_latin(folded: str) -> str:
    if not folded.isascii():  # é, ü, ñ as e, u, n: half the world types them so
        apart = unicodedata.normalize("NFD", folded)
        folded = "".join(char for char in apart if not unicodedata.combining(char))
        folded = folded.translate(_NO_ACCENTS)
        folded = unicodedata.normalize("NFKC", folded)
    joined = folded.translate(_BRACKETS).replace("'", "").replace(".", "")
    return " ".join(_NOISE.sub(" ", joined).split())


@lru_cache(maxsize=16384)
def pinyin_key(text: str) -> str:
    """Pinyin without tones as one run of letters: 重庆双利 → chongqingshuangli."""
    load_readings()
    from pypinyin.seg.mmseg import seg  # noqa: PLC0415 - 20 MB of readings, loaded on first use

    return "".join(map(_reading, seg.cut(normalise_name(text)))).replace(" ", "")


@lru_cache(maxsize=65536)
def _reading(segment: str) -> str:
    """Names share most of their words: each is looked up once, ten times faster than the whole."""
    load_readings()
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return "".join(lazy_pinyin(segment))


@lru_cache(maxsize=16384)
def pinyin_initials(text: str) -> str:
    """First letter of each syllable: 重庆双利 → cqsl. What people type into a search box."""
    load_readings()
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return "".join(lazy_pinyin(normalise_name(text), style=Style.FIRST_LETTER)).replace(" ", "")


@cache
def _polyphones() -> dict[str, tuple[str, ...]]:
    return table("characters", "polyphones")


@cache
def readings(character: str) -> frozenset[str]:
    """The toneless readings of one character in use; itself for anything that is not Chinese."""
    if known := known_readings(character):
        return frozenset(_polyphones().get(character, known[:1]))
    load_readings()
    from pypinyin import Style, pinyin  # noqa: PLC0415

    return frozenset(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def sounds_alike(left: str, right: str) -> bool:
    """Whether two Chinese words could be read aloud the same, tones aside: 华信, 华鑫."""
    if len(left) != len(right) or not has_chinese(left):
        return False
    return all(a == b or readings(a) & readings(b) for a, b in zip(left, right, strict=True))

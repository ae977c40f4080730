"""简称: a short name made of a longer one by leaving characters out: 核建 of 核工业建设."""

import re
from functools import cache

from leads.identity.types import CompanyName
from leads.identity.words import index

_LOOSE_FORMS = ("", "股份", "集团", "控股", "集团控股", "有限", "银行")
_GROUPS = ("集团", "控股", "集团控股")
_OF_THE_LAND = ("农村", "农商", "农信", "农合", "苏农", "渝农")
LONGEST = 8
_CUT_OFF = 10  # characters that tell who it is, whatever follows
_WORD = 2
_ENDS = frozenset("局院所处委厅")
_ATTACHED = re.compile("第([一二三四五六七八九十]+)附属")
_NUMBER = re.compile("[一二三四五六七八九十]+")


@cache
def _place_letters() -> dict[str, str]:
    """沪 → 上海. A letter that two places share stands for the province."""
    return index("places", "letters")


def short_form_strength(a: CompanyName, b: CompanyName) -> float:
    """How well the shorter name reads as a short form of the longer one; 0 when it does not."""
    short, full = sorted((a, b), key=lambda name: (len(name.text), name.text))
    if len(short.text) >= _CUT_OFF and full.text.startswith(short.text):
        return 0.88  # a form of the bank has no room for more
    if full.branch:
        return 0.0
    if short.legal_form in _ENDS or (short.legal_form == "医院" and _NUMBER.search(short.text)):
        return _of_institution(short, full)
    if not may_be_short(short):
        return 0.0
    if short.brand == "银行" != full.brand:
        return 0.0  # 宁波银行 is not 宁波通商银行
    if "农村" in full.text and not any(word in short.text for word in _OF_THE_LAND):
        return 0.0  # 上海银行 is not 上海农村商业银行
    return max(_led_by_brand(short, full), _letters_left_out(short, full))


def _of_institution(short: CompanyName, full: CompanyName) -> float:
    """杭州市二院 of 杭州市第二人民医院, 中交二航局: letters in order, and the same numbers."""
    said = short.text
    if len(said) > LONGEST or said[0] != full.text[0]:
        return 0.0
    is_one = _NUMBER.findall(said) == _NUMBER.findall(full.text)
    is_told = is_subsequence(said, full.text) or is_subsequence(said, attached_last(full.text))
    return 0.72 if is_one and is_told else 0.0


def attached_last(text: str) -> str:
    """第一附属医院 as 附属第一医院: one hospital is called both."""
    return _ATTACHED.sub(r"附属第\1", text) if "附属" in text else text


def may_be_short(name: CompanyName) -> bool:
    """Whether it can be the short form of a longer name: few characters, nothing formal."""
    return is_loose(name) and len(name.text) <= LONGEST and len(name.brand) >= _WORD


def may_lack(name: CompanyName) -> bool:
    """Whether a name of this form can be a short form, if it has few characters."""
    return name.legal_form in _ENDS or is_loose(name)


def is_loose(name: CompanyName) -> bool:
    """A name without its full legal form: cut short by habit, or not typed to its end."""
    return not name.branch and name.legal_form in _LOOSE_FORMS


def _led_by_brand(short: CompanyName, full: CompanyName) -> float:
    """爱博医疗 of 爱博诺德医疗科技: the brand begins alike, the rest is found further on."""
    said, whole = short.brand + short.industry, full.brand + full.industry
    shared = _shared_start(said, whole)
    if shared >= _WORD:
        is_group = short.legal_form in _GROUPS  # 东方集团 is not 东方日升
        return _prefix_strength(said, full, shared, is_group=is_group)
    if short.legal_form in _GROUPS and len(short.brand) == _WORD:
        return 0.0
    if short.place and len(short.brand) == _WORD and not (full.place or short.industry):
        return 0.0  # 宁德时代 is not 赛维时代
    if full.brand.endswith(short.brand) and is_subsequence(short.industry, full.industry):
        return 0.74 if len(short.brand) > _WORD or short.industry else 0.68
    return 0.0


def _prefix_strength(said: str, full: CompanyName, shared: int, *, is_group: bool) -> float:
    rest = full.text[full.text.find(full.brand) + shared :]
    if not is_subsequence(said[shared:], rest):
        return 0.0
    if shared >= len(full.brand):
        return 0.82
    if shared < len(said):  # something of the trade is named too
        return 0.76
    if shared > _WORD:
        return 0.74
    return 0.68 if len(full.brand) - shared >= _WORD and not is_group else 0.0


def _letters_left_out(short: CompanyName, full: CompanyName) -> float:
    """中国核建 of 中国核工业建设, 沪农商行 of 上海农村商业银行: an acronym in order."""
    said, whole = short.text, full.text.replace("(", "").replace(")", "")
    named = _place_letters().get(said[0], "")
    if named and whole.startswith(named) and len(said) > _WORD:
        return 0.72 if _follows(said[1:], whole[len(named) :], loose=True) else 0.0
    if len(said) <= _WORD:
        return 0.0
    for start in {0, whole.find(full.brand)}:
        if whole[start] == said[0] and _follows(said, whole[start:]):
            return 0.72
    return 0.0


def _follows(said: str, whole: str, *, loose: bool = False) -> bool:
    """In order, in few pieces, and not all of it by letters that stand anywhere."""
    pieces, position, last = 0, 0, -2
    for character in said:
        position = whole.find(character, last + 1 if last >= 0 else 0)
        if position < 0:
            return False
        pieces += position != last + 1
        last = position
    return pieces <= max(2, len(said) - (not loose)) and last < max(3 * len(said) + 2, 8)


def _shared_start(a: str, b: str) -> int:
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def is_subsequence(part: str, whole: str) -> bool:
    """Whether all characters of one text stand in the other, in order."""
    rest = iter(whole)
    return all(character in rest for character in part)

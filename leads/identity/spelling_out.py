"""What people add to a company name or shorten in it: former names, remarks, 农商行, 中科院."""

import re

from leads.identity import lexicon
from leads.identity.characters import plain_numerals
from leads.identity.places import place_at
from leads.identity.words import words

_OTHER_TIME = (
    "(?:原名称?|曾用名|曾名|前身|旧名|旧称|前称|原称|(?:更名|改名|变更)前|现用名|现名|现称|"
    "[已现]?[更改]名|原)"
)
_NOTE = re.compile(rf"\((?:{_OTHER_TIME}|筹)[^()]*\)?")
_FORMER = re.compile(rf"\({_OTHER_TIME}[为是]?([^()]{{4,}}(?:\([^()]*\)[^()]*)?)\)?")
_ONCE = re.compile(r"(?<=公司)(?:原名称?|曾用名|前身|旧名|现名|[已现]?更名)[为是]?([^()]{4,})$")
_SOLE_TRADER = ("个体", "经营者", "业主", "店主")
_SHOP = re.compile(r"^(?:个体工商户|个体户|经营者|业主|店主)?[^()]{2,4}\(([^()]{4,})\)$")
_MISREAD_FORM = re.compile(
    r"(?:有[艰阳陷阴跟很根恨银隈]公司|有限公[可同句词旬伺]|[冇育肴宥囿看]限公司|有限[么分厶]司"
    r"|有限责[仟仼壬住佳]公司)$"
)
_NO_WORKS = ("推广",)
_LEAST = 4
_FORMERLY = re.compile(r"^原(?=.{4,}公司$)")
_REMARK = re.compile(
    r"\((?:吊销未注销|已?注销|已?吊销|存续|在业|开业|停业|迁出|普通商户|公章|本部|总部|老客户|新客户)\)?"
)
_SURNAME = "".join(words("persons", "surnames") - words("persons", "surnames_also_words"))
_BEHIND = re.compile(
    r"(?:(?<=公司)(?:(?:采购|财务|行政|人事|市场|销售|技术|工程|业务|客服|生产|物流|售后)部)?(?:[\u4e00-\u9fff]{1,3}(?:总监|会计|出纳|主管|厂长|总|经理|先生|女士|小姐|老师|主任|老板|工程师)|[0-9]{1,3})"
    r"|(?<=[司厂店社局院])(?:已?(?:作废|停用|禁用)|备用|开票|"
    r"(?:客户)?备付金|基本户|一般户|(?:国库集中支付)?(?:专用?户|零余额账?户)|保证金账?户|结算户|"
    r"(?:法人|法定代表人|经营者|联系人|负责人)[\u4e00-\u9fff]{2,4}|1[3-9][0-9]{9}|[0-9a-z]{18})"
    rf"|(?<=.{{4}})[{_SURNAME}](?:总|经理|先生|女士|小姐|老板))$"
)
_BEHIND_ENDS = frozenset("监计纳管长总理生士姐师任板户用废票金0123456789abcdefghijklmnopqrstuvwxyz")
_SAYS_WHO = frozenset("人者")  # 法人林海
_NUMBERED = re.compile(r"第([1-9壹贰叁肆伍柒捌玖])(?!\d)")
_FIGURE = re.compile(
    r"[1-9](?:(?<=[\u4e00-\u9fff].)[0-9]?(?=[局厂院所处队冶中建矿井](?!\d))|(?<=2)(?<!\d.)[01](?=世纪))"
)
_ONES = ("", *"一二三四五六七八九")
_SHORT_NAME = re.compile(r"(?<!国)(?:" + "|".join(lexicon.SHORT_NAMES) + ")")
_OFFICE = re.compile("(?:" + "|".join(lexicon.OFFICES) + ")$")
_OFFICE_ENDS = frozenset(office[-1] for office in lexicon.OFFICES) | {"学"}
_CUT_AT = 10  # characters that a form of a bank leaves of a name
_SCHOOLS = {"师": "师范", "医": "医科", "农": "农业", "工": "工业", "科": "科技", "财": "财经"}
_SCHOOL = re.compile("[师医农工科财]大(?=附属)")
_ABOVE = re.compile(r"^(?:国家税务总局(?=.{2,}税务局)|国营(?=.{4}))")
_ACADEMY = "中国科学院"
_FOREIGN_STARTS = "株有合("
_FOREIGN_FORM = re.compile(r"^(?:株式会社|有限会社|合同会社|合资会社|\(株\)|\(有\)|\(合\))(?=..)")
_TICKER = re.compile(
    r"^\*?(?:st|xd|xr)(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?:b股|uw|sw|ss|[abhsuwr])$"
)
_SHARE_LETTERS = frozenset("abhsuwr股")
_TICKER_STARTS = ("st", "xd", "xr")


def apart_from_former(text: str) -> tuple[str, str]:
    """A name without the other one given beside it, and that other: 华信（原大江）."""
    is_beside = "(" in text
    if is_beside and text.startswith(_SOLE_TRADER) and (shop := _SHOP.search(text)):
        return shop[1], ""
    found = _FORMER.search(text) if is_beside else _ONCE.search(text) if "名" in text else None
    if not found:
        return text, ""
    return text[: found.start()] + text[found.end() :] or text, found[1]


def without_remarks(text: str) -> str:
    """（已注销）, （筹）, 张经理: what is no part of the name."""
    if "(" in text:
        return _REMARK.sub("", _NOTE.sub("", text)) or text
    if text[0] == "原":
        text = _FORMERLY.sub("", text)
    if text.endswith("有限公司"):
        return text
    last = text[-4:-3]
    if last == "有" or text[-3:-2] == "限" or (last == "责" and text[-3] != "任"):
        text = _MISREAD_FORM.sub("有限公司", text)
    elif text[-1] == "广" and len(text) > _LEAST and not text.endswith(_NO_WORKS):
        text = f"{text[:-1]}厂"
    if text.endswith("公司"):
        return text
    if text[-1] == "有" and len(text) >= _CUT_AT:
        return text[:-1]  # 科技发展有|限公司
    is_usual = text[-1] not in _BEHIND_ENDS and _SAYS_WHO.isdisjoint(text)
    return text if is_usual else _BEHIND.sub("", text)


def spell_out(text: str) -> str:
    """农商银行 is 农村商业银行; ST and share letters of listed firms are no part of the name."""
    is_listed = text[-1] in _SHARE_LETTERS or text.startswith(_TICKER_STARTS)
    if is_listed and not text.isascii():
        text = _TICKER.sub("", text)
    if text[0] in _FOREIGN_STARTS:
        text = _FOREIGN_FORM.sub("", text) or text
    if "第" in text:
        text = _NUMBERED.sub(lambda found: plain_numerals(found[0]), text)
    if not text.isalpha() and _FIGURE.search(text):
        text = _FIGURE.sub(_in_words, text)
    if text[0] == "国":
        text = _ABOVE.sub("", text)
    if text[-1] in _OFFICE_ENDS:
        text = _office_in_full(text)
    if not ("行" in text or "科" in text):  # every short name has one of them
        return text
    text = _SHORT_NAME.sub(lambda found: lexicon.SHORT_NAMES[found[0]], text)
    if text.startswith(_ACADEMY) and text.endswith("所") and place_at(text, len(_ACADEMY)):
        return text[len(_ACADEMY) :]
    return text


def _office_in_full(text: str) -> str:
    """卫健委, 师大附中: what offices, schools and hospitals are called for short."""
    if not text.endswith(lexicon.OFFICES_IN_FULL):
        text = _OFFICE.sub(lambda found: lexicon.OFFICES[found[0]], text)
    if "附属" in text:
        text = _SCHOOL.sub(lambda found: f"{_SCHOOLS[found[0][0]]}大学", text)
    return text


def _in_words(found: re.Match[str]) -> str:
    """中铁12局 as 中铁十二局."""
    tens, ones = divmod(int(found[0]), 10)
    ten = ("" if tens < 2 else _ONES[tens]) + "十" if tens else ""
    return f"{ten}{_ONES[ones]}"

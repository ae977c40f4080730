"""Take a company name apart: region, brand (字号), trade, legal form, branch, in any order."""

import re
from functools import lru_cache

from leads.identity import lexicon, sites
from leads.identity.characters import plain_numerals
from leads.identity.latin_names import parse_latin
from leads.identity.places import (
    ALSO_BRANDS,
    Place,
    district_size,
    is_county,
    is_within,
    place_at,
    province_at,
)
from leads.identity.sites import site_in_brackets
from leads.identity.spelling_out import apart_from_former, spell_out, without_remarks
from leads.identity.text import has_chinese, one_spelling
from leads.identity.types import CompanyName

_PINYIN_BESIDE = re.compile(
    r"^([\u4e00-\u9fff]{2,4})([a-z]{4,})$|^([a-z]{4,})([\u4e00-\u9fff]{2,4})$"
)
_BRACKET = re.compile(r"\(([^()]*)\)?")
_COMPANY_BEFORE_BRANCH = re.compile(r"^(.+?(?<![分支子])公司)(.{2,})$")
_NUMBERED_PART = re.compile(
    r"^(.+集团(?:(?:股份)?(?:有限)?公司)?)第?([零〇一二三四五六七八九十0-9]+)(?:研究)?([院所厂局处矿])$"
)
_GROUP_BEFORE_BRANCH = re.compile(r"^(.+?(?:集团|合作社|事务所))(.{2,})$")
_BANK_BEFORE_BRANCH = re.compile(r"^(.+?(?:银行|信用社))(.*?(?:行|部|处|所))$")
_SITE = re.compile(r"^(.+(?:医院|大学|学院|中学|小学|学校))(.{1,6}[区院])$")
_ZONE = re.compile(
    r"(?:国家级?)?(?:经济|高新|技术|产业|示范|循环|空港|临港|滨海|出口|加工)*(?:开发区|工业园区|工业园|工业区|高新区|(?:^[\u4e00-\u9fff]{2})?保税港区|港?保税区|"
    r"自贸试?验?区|自由贸易试验区|综合实验区|实验区|产业园区?|科技园区|示范区|度假区|加工区|管理区|物流园区)(?=..)"
)
_TOWN = re.compile(r"([\u4e00-\u9fff]{2,3})(?:镇|乡|街道)(?=..)")
_TOWN_TAIL = re.compile(r"^(?:新区|街道|[镇乡区县市])(?=..)")
_FORM_INSIDE = re.compile(
    r"(?:股份|责任)?有限(?:责任)?公司|(?<!分)公司|商行|经营部|经销部|服务部|批发部|门市部|"
    r"加工厂|制造厂|制品厂|总厂|(?<=..)厂(?=..)|销售中心|服务中心|事务所"
)
_ADMIN = re.compile(r"[市省]|(?<=..)[区县]|分行(?=.)")
_FREE_TRADE = re.compile(
    r"^自由贸易试?验区(?:[\u4e00-\u9fff]{2,4}?新片区|[\u4e00-\u9fff]{2,4}?片区)?(?=..)"
)
_GROUP_INSIDE = re.compile(r"(?<=..)(?:集团|控股)(?=..)")


_LONGEST_NAME = 240  # what is longer is no name: a pasted page must not cost seconds
_LONGEST_TEXT = 2000  # before spaces and marks are taken out
_LONGEST_STAND_IN = max(map(len, lexicon.NO_NAMES)) + 2
_LEAST, _LONG_BRAND = 2, 4  # characters of a brand
_BRANCHES = (*lexicon.STRONG_BRANCH_ENDS, "店")
_NO_FIRST = frozenset("部处吧屋室")  # 汽车零部|有限公司
_INSTITUTION = "institution"
_NUMBERED_WORKS = frozenset("厂矿")
_NUMERALS = frozenset("一二三四五六七八九十")
_CITY_BANKS = ("商业银行", "城市商业银行")  # 兰州市商业银行 is 兰州银行 today
_ATTACHED = "附属"  # 某大学附属医院
_OF_THE_TOWN = frozenset(
    {"局", "管理局", "委员会", "法院", "检察院", "行业协会", "协会", "学会", "商会", "联合会"}
)
_OWN_FORM = "有限公司"  # of nearly all firms; no branch ends so
_BEFORE_IT = frozenset(form[:-4][-1:] for form in lexicon.LEGAL_KIND if form.endswith(_OWN_FORM))
_NOWHERE = Place()
_CHINA = Place(province="中国", is_province_written=True)


Places = tuple[Place, ...]
Words = tuple[str, ...]


def take_apart(name: str) -> CompanyName:
    """Region, brand, trade, legal form and branch of a Chinese or Latin company name."""
    text = one_spelling(name[:_LONGEST_TEXT])[:_LONGEST_NAME].strip()
    if not text or (len(text) <= _LONGEST_STAND_IN and _names_nobody(text)):
        return CompanyName()
    return _parse_chinese(text) if has_chinese(text) else parse_latin(text)


def _names_nobody(text: str) -> bool:
    """无, （待补充）, n a: what is typed where no name is known."""
    return text.strip("()").replace(" ", "") in lexicon.NO_NAMES


parse_company_name = lru_cache(maxsize=32768)(take_apart)


def _parse_chinese(text: str) -> CompanyName:
    text, former = apart_from_former(text)
    text = spell_out(without_remarks(text))
    body, bracketed, inner, site = _take_brackets(text)
    body, branch = (body, site) if site else _take_branch(body)
    body, forms, is_form_first = _take_forms(body, inner)
    body, places = _take_region(body, bracketed)
    if not places and forms and forms[-1] in _OF_THE_TOWN:
        body, places = _take_town(body)
    if (bracketed or branch) and forms and forms[-1] == sites.OFFICE:
        places, branch = sites.of_office(places, bracketed, branch)
    body = _number_first(body, forms)
    brand, trades = _split_brand(body, forms, is_form_first=is_form_first)
    if trades and brand[-1] == _ATTACHED[-1] and brand.endswith(_ATTACHED):
        brand, trades = brand + "".join(trades), ()  # 附属口腔医院, 附属儿童医院
    if trades and not places and not body.startswith(brand):
        brand, places = _take_region(brand, places)  # 网络科技|上海|华信
    if len(brand) >= 4 and not places and _ATTACHED not in brand:
        brand, trades, places = _region_inside(brand, trades)
    return _assemble(text, places, brand, trades, forms, branch, former)


def _split_brand(text: str, forms: Words, *, is_form_first: bool) -> tuple[str, Words]:
    """The brand and the trades, usually behind it."""
    brand, trades = _split_leading_trades(text) if is_form_first else (text, ())
    if not trades:
        brand, trades = _split_goods(*_split_trades(text), forms)
    if len(brand) < _LONG_BRAND or not forms:
        return brand, trades
    if not trades:
        brand, trades = _leading_trades(brand)
    if len(brand) >= _LONG_BRAND and brand[-1] in lexicon.PRODUCT_ENDS:
        brand, trades = _split_product(brand, trades)
    return brand, trades


def _assemble(
    text: str, places: Places, brand: str, trades: Words, forms: Words, branch: str, former: str
) -> CompanyName:
    place, elsewhere = _merge_places(places)
    named = tuple([trade for trade in trades if trade not in lexicon.GENERIC_TRADES])
    if "集团" in brand or "控股" in brand:
        brand = _GROUP_INSIDE.sub("", brand)
    if len(brand) > 4 and (brand[0].isascii() or brand[-1].isascii()):
        brand = _without_transcript(brand)
    kind = lexicon.LEGAL_KIND.get(forms[-1], "company") if forms else ""
    if kind == _INSTITUTION and len(named) < len(trades):
        named = trades  # 西北工业大学 is not 西北大学
    return CompanyName(
        place.name, brand, "".join(named), "".join(forms), branch or elsewhere, place.province,
        place.city, kind, named, len(brand) < 2 or brand in lexicon.TRADES, text, former,
    )  # fmt: skip


def _without_transcript(brand: str) -> str:
    """华信huaxin: the Latin letters say the same once more."""
    found = _PINYIN_BESIDE.match(brand)
    return (found[1] or found[4]) if found else brand


def _merge_places(places: Places) -> tuple[Place, str]:
    """Several mentions are one place when they agree; else a branch: 北京盈科（杭州）律师事务所."""
    if not places:
        return _NOWHERE, ""
    merged, elsewhere = places[0], ""
    for place in places[1:]:
        if merged.province in ("", "中国"):
            merged = place
        elif place.province == merged.province and place.city in (merged.city, ""):
            merged = merged._replace(county=merged.county or place.county)
        elif place.province == merged.province and not merged.city:
            merged = merged._replace(city=place.city, county=merged.county or place.county)
        elif place.province not in ("", "中国") and not is_within(place.city, merged.city):
            elsewhere = elsewhere or place.name
    return merged, elsewhere


def _take_brackets(text: str) -> tuple[str, Places, Words, str]:
    """Brackets hold a place, a legal form, or part of the brand: （中国）（集团）（有限合伙）.

    At the end of a shop's or a hospital's name they hold a site: （万象城店）, （东院）.
    """
    if "(" not in text:
        return text.replace(")", ""), (), (), ""
    places: list[Place] = []
    forms: list[str] = []
    told: list[str] = []

    def replace(found: re.Match[str]) -> str:
        inner = found[1]
        place = place_at(inner)
        site = site_in_brackets(inner, text) if inner and found.end() == len(text) else None
        if inner == "中国":
            places.append(_CHINA)
        elif site is not None and found.start():
            where = place_at(site[:-1])
            if where and where.length == len(site) - 1:
                places.append(where)
            else:
                told.append(site)
        elif inner.endswith(_BRANCHES) and found.end() == len(text):
            return inner
        elif place and place.length >= len(inner) - 1:
            places.append(place)
        elif inner in lexicon.LEGAL_KIND:
            forms.append(inner)
        elif inner and inner[0].isalnum() and not place and found.start() == 0:
            return inner
        else:
            return "" if place or found.end() == len(text) else inner
        return ""

    rest = _BRACKET.sub(replace, text).replace(")", "").replace("(", "")
    return rest, tuple(places), tuple(forms), told[0] if told else ""


def _take_branch(text: str) -> tuple[str, str]:
    """Split 华信有限公司|上海分公司 and 招商银行|武汉东湖支行."""
    if text.endswith(_OWN_FORM):
        return text, ""
    if text[-1:] == sites.SHOP:
        head, site = sites.apart_from_site(text)
        if site:
            return head, site
    if "集团" in text and (found := _NUMBERED_PART.match(text)):
        return found[1], plain_numerals(found[2]) + found[3]
    if text.endswith(lexicon.STRONG_BRANCH_ENDS) or (
        text.endswith(lexicon.BRANCH_ENDS) and "公司" in text
    ):
        head, tail = _split_branch(text)
        if tail:
            return head, _ADMIN.sub("", tail)
    return text, ""


def _split_branch(text: str) -> tuple[str, str]:
    for pattern in (_COMPANY_BEFORE_BRANCH, _BANK_BEFORE_BRANCH, _SITE):
        if found := pattern.match(text):
            return found[1], found[2]
    head, tail = _branch_by_place(text)
    if not tail and (found := _GROUP_BEFORE_BRANCH.match(text)):
        return found[1], found[2]
    return head, tail


def _branch_by_place(text: str) -> tuple[str, str]:
    """华信科技上海分公司: the last place in the name begins the branch."""
    for start in range(len(text) - 3, 1, -1):
        place = place_at(text, start)
        if place and place.province and start + place.length < len(text):
            return text[:start], text[start:]
    return text, ""


def _take_forms(text: str, inner: Words) -> tuple[str, Words, bool]:
    """Legal forms at the end, several in a row: 厂|有限公司, 集团|股份有限公司.

    And whether one stands at the start instead.
    """
    rest, forms = text, inner
    while (form := _form_at_end(rest)) and not (rest is not text and form in _NO_FIRST):
        rest = rest[: -len(form)]
        forms = (*inner, form, *forms[len(inner) :])
        if lexicon.LEGAL_KIND[form] != "company":
            break
    if rest is text:
        return _form_at_start(text) or (text, inner, False)
    return rest, forms, False


def _form_at_end(text: str) -> str:
    sizes = lexicon.FORM_SIZES.get(text[-1:])
    if sizes is None:
        return ""
    longest = len(text) - 2
    if text.endswith(_OWN_FORM) and longest >= len(_OWN_FORM) and text[-5] not in _BEFORE_IT:
        return _OWN_FORM
    for size in sizes:
        if size <= longest and text[-size:] in lexicon.LEGAL_KIND:
            return text[-size:]
    single = text[-1:] if longest > 1 else ""  # 任子行 is a brand
    return single if single in lexicon.LEGAL_KIND and not _trade_at_end(text[_LEAST:]) else ""


def _form_at_start(text: str) -> tuple[str, Words, bool] | None:
    """有限公司 may stand before the brand in pasted names: 天津有限公司华信."""
    found = _FORM_INSIDE.search(text)
    if not found or found.end() == len(text):
        return None
    head, tail = text[: found.start()], text[found.end() :]
    if len(head) > 1 and (place := place_at(tail)) and len(tail) - place.length > 1:
        return tail + head, (found[0],), False  # 照明工程有限公司|天津|艺洲飞达
    return (head + tail, (found[0],), True) if head + tail else None


def _take_region(text: str, places: Places) -> tuple[str, Places]:
    """Places before the brand; a bare city stays when nothing but a trade would be left."""
    if text.startswith("中国") and len(text) > 3:
        text = text[2:]
        places = (*places, _CHINA)
    if text.startswith("自由贸易"):
        text = _FREE_TRADE.sub("", text)
    place = place_at(text)
    if place and _may_be_brand(place) and _is_all_trade(text[place.length :]):
        place = province_at(text)  # 福建省永安林业, 上海浦东发展银行: here the city is the brand
    if place and len(text) - place.length >= 2:
        text = text[place.length :]
        if "区" in text or "工业园" in text:
            text = _without_zone(text)
        text, district, town = _without_district(text, place)
        if district or town:
            place = place._replace(county=(district or place.county) + town)
        places = (place, *places)
    return "银行" if text in _CITY_BANKS else text, places


def _take_town(text: str) -> tuple[str, Places]:
    """临江物流|协会: offices and clubs are of a place, even one that is as often a brand."""
    for size in (3, 2):
        if text[:size] in ALSO_BRANDS and len(text) - size > 1:
            place = place_at(f"{text[:size]}市{text[size:]}")
            if place and place.province and place.length == size + 1:
                return text[size:], (place._replace(length=size),)
    return text, ()


def _number_first(text: str, forms: Words) -> str:
    """印染一厂 is 第一印染厂."""
    if not (text and text[-1] in _NUMERALS and forms and forms[-1] in _NUMBERED_WORKS):
        return text
    is_told = len(text) > 2 and "第" not in text and _is_all_trade(text[:-1])
    return f"第{text[-1]}{text[:-1]}" if is_told else text


def _may_be_brand(place: Place) -> bool:
    if place.is_explicit and place.city:
        return False  # 临江市|应急|管理局
    is_plain = place.is_province_written and not place.is_explicit and is_county(place.city)
    return is_plain or place.city in ALSO_BRANDS


def _without_zone(text: str) -> str:
    """工业园区|新纳光电, 新站高新技术产业开发区|晶合玻璃."""
    found = _ZONE.search(text)
    if not found:
        return text
    rest = text[found.end() :]
    if found.start() < _LONG_BRAND and not _is_all_trade(rest):
        return rest
    return text[: found.start()] + rest


def _without_district(text: str, place: Place) -> tuple[str, str, str]:
    """上海|浦东|华信科技, 东莞|虎门镇|华信: but 上海|浦东|发展银行 keeps it as the brand."""
    district = ""
    if (size := district_size(text, place)) and not _is_all_trade(text[size:]):
        district, text = text[:size], _TOWN_TAIL.sub("", text[size:], count=1)
    if not ("镇" in text or "乡" in text or "街道" in text):
        return text, district, ""
    if (town := _TOWN.match(text)) and not _is_all_trade(text[town.end() :]):
        return text[town.end() :], district, town[1]
    return text, district, ""


def _is_all_trade(text: str) -> bool:
    rest = _split_trades(text)[0]
    return len(rest) < 2 or rest in lexicon.TRADES


def _split_trades(text: str) -> tuple[str, Words]:
    """Trades off the end, longest first, as long as two characters of brand remain."""
    size, trades = _trades_behind(text[_LEAST:])
    return text[: _LEAST + size], trades


@lru_cache(maxsize=8192)
def _trades_behind(rest: str) -> tuple[int, Words]:
    """The same of what stands behind two characters: of a hundred names seventy end like others."""
    trades: list[str] = []
    while True:
        while trade := _trade_at_end(rest):
            rest = rest[: -len(trade)]
            trades.insert(0, trade)
        if not trades or not (word := _qualifier_at_end(rest)):
            return len(rest), tuple(trades)
        rest = rest[: -len(word)]


def _qualifier_at_end(rest: str) -> str:
    """新型 of 华信新型|材料: of neither the brand nor the trade."""
    for size in lexicon.QUALIFIER_SIZES.get(rest[-1:], ()):
        if size <= len(rest) and rest[-size:] in lexicon.QUALIFIERS:
            return rest[-size:]
    return ""


def _split_leading_trades(text: str) -> tuple[str, Words]:
    """天津有限公司科技发展博瑞诚: written back to front, the trade comes before the brand."""
    brand: str = text
    trades: Words = ()
    while size := _trade_at_start(brand):
        brand, trades = brand[size:], (*trades, brand[:size])
    return brand, trades


def _leading_trades(text: str) -> tuple[str, Words]:
    """天津|教育信息咨询|北洋: the trade before the brand, when it is long enough to be sure.

    A short one (科技|华信) is when no brand begins so.
    """
    brand, trades = _split_leading_trades(text)
    begins_so = bool(trades) and trades[0] in lexicon.NO_BRAND_BEGINS
    if brand in lexicon.TRADES or not (begins_so or sum(map(len, trades)) >= _LONG_BRAND):
        return text, ()
    return brand, trades


def _split_product(brand: str, trades: Words) -> tuple[str, Words]:
    """乐丰|风机, 东莞高盛|滤清器: things made, known by their last character."""
    size = 3 if len(brand) > _LONG_BRAND else 2
    if size > 2 and _trade_at_end(brand[_LEAST:-2]):  # 瑞钻|工程|钎具
        head, more = _split_trades(brand[:-2])
        return head, (*more, brand[-2:], *trades)
    return brand[:-size], (brand[-size:], *trades)


def _trade_at_start(text: str) -> int:
    longest = min(lexicon.LONGEST_TRADE, len(text) - 2)
    return next((size for size in range(longest, 1, -1) if text[:size] in lexicon.TRADES), 0)


def _split_goods(brand: str, trades: Words, forms: Words) -> tuple[str, Words]:
    """富华布行, 佳合纸厂: one character of goods before a shop or works."""
    if not (forms and len(brand) > 2 and brand[-1] in lexicon.SINGLE_TRADES):
        return brand, trades
    if lexicon.LEGAL_KIND.get(forms[-1]) in ("shop", "works"):
        return brand[:-1], (brand[-1], *trades)
    return brand, trades


def _trade_at_end(rest: str) -> str:
    for size in lexicon.TRADE_SIZES.get(rest[-2:], ()):
        if rest[-size:] in lexicon.TRADES:
            return rest[-size:]
    return ""


def _region_inside(brand: str, trades: Words) -> tuple[str, Words, Places]:
    """尚品优优天津科技: a place after the brand, only a trade or nothing behind it."""
    if brand.endswith("中国"):
        return brand[:-2], trades, (_CHINA,)
    for start in range(2, len(brand) - 1):
        place = place_at(brand, start)
        if place and place.province and start + place.length == len(brand):
            head, more = _split_trades(brand[:start])
            return head, more + trades, (place,)
    return brand, trades, ()

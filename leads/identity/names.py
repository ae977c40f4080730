"""Are two company names the same firm? Score the brand, then ask place, trade, form and branch."""

from leads.identity.brands import compare_brands
from leads.identity.companies import parse_company_name
from leads.identity.lexicon import GENERIC_TRADES, TRADE_GROUP, TRADES
from leads.identity.misread_places import begins_misread
from leads.identity.places import are_merged, brand_says_place, is_within
from leads.identity.private_names import is_name_of_person
from leads.identity.reasons import Reason, ReasonCode, told
from leads.identity.short_forms import is_loose, is_subsequence
from leads.identity.sites import OF_OFFICE, SHOP
from leads.identity.text import has_chinese, sounds_alike
from leads.identity.types import CompanyName, NameMatch, Verdict
from leads.identity.words import table

SAME = 0.9
PROBABLE = 0.65
RARE = 4  # characters of a brand that hardly two firms share
_FORMER = 0.97
_HEARD = 0.8  # of two characters known by ear, when neither trade nor place confirms them
_CONFIRMED = 0.97  # of two places of which one holds the other
_QUESTION = 0.88  # what is left of "same" where a careful person asks
_HOLDING = "控股"
_MANY_PEOPLE = 0.8  # 张伟, when nothing else is told
_PAIR = 2
_START = 4  # characters within which a place is misread
_ASKED_OF_PLACES = (ReasonCode.REGION_WITHIN, ReasonCode.REGION_ALIKE)
_OF_FORMS = frozenset({"集团", "控股", "股份", "有限"})
_OF_A_DISTRICT = ("institution", "shop")
_AT_SITE = 0.95  # a shop in a district, and one that is called after it
_CLINICS = {"institution", "company"}
_OF_A_COMPANY = ("有限公司", "有限责任公司", "股份有限公司", "公司")
_SOLD_IN = {form: sold for sold, forms in table("companies", "sold_in").items() for form in forms}
_SCHOOLS = frozenset({"大学", "学院"})
_VOCATIONAL = frozenset({"职业", "技术", "职业技术"})
_MOVES = ("", "company", "partnership")  # 第二人民医院 of two cities are two

Factor = tuple[float, Reason | None]


def verdict_for(score: float) -> Verdict:
    """Same from .90, probable from .65: set on labelled pairs, see docs/identity.md."""
    if score >= SAME:
        return "same"
    return "probable" if score >= PROBABLE else "different"


def compare_company_names(a: str, b: str) -> NameMatch:
    """How likely two names mean one firm; the score does not depend on the order."""
    return compare_parsed(parse_company_name(a), parse_company_name(b))


def compare_parsed(left: CompanyName, right: CompanyName) -> NameMatch:
    """Compare two parsed names: the product of what brand, place, trade, form and branch say."""
    if left.former or right.former:
        return _with_former_names(left, right)
    if not left.text or not right.text:
        return NameMatch(0.0, "different", (Reason(ReasonCode.NAME_MISSING),))
    if left.text == right.text:
        return _equal(left)
    if left.form_kind == right.form_kind == "office" and bool(left.branch) != bool(right.branch):
        left, right = _at_one_office(left, right)
    brand = compare_brands(left, right)
    if brand.score <= PROBABLE:
        return NameMatch(round(brand.score, 4), "different", (brand.reason,))
    score, reasons = brand.score, [brand.reason]
    for ask in (_place_only, _branch) if brand.is_whole else (_region, _industry, _form, _branch):
        factor, reason = ask(left, right)
        score *= factor
        if reason is not None:
            reasons.append(reason)
    if score >= SAME and _is_question(left, right, reasons):
        score = _QUESTION
    score = round(score, 4)
    return NameMatch(score, verdict_for(score), tuple(reasons))


def _at_one_office(left: CompanyName, right: CompanyName) -> tuple[CompanyName, CompanyName]:
    """天衡（深圳）律师事务所 may be the office in 深圳 of a firm in 北京 that goes unsaid."""
    there, here = (left, right) if left.branch else (right, left)
    if (
        not here.region
        or here.region == there.region
        or not here.region.endswith(there.branch.removesuffix(OF_OFFICE))
    ):
        return left, right
    here = here._replace(region="", province="", city="", branch=there.branch)
    return (there, here) if left.branch else (here, there)


def _equal(name: CompanyName) -> NameMatch:
    if is_name_of_person(name):
        people = Reason(ReasonCode.NAME_OF_PERSON, {"value": name.text})
        return NameMatch(_MANY_PEOPLE, "probable", (people,))
    return NameMatch(1.0, "same", (Reason(ReasonCode.NAME_EQUAL, {"value": name.text}),))


def _is_question(left: CompanyName, right: CompanyName, reasons: list[Reason]) -> bool:
    """江苏恒达 and 昆山恒达 are registered by two offices; 张伟有限公司 need not be any 张伟's."""
    if any(reason.code in _ASKED_OF_PLACES for reason in reasons):
        return True
    if left.brand == right.brand and _are_siblings(left, right):
        return True
    return is_name_of_person(left) or is_name_of_person(right)


def _are_siblings(left: CompanyName, right: CompanyName) -> bool:
    """华信实业, 华信发展; 阿里巴巴集团, 阿里巴巴影业集团: of each the whole name is told."""
    if bool(left.industry) != bool(right.industry):
        return True
    if is_loose(left) or is_loose(right) or left.form_kind != right.form_kind:
        return False
    if (_HOLDING in left.text) != (_HOLDING in right.text):
        return True  # 远洲控股集团有限公司, 远洲集团有限公司
    a, b = _generic_words(left), _generic_words(right)
    return a != b and (bool(a and b) or left.is_generic)


def _generic_words(name: CompanyName) -> frozenset[str]:
    """实业, 发展: what says nothing by itself and yet parts two firms that both say it."""
    return frozenset(word for word in GENERIC_TRADES if word in name.text) - _OF_FORMS


def place_factor(left: CompanyName, right: CompanyName) -> float:
    """The most that the places leave of the score of two names: a brand may say the place."""
    factor, reason = _region(left, right)
    is_unsaid = reason is not None and reason.code is ReasonCode.REGION_MISSING
    return _CONFIRMED if is_unsaid else factor


def trade_factor(left: CompanyName, right: CompanyName) -> float:
    """What the trades leave of the score of two names."""
    return _industry(left, right)[0]


def closing_factor(left: CompanyName, right: CompanyName) -> float:
    """The most that legal forms and branches leave of the score of two names."""
    form = 1.0 if {left.form_kind, right.form_kind} == _CLINICS else _form(left, right)[0]
    branch = left.branch or right.branch
    is_site = bool(left.branch) != bool(right.branch) and branch.endswith(SHOP)
    return form * (_AT_SITE if is_site else _branch(left, right)[0])


def _with_former_names(left: CompanyName, right: CompanyName) -> NameMatch:
    """华信（原大江）: the best of today's names and the former ones."""
    best = compare_parsed(left._replace(former=""), right._replace(former=""))
    lefts, rights = _names_of(left), _names_of(right)
    for one in lefts:
        for other in rights:
            match = compare_parsed(one, other)
            score = round(match.score * _FORMER, 4)
            if score > best.score:
                reason = Reason(ReasonCode.FORMER_NAME, {"value": left.former or right.former})
                best = NameMatch(score, verdict_for(score), (reason, *match.reasons))
    return best


def _names_of(name: CompanyName) -> list[CompanyName]:
    today = name._replace(former="")
    return [today, parse_company_name(name.former)] if name.former else [today]


def _place_only(left: CompanyName, right: CompanyName) -> Factor:
    """A short name need not mention the place, but it may not contradict it."""
    a, b = left.place, right.place
    if a == b:
        return 1.0, told(ReasonCode.REGION_EQUAL, region=a) if a else None
    if not a or not b or "中国" in (a, b) or _regions_agree(left, right):
        return 1.0, None
    return 0.4, Reason(ReasonCode.REGION_DIFFERENT, {"left": a, "right": b})


def _region(left: CompanyName, right: CompanyName) -> Factor:
    a, b = left.place, right.place
    if a == b and left.city != right.city:  # 朝阳区, 朝阳市
        return _CONFIRMED, Reason(ReasonCode.REGION_WITHIN, {"left": a, "right": b})
    if left.text[:_START] != right.text[:_START] and _is_slip_in_place(left, right):
        pair = {"left": left.text[:_PAIR], "right": right.text[:_PAIR]}
        return _CONFIRMED, Reason(ReasonCode.REGION_ALIKE, pair)
    if a == b and _each_has_one(left, right):
        return 0.5, Reason(
            ReasonCode.REGION_DIFFERENT, {"left": left.region, "right": right.region}
        )
    if a == b and not _districts_differ(left, right):
        return 1.0, told(ReasonCode.REGION_EQUAL, region=a) if a else None
    if a == b:
        pair = {"left": left.region, "right": right.region}
        each_has_one = left.is_generic or (
            left.form_kind == right.form_kind in _OF_A_DISTRICT and not are_merged(*pair.values())
        )
        return 0.5 if each_has_one else 0.88, Reason(ReasonCode.REGION_DIFFERENT, pair)
    is_inside = left.region.endswith(b) > (not b) or right.region.endswith(a) > (not a)
    if is_inside and (left.province == right.province or not (left.province and right.province)):
        return _CONFIRMED, told(ReasonCode.REGION_EQUAL, region=a)
    if (left.is_generic or right.is_generic) and {a, b} != {"", "中国"}:
        return 0.5, Reason(ReasonCode.REGION_DIFFERENT, {"left": a, "right": b})
    if _regions_agree(left, right):
        return _agreeing(left, right)
    if not a or not b or "中国" in (a, b):
        if _hints_agree(left, right) or _brand_says(left, right, a or b):
            return _CONFIRMED, told(ReasonCode.REGION_EQUAL, region=left.province or a or b)
        is_nationwide = "中国" in (a, b) and "" in (
            a,
            b,
        )  # 欧姆龙（中国）, 欧姆龙（大连） are asked about
        factor = 0.95 if min(len(left.brand), len(right.brand)) >= 4 or is_nationwide else 0.88
        return factor, told(ReasonCode.REGION_MISSING, region=a or b)
    rare = left.brand == right.brand and len(left.brand) >= RARE and has_chinese(left.brand)
    rare = rare and left.form_kind in _MOVES and right.form_kind in _MOVES
    factor = 0.68 if rare and left.industry == right.industry else 0.4
    return factor, Reason(ReasonCode.REGION_DIFFERENT, {"left": a, "right": b})


def _is_slip_in_place(left: CompanyName, right: CompanyName) -> bool:
    """可南, 河南: one place, of which one is misread."""
    if not left.province or left.province != right.province:
        return False
    if left.city and right.city and left.city != right.city:
        return False
    return begins_misread(left.text, left.region) != begins_misread(right.text, right.region)


def _brand_says(left: CompanyName, right: CompanyName, place: str) -> bool:
    return brand_says_place(left.brand, place) or brand_says_place(right.brand, place)


def _districts_differ(left: CompanyName, right: CompanyName) -> bool:
    """深圳南山 and 深圳福田; 深圳 alone agrees with both."""
    a, b = left.region.removeprefix(left.province), right.region.removeprefix(right.province)
    return a != b and not (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a))


def _regions_agree(left: CompanyName, right: CompanyName) -> bool:
    """浙江 and 杭州 agree, 苏州 and 昆山 too; 杭州 and 宁波 do not."""
    a, b = left.city, right.city
    if not left.province or left.province != right.province:
        return False
    return not (a and b) or is_within(a, b) or is_within(b, a)


def _agreeing(left: CompanyName, right: CompanyName) -> Factor:
    """江苏昆山 holds 江苏; of 江苏 and 昆山, 苏州 and 昆山 each tells a place of its own."""
    a, b = left.region, right.region
    if (a.startswith(b) and a != left.city) or (b.startswith(a) and b != right.city):
        return _CONFIRMED, told(ReasonCode.REGION_EQUAL, region=left.city or right.city)
    if "institution" in (left.form_kind, right.form_kind) and _is_numbered(left, right):
        return 0.5, Reason(ReasonCode.REGION_DIFFERENT, {"left": a, "right": b})
    return _CONFIRMED, Reason(ReasonCode.REGION_WITHIN, {"left": left.place, "right": right.place})


def _is_numbered(left: CompanyName, right: CompanyName) -> bool:
    """浙江省第一医院, 杭州市第一医院: each place has its own."""
    return left.brand == right.brand and (left.brand[0] == "第" or left.brand == "人民")


def _each_has_one(left: CompanyName, right: CompanyName) -> bool:
    """岳阳市妇幼保健院, 岳阳县妇幼保健院: a city and each of its counties have one."""
    if not left.form_kind == right.form_kind == "institution" or left.brand != right.brand:
        return False
    if not (left.is_generic or _is_numbered(left, right)):
        return False
    a, b, county = left.region, right.region, f"{left.city}县"
    return not (a.endswith(b) or b.endswith(a)) or (county in left.text) != (county in right.text)


def _hints_agree(left: CompanyName, right: CompanyName) -> bool:
    """A record's own region may confirm a place, never contradict one: phones move."""
    a, b = left.province or left.province_hint, right.province or right.province_hint
    return bool(a) and a == b


def _industry(left: CompanyName, right: CompanyName) -> Factor:
    a, b = left.industry, right.industry
    pair = {"left": a, "right": b}
    if not (a and b) and _is_hearsay(left, right) and not _hints_agree(left, right):
        return _HEARD, told(ReasonCode.INDUSTRY_MISSING, industry=a or b) if a or b else None
    if a == b:
        return 1.0, told(ReasonCode.INDUSTRY_EQUAL, industry=a) if a else None
    if has_chinese(left.text) != has_chinese(right.text):
        return 0.95, None  # trades of two languages are not compared
    if (not a and _is_group(left) > _is_group(right)) or (
        not b and _is_group(right) > _is_group(left)
    ):
        forms = {"left": left.legal_form, "right": right.legal_form}
        return 0.8, told(ReasonCode.GROUP_AND_FIRM, **forms)
    if left.legal_form == right.legal_form in _SCHOOLS and not _is_spelt_out(a, b):
        return 0.5, Reason(ReasonCode.INDUSTRY_DIFFERENT, pair)
    certain = min(len(left.brand), len(right.brand)) >= RARE
    if (not a or not b) and _sounds_like_many(left, right):
        return 0.75, told(ReasonCode.INDUSTRY_MISSING, industry=a or b)
    if not a or not b:
        return 0.93 if certain else 0.88, told(ReasonCode.INDUSTRY_MISSING, industry=a or b)
    if alike := _trades_alike(left, right):
        factor = _HEARD if _is_hearsay(left, right) else 0.94 if certain and alike > 0.85 else alike
        return factor, Reason(ReasonCode.INDUSTRY_ALIKE, pair)
    return 0.55, Reason(ReasonCode.INDUSTRY_DIFFERENT, pair)


def _is_spelt_out(a: str, b: str) -> bool:
    """职业学院, 职业技术学院; but 大学 and 工业大学 of one name are two."""
    return bool(a and b) and {a, b}.issubset(_VOCATIONAL)


def _trades_alike(left: CompanyName, right: CompanyName) -> float:
    """One trade within the other, two of a kind, or a slip in a word nobody listed."""
    a, b = left.industry, right.industry
    if a in b or b in a:
        return 0.88
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if short == full[::2]:
        return 0.85  # 汽配 of 汽车配件
    if not {kind_of(t) for t in left.industries}.isdisjoint(map(kind_of, right.industries)):
        return 0.85
    is_slip = _is_slip(a, b) and not TRADES.issuperset(left.industries + right.industries)
    return 0.85 if is_slip else 0.0


def _is_hearsay(left: CompanyName, right: CompanyName) -> bool:
    """Two characters that only sound alike: dozens of firms are read so in a large base."""
    a, b = left.brand, right.brand
    return len(a) == len(b) == _PAIR and a != b and sounds_alike(a, b)


def _sounds_like_many(left: CompanyName, right: CompanyName) -> bool:
    """雅博, 亚博: two characters alike by ear say little while one trade is unsaid."""
    a, b = left.brand, right.brand
    return a != b and len(a) == len(b) == _PAIR and has_chinese(a) and left.place != right.place


def _is_slip(a: str, b: str) -> bool:
    return len(a) == len(b) and sum(one != other for one, other in zip(a, b, strict=True)) == 1


def kind_of(trade: str) -> str:
    """建设工程 is of the kind of 建设, and that is 建筑."""
    stem = trade[:-2] if len(trade) > _PAIR else trade
    return TRADE_GROUP.get(trade) or TRADE_GROUP.get(stem) or stem


def _is_group(name: CompanyName) -> bool:
    return "集团" in name.legal_form or "控股" in name.legal_form


def _form(left: CompanyName, right: CompanyName) -> Factor:
    """有限公司 and 股份公司 are one kind; a company and a works (厂) are two."""
    a, b = left.form_kind, right.form_kind
    if a != b and {a, b} == _CLINICS and _is_form_within(left.legal_form, right.legal_form):
        return 1.0, None  # 爱明眼科医院有限公司
    if a != b and "institution" in (a, b) and (right if a == "institution" else left).industry:
        params = {"left": left.legal_form, "right": right.legal_form}
        return 0.7, told(ReasonCode.FORM_DIFFERENT, **params)  # 三一重工, 三一学院
    if a == b == "institution" and not _is_one_kind(left.legal_form, right.legal_form):
        params = {"left": left.legal_form, "right": right.legal_form}
        return 0.55, told(ReasonCode.FORM_DIFFERENT, **params)  # 学军中学, 学军小学
    if a == b == "shop" and not _is_one_kind(left.legal_form, right.legal_form):
        params = {"left": left.legal_form, "right": right.legal_form}
        factor = 0.55 if _sell_other_things(*params.values()) else _QUESTION
        return factor, told(ReasonCode.FORM_DIFFERENT, **params)  # 顺发商行, 顺发经营部
    if a == b or not a or not b:
        return 1.0, None
    params = {"left": left.legal_form, "right": right.legal_form}
    if (left.legal_form in TRADES and right.industry) or (
        right.legal_form in TRADES and left.industry
    ):
        return 0.7, told(ReasonCode.FORM_DIFFERENT, **params)  # 金陵饭店, 金陵药业
    return 0.8, told(ReasonCode.FORM_DIFFERENT, **params)


def _is_form_within(a: str, b: str) -> bool:
    """医院 and 医院有限公司."""
    short, full = (a, b) if len(a) < len(b) else (b, a)
    return full.startswith(short) and full[len(short) :] in _OF_A_COMPANY


def _sell_other_things(a: str, b: str) -> bool:
    """小吃店, 理发店: each form tells a trade."""
    one, other = _SOLD_IN.get(a), _SOLD_IN.get(b)
    return one is not None and other is not None and one != other


def _is_one_kind(a: str, b: str) -> bool:
    """村委会 and 村民委员会, 局 and 管理局."""
    return is_subsequence(a, b) or is_subsequence(b, a)


def _branch(left: CompanyName, right: CompanyName) -> Factor:
    """A branch is not its parent: worth a question, never the same."""
    a, b = left.branch, right.branch
    if a == b:
        return 1.0, None
    if a and b and (a.endswith(b) or b.endswith(a)):
        return 0.95, Reason(ReasonCode.BRANCH_ALIKE, {"left": a, "right": b})
    if a and b and a[-2:] == b[-2:] and (is_subsequence(a, b) or is_subsequence(b, a)):
        return 0.75, Reason(ReasonCode.BRANCH_ALIKE, {"left": a, "right": b})
    if a and b and (a.startswith(b) or b.startswith(a)):
        return 0.75, Reason(ReasonCode.BRANCH_ALIKE, {"left": a, "right": b})
    if not a or not b:
        factor = _AT_SITE if _is_site_of(a or b, right if a else left) else 0.75
        return factor, Reason(ReasonCode.BRANCH_AND_PARENT, {"branch": a or b})
    return 0.4, Reason(ReasonCode.BRANCH_DIFFERENT, {"left": a, "right": b})


def _is_site_of(branch: str, other: CompanyName) -> bool:
    """阿毛水果（滨江店） and 滨江区阿毛水果店."""
    return branch.endswith(SHOP) and len(branch) > _PAIR and branch[:-1] in other.region

"""Are two company names the same firm? Score the brand, then ask place, trade, form and branch."""

from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from leads.identity.companies import parse_company_name
from leads.identity.lexicon import TRADE_GROUP
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.text import has_chinese, sounds_alike
from leads.identity.types import CompanyName, NameMatch, Verdict

SAME = 0.9
PROBABLE = 0.65

Factor = tuple[float, Reason | None]


def verdict_for(score: float) -> Verdict:
    """Same from .90, probable from .65: set on labelled pairs, see docs/identity.md."""
    if score >= SAME:
        return "same"
    return "probable" if score >= PROBABLE else "different"


def compare_company_names(a: str, b: str) -> NameMatch:
    """How likely two names mean one firm; the score does not depend on the order."""
    return compare_parsed(parse_company_name(a), parse_company_name(b))


@lru_cache(maxsize=16384)
def compare_parsed(left: CompanyName, right: CompanyName) -> NameMatch:
    """Compare two parsed names: the product of what brand, place, trade, form and branch say."""
    if not left.text or not right.text:
        return NameMatch(0.0, "different", (Reason(ReasonCode.NAME_MISSING),))
    if left.text == right.text:
        return NameMatch(1.0, "same", (Reason(ReasonCode.NAME_EQUAL, {"value": left.text}),))
    factors: list[Factor] = [_brand(left, right)]
    if factors[0][0] > PROBABLE:
        factors += [
            _region(left, right),
            _industry(left, right),
            _form(left, right),
            _branch(left, right),
        ]
    score = 1.0
    for factor, _ in factors:
        score *= factor
    score = round(score, 4)
    reasons = tuple(reason for _, reason in factors if reason is not None)
    return NameMatch(score, verdict_for(score), reasons)


def _brand(left: CompanyName, right: CompanyName) -> Factor:
    a, b = left.brand, right.brand
    pair = {"left": a, "right": b}
    if a == b:
        code = ReasonCode.BRAND_GENERIC if left.is_generic else ReasonCode.BRAND_EQUAL
        return 1.0, Reason(code, {"brand": a})
    if has_chinese(a) != has_chinese(b):
        return 0.0, Reason(ReasonCode.SCRIPT_DIFFERENT, pair)
    if left.is_generic or right.is_generic:
        return ratio(a, b) / 200, Reason(ReasonCode.BRAND_DIFFERENT, pair)
    if sounds_alike(a, b):
        return 0.8, Reason(ReasonCode.BRAND_SOUNDS_ALIKE, pair)
    if _nearly_equal(a, b):
        return 0.86, Reason(ReasonCode.BRAND_NEARLY_EQUAL, pair)
    if _is_short_form(left, right) or _is_short_form(right, left):
        return 0.78, Reason(ReasonCode.BRAND_CONTAINED, pair)
    return ratio(a, b) / 200, Reason(ReasonCode.BRAND_DIFFERENT, pair)


def _nearly_equal(a: str, b: str) -> bool:
    """One slip of the hand: in four Chinese characters or more, or in six Latin letters."""
    longest = max(len(a), len(b))
    if has_chinese(a):
        return min(len(a), len(b)) >= 4 and OSA.distance(a, b, score_cutoff=1) <= 1
    return longest >= 6 and OSA.distance(a, b, score_cutoff=2) <= max(1, longest // 8)


def _is_short_form(short: CompanyName, full: CompanyName) -> bool:
    """简称: no legal form, and its brand begins the other's brand or brand and trade."""
    if short.legal_form or len(short.brand) < 2:
        return False
    whole = short.brand + short.industry
    return (full.brand + full.industry).startswith(whole) or full.brand.endswith(short.brand)


def _region(left: CompanyName, right: CompanyName) -> Factor:
    a, b = left.place, right.place
    if a == b:
        return 1.0, Reason(ReasonCode.REGION_EQUAL, {"region": a}) if a else None
    if (left.is_generic or right.is_generic) and {a, b} != {"", "中国"}:
        return 0.5, Reason(ReasonCode.REGION_DIFFERENT, {"left": a, "right": b})
    if _regions_agree(left, right):
        return 0.97, Reason(ReasonCode.REGION_EQUAL, {"region": left.city or right.city or a})
    if not a or not b or "中国" in (a, b):
        if _hints_agree(left, right):
            return 0.97, Reason(ReasonCode.REGION_EQUAL, {"region": left.province or a or b})
        factor = 0.95 if min(len(left.brand), len(right.brand)) >= 4 or "中国" in (a, b) else 0.88
        return factor, Reason(ReasonCode.REGION_MISSING, {"region": a or b})
    return 0.4, Reason(ReasonCode.REGION_DIFFERENT, {"left": a, "right": b})


def _regions_agree(left: CompanyName, right: CompanyName) -> bool:
    """浙江 and 杭州 agree; 杭州 and 宁波 do not."""
    if not left.province or left.province != right.province:
        return False
    return not (left.city and right.city)


def _hints_agree(left: CompanyName, right: CompanyName) -> bool:
    """A record's own region may confirm a place, never contradict one: phones move."""
    a, b = left.province or left.province_hint, right.province or right.province_hint
    return bool(a) and a == b


def _industry(left: CompanyName, right: CompanyName) -> Factor:
    a, b = left.industry, right.industry
    pair = {"left": a, "right": b}
    if a == b:
        return 1.0, Reason(ReasonCode.INDUSTRY_EQUAL, {"industry": a}) if a else None
    certain = min(len(left.brand), len(right.brand)) >= 4
    if not a or not b:
        return 0.93 if certain else 0.88, Reason(ReasonCode.INDUSTRY_MISSING, {"industry": a or b})
    if a in b or b in a:
        return 0.94 if certain else 0.88, Reason(ReasonCode.INDUSTRY_ALIKE, pair)
    if {TRADE_GROUP.get(t, t) for t in left.industries} & {
        TRADE_GROUP.get(t, t) for t in right.industries
    }:
        return 0.85, Reason(ReasonCode.INDUSTRY_ALIKE, pair)
    return 0.55, Reason(ReasonCode.INDUSTRY_DIFFERENT, pair)


def _form(left: CompanyName, right: CompanyName) -> Factor:
    """有限公司 and 股份公司 are one kind; a company and a works (厂) are two."""
    a, b = left.form_kind, right.form_kind
    if a == b or not a or not b:
        return 1.0, None
    params = {"left": left.legal_form, "right": right.legal_form}
    return 0.8, Reason(ReasonCode.FORM_DIFFERENT, params)


def _branch(left: CompanyName, right: CompanyName) -> Factor:
    """A branch is not its parent: worth a question, never the same."""
    a, b = left.branch, right.branch
    if a == b:
        return 1.0, None
    if a and b and (a.endswith(b) or b.endswith(a)):
        return 0.95, Reason(ReasonCode.BRANCH_ALIKE, {"left": a, "right": b})
    if not a or not b:
        return 0.75, Reason(ReasonCode.BRANCH_AND_PARENT, {"branch": a or b})
    return 0.4, Reason(ReasonCode.BRANCH_DIFFERENT, {"left": a, "right": b})

"""From two records to a probability with its reasons."""

from collections.abc import Iterable, Iterator
from math import prod

from rapidfuzz.distance import Hamming

from leads.forewarning import weights
from leads.forewarning.borders import are_neighbours
from leads.forewarning.streets import same_street
from leads.forewarning.types import Factor, Forecast, Shared, Side
from leads.identity import CompanyName, IdentityMatch, ReasonCode, compare_profiles
from leads.identity.names import PROBABLE, SAME, compare_parsed
from leads.identity.records import NamesAlike
from leads.identity.text import has_chinese
from leads.identity.types import NameMatch

SHORT_LATIN = 5
NOTHING_SHARED = Shared()


def forecast(left: Side, right: Side, shared: Shared = NOTHING_SHARED) -> Forecast:
    """How likely two records become a collision; the same from either side."""
    alike = _remembering()
    match = compare_profiles(left.profile, right.profile, names_alike=alike)
    found = [
        *_likeness(left, right, match, alike),
        *_names(left, right, shared),
        *_contacts(left, right, shared, alike),
        *_origins(left, right, shared),
    ]
    if any(one.code in weights.EVIDENCE for one in found):
        found += _circumstances(left, right)
    told = {one.code: one for one in sorted(found, key=lambda one: one.weight)}
    factors = tuple(sorted(told.values(), key=_strength))
    ceiling = weights.TWO_CREDIT_CODES if _are_two_entities(match) else weights.MOST
    return Forecast(probability_of(factors, ceiling), factors, match)


def _strength(factor: Factor) -> tuple[int, int]:
    """The heaviest first, in the percent that are shown; of equal ones the more telling kind."""
    return -round(factor.weight * 100), weights.TELLING.index(factor.code)


def _remembering() -> NamesAlike:
    """Compares two names once, however many factors ask."""
    known: dict[tuple[int, int], NameMatch] = {}

    def alike(a: CompanyName, b: CompanyName) -> NameMatch:
        both = id(a), id(b)
        found = known.get(both)
        if found is None:
            found = known[both] = compare_parsed(a, b)
        return found

    return alike


def probability_of(factors: Iterable[Factor], ceiling: float = weights.MOST) -> float:
    """Noisy-or: each factor alone would lead to a collision with its weight.

    Without evidence there is nothing for circumstances to make worse.
    """
    known = tuple(factors)
    if not any(one.code in weights.EVIDENCE and one.weight > 0 for one in known):
        return 0.0
    return round(min(1.0 - prod(1.0 - one.weight for one in known), ceiling), 4)


def _are_two_entities(match: IdentityMatch) -> bool:
    return any(one.code == ReasonCode.CREDIT_CODE_DIFFERENT for one in match.reasons)


def _likeness(left: Side, right: Side, match: IdentityMatch, alike: NamesAlike) -> Iterator[Factor]:
    """What the identity engine says: all it knows from probable on, below it only the names."""
    names = [alike(a, b).score for a in left.profile.names for b in right.profile.names]
    score = max([match.score if match.score >= PROBABLE else 0.0, *names])
    weight = weights.likeness(score)
    if any(_is_one_slip(a, b) for a in left.profile.names for b in right.profile.names):
        weight = max(weight, weights.ONE_SLIP)
    if weight > 0:
        yield Factor("same_client" if score >= SAME else "nearly_alike", weight)


def _is_one_slip(a: CompanyName, b: CompanyName) -> bool:
    """双利 and 双柳 in one place and one trade: two firms, or one written wrongly."""
    if not (a.brand and a.place and a.place == b.place and a.industry == b.industry):
        return False
    return len(a.brand) == len(b.brand) > 1 and Hamming.distance(a.brand, b.brand) == 1


def _are_strangers(left: Side, right: Side, alike: NamesAlike) -> bool:
    """Both are named, and no name of one is anything like one of the other."""
    pairs = [(a, b) for a in left.profile.names for b in right.profile.names]
    return bool(pairs) and all(
        a.brand
        and b.brand
        and not _is_akin(a.brand, b.brand)
        and not _is_one_slip(a, b)
        and weights.likeness(alike(a, b).score) == 0
        for a, b in pairs
    )


def _is_akin(a: str, b: str) -> bool:
    """同光 and 同光达: one brand holds the other."""
    return a in b or b in a


def _names(left: Side, right: Side, shared: Shared) -> Iterator[Factor]:
    """A group carries one brand in other regions and trades; a branch carries its parent's."""
    for a in left.profile.names:
        for b in right.profile.names:
            if not a.brand or a.brand != b.brand or a.is_generic or b.is_generic:
                continue
            if a.branch != b.branch:
                yield Factor("branch", weights.BRANCH, {"branch": a.branch or b.branch})
            elif weight := _group(a, b):
                yield Factor("group", weight * weights.rarity(shared.brand), {"brand": a.brand})


def _group(a: CompanyName, b: CompanyName) -> float:
    """What one brand says where region, trade or legal form tell the firms apart."""
    region = bool(a.place and b.place and a.place != b.place)
    trade = bool(a.industry and b.industry and a.industry != b.industry)
    form = bool(a.form_kind and b.form_kind and a.form_kind != b.form_kind)
    if not (region or trade or form):
        return 0.0
    least = 3 if has_chinese(a.brand) else SHORT_LATIN
    is_long = len(a.brand) >= least
    weight = weights.GROUP_LONG_BRAND if is_long else weights.GROUP_SHORT_BRAND
    return weight * (weights.OTHER_REGION_AND_TRADE if region and trade else 1.0)


def _contacts(left: Side, right: Side, shared: Shared, alike: NamesAlike) -> Iterator[Factor]:
    if shared.account:
        yield Factor("account", weights.ACCOUNT * weights.rarity(shared.account))
    for domain in sorted(left.profile.domains & right.profile.domains)[:1]:
        strangers = _are_strangers(left, right, alike)
        weight = weights.MAIL_DOMAIN_OF_STRANGERS if strangers else weights.MAIL_DOMAIN
        yield Factor("mail_domain", weight * weights.rarity(shared.domain), {"domain": domain})
    if same_street(left.street, right.street):
        strangers = _are_strangers(left, right, alike)
        weight = weights.ADDRESS_OF_STRANGERS if strangers else weights.ADDRESS
        yield Factor("address", weight * weights.rarity(shared.street))
    if left.profile.person and left.profile.person == right.profile.person:
        yield Factor("person", weights.PERSON)


def _origins(left: Side, right: Side, shared: Shared) -> Iterator[Factor]:
    """One event or referrer: two of a few are telling, two of hundreds are not."""
    if not left.campaign or left.campaign != right.campaign:
        return
    referred = left.is_referred and right.is_referred
    code = "referrer" if referred else "event"
    if shared.campaign <= weights.FEW:
        weight = weights.REFERRER if referred else weights.EVENT
        yield Factor(code, weight * weights.rarity(shared.campaign), {"event": left.campaign})


def _circumstances(left: Side, right: Side) -> Iterator[Factor]:
    if left.campaign and left.campaign == right.campaign:
        referred = left.is_referred and right.is_referred
        weight = weights.REFERRER_BUSY if referred else weights.EVENT_CROWDED
        yield Factor("referrer" if referred else "event", weight, {"event": left.campaign})
    if are_neighbours(left.province, right.province):
        yield Factor("border", weights.BORDER)
    if left.province in right.serves or right.province in left.serves:
        yield Factor("territory", weights.TERRITORY)
    if (left.owner is None) != (right.owner is None):
        yield Factor("pool", weights.POOL)
    if left.is_active and right.is_active:
        yield Factor("active", weights.ACTIVE)

"""Are two records the same client? Names and every other field, each saying why."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from leads.identity.addresses import compare_addresses
from leads.identity.contacts import SHARED_MAILBOXES
from leads.identity.names import compare_parsed, verdict_for
from leads.identity.persons import compare_persons
from leads.identity.phones import is_mobile
from leads.identity.profiles import Profile, profile_of
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.types import CompanyName, Identity, IdentityMatch

_CREDIT_CODE, _DOMAIN = 0.99, 0.5
_PERSONAL, _SHARED = 0.92, 0.7  # a mobile or a person's address; a switchboard or info@
_DESK, _OTHER_DESK = 0.85, 0.5  # one extension of a switchboard; two of them
_EMAIL_ALIKE = 0.5
_PERSON_FULL, _PERSON_SHORT, _PERSON_ALIKE = 0.5, 0.4, 0.3  # 欧阳娜娜; 王伟, one of 300,000
_ADDRESS: dict[str, float] = {"room": 0.8, "number": 0.6, "building": 0.2}
_HOUSEHOLD = 0.3  # of an address, when the people are two
_NAME = 0.97
_LONG = 8  # characters of an e-mail address from which one slip leaves it recognisable
_TWO_PARTIES = frozenset({ReasonCode.PERSON_DIFFERENT, ReasonCode.BRAND_DIFFERENT})


class Finding(NamedTuple):
    """What one field says: how much it speaks for one client, and the most it still allows."""

    reason: Reason
    weight: float = 0.0
    ceiling: float = 1.0


def compare(a: Identity, b: Identity) -> IdentityMatch:
    """How likely two records are one client: evidence adds up, a contradiction sets a ceiling."""
    return compare_profiles(profile_of(a), profile_of(b))


def compare_profiles(a: Profile, b: Profile) -> IdentityMatch:
    """Compare two records that are normalised already."""
    findings = [*_names(a, b), *_credit_codes(a, b), *_contacts(a, b)]
    if a.person and b.person:
        findings += _persons(a, b)
    if a.address and b.address:
        findings += _addresses(a, b, findings)
    doubt, ceiling = 1.0, 1.0
    for finding in findings:
        doubt *= 1.0 - finding.weight
        ceiling = min(ceiling, finding.ceiling)
    score = round(min(1.0 - doubt, ceiling), 4)
    return IdentityMatch(score, verdict_for(score), tuple(f.reason for f in findings))


def _names(a: Profile, b: Profile) -> Iterator[Finding]:
    """The best pair of names and aliases; names of different firms leave at most a question."""
    if not a.names or not b.names:
        return
    pairs = [(left, right) for left in a.names for right in b.names]
    matches = [compare_parsed(left, right) for left, right in pairs]
    best = max(matches, key=lambda match: match.score)
    first, *others = best.reasons
    if best.verdict == "different":
        yield Finding(first, ceiling=0.85)
        return
    yield Finding(first, weight=best.score * _NAME)
    yield from map(Finding, others)
    if len(pairs) > 1:
        yield from _former(a, b, pairs[matches.index(best)])


def _former(a: Profile, b: Profile, pair: tuple[CompanyName, CompanyName]) -> Iterator[Finding]:
    """Say so when it was an earlier name that agreed."""
    for profile, name in zip((a, b), pair, strict=True):
        if any(today.former == name.text for today in profile.names):
            yield Finding(Reason(ReasonCode.FORMER_NAME, {"value": name.text}))


def _credit_codes(a: Profile, b: Profile) -> Iterator[Finding]:
    left, right = a.credit_code, b.credit_code
    if left and right and left == right:
        yield Finding(Reason(ReasonCode.CREDIT_CODE_EQUAL, {"value": left}), weight=_CREDIT_CODE)
    elif left and right and len(left) == len(right):  # an old number says nothing of a new one
        reason = Reason(ReasonCode.CREDIT_CODE_DIFFERENT, {"left": left, "right": right})
        yield Finding(reason, ceiling=0.5)


def _contacts(a: Profile, b: Profile) -> Iterator[Finding]:
    """Shared phones, addresses, WeChat and company domain; each counts once."""
    for phone in sorted(a.phones & b.phones)[:1]:
        yield _phone(phone, a, b)
    shared = sorted(a.emails & b.emails)
    for address in shared[:1]:
        weight = _SHARED if address.partition("@")[0] in SHARED_MAILBOXES else _PERSONAL
        yield Finding(Reason(ReasonCode.EMAIL_EQUAL, {"value": address}), weight)
    if a.wechat and a.wechat == b.wechat:
        yield Finding(Reason(ReasonCode.WECHAT_EQUAL, {"value": a.wechat}), _PERSONAL)
    if not shared and a.emails and b.emails and (alike := _alike_address(a, b)):
        yield Finding(Reason(ReasonCode.EMAIL_ALIKE, alike), _EMAIL_ALIKE)
    elif not shared:
        for domain in sorted(a.domains & b.domains)[:1]:
            yield Finding(Reason(ReasonCode.DOMAIN_EQUAL, {"value": domain}), _DOMAIN)


def _phone(phone: str, a: Profile, b: Profile) -> Finding:
    """A mobile is one person's, a switchboard many people's, an extension one desk's."""
    if is_mobile(phone):
        return Finding(Reason(ReasonCode.PHONE_EQUAL, {"value": phone}), _PERSONAL)
    desks = {number for number in a.extensions if number.startswith(phone + ";")}
    others = {number for number in b.extensions if number.startswith(phone + ";")}
    if desks and others and desks.isdisjoint(others):
        return Finding(Reason(ReasonCode.SWITCHBOARD_EQUAL, {"value": phone}), _OTHER_DESK)
    weight = _DESK if desks & others else _SHARED
    return Finding(Reason(ReasonCode.PHONE_EQUAL, {"value": phone}), weight)


def _alike_address(a: Profile, b: Profile) -> dict[str, str] | None:
    """zhang.san@huaxin.cn, zhang.sam@huaxin.cn: a slip or two in a long address."""
    for left in sorted(a.emails):
        for right in sorted(b.emails):
            slips = 1 + (min(len(left), len(right)) > 2 * _LONG)
            if (
                min(len(left), len(right)) > _LONG
                and OSA.distance(left, right, score_cutoff=slips) <= slips
            ):
                return {"left": left, "right": right}
    return None


def _persons(a: Profile, b: Profile) -> Iterator[Finding]:
    """A person's name proves little alone; two persons on one phone are a question, not proof."""
    left, right = a.person, b.person
    likeness = compare_persons(left, right)
    pair = {"left": left, "right": right}
    if likeness == "equal":
        is_full = len(left) > 2 and (" " in left or not left.isascii())
        weight = _PERSON_FULL if is_full else _PERSON_SHORT
        yield Finding(Reason(ReasonCode.PERSON_EQUAL, {"value": left}), weight)
    elif likeness == "pinyin":
        yield Finding(Reason(ReasonCode.PERSON_IN_PINYIN, pair), _PERSON_SHORT)
    elif likeness == "alike":
        yield Finding(Reason(ReasonCode.PERSON_ALIKE, pair), _PERSON_ALIKE)
    elif likeness == "different" and not (a.names and b.names):
        yield Finding(Reason(ReasonCode.PERSON_DIFFERENT, pair), ceiling=0.85)


def _addresses(a: Profile, b: Profile, findings: Iterable[Finding]) -> Iterator[Finding]:
    """One door speaks for one client; one office building hardly does."""
    near = compare_addresses(a.address, b.address)
    if not near:
        return
    is_building = near == "building"
    code = ReasonCode.BUILDING_EQUAL if is_building else ReasonCode.ADDRESS_EQUAL
    weight = _ADDRESS[near]
    if any(finding.reason.code in _TWO_PARTIES for finding in findings):
        weight *= _HOUSEHOLD
    yield Finding(Reason(code, {"left": a.address, "right": b.address}), weight)

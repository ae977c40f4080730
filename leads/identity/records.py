"""Are two records the same client? Names and every other field, each saying why."""

from collections.abc import Iterator
from typing import NamedTuple

from leads.identity.contacts import SHARED_MAILBOXES
from leads.identity.names import compare_parsed, verdict_for
from leads.identity.phones import is_mobile
from leads.identity.profiles import Profile, profile_of
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.types import Identity, IdentityMatch

_CREDIT_CODE, _DOMAIN, _PERSON = 0.99, 0.5, 0.4
_PERSONAL, _SHARED = 0.92, 0.7  # a mobile or a person's address; a switchboard or info@
_NAME = 0.97


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
    findings = [*_names(a, b), *_credit_codes(a, b), *_contacts(a, b), *_persons(a, b)]
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
    matches = (compare_parsed(left, right) for left in a.names for right in b.names)
    best = max(matches, key=lambda match: match.score)
    first, *others = best.reasons
    if best.verdict == "different":
        yield Finding(first, ceiling=0.85)
    else:
        yield Finding(first, weight=best.score * _NAME)
    yield from map(Finding, others)


def _credit_codes(a: Profile, b: Profile) -> Iterator[Finding]:
    left, right = a.credit_code, b.credit_code
    if left and right and left == right:
        yield Finding(Reason(ReasonCode.CREDIT_CODE_EQUAL, {"value": left}), weight=_CREDIT_CODE)
    elif left and right:
        reason = Reason(ReasonCode.CREDIT_CODE_DIFFERENT, {"left": left, "right": right})
        yield Finding(reason, ceiling=0.5)


def _contacts(a: Profile, b: Profile) -> Iterator[Finding]:
    """Shared phones, addresses, WeChat and company domain; each counts once."""
    for phone in sorted(a.phones & b.phones)[:1]:
        weight = _PERSONAL if is_mobile(phone) else _SHARED
        yield Finding(Reason(ReasonCode.PHONE_EQUAL, {"value": phone}), weight)
    shared = sorted(a.emails & b.emails)
    for address in shared[:1]:
        weight = _SHARED if address.partition("@")[0] in SHARED_MAILBOXES else _PERSONAL
        yield Finding(Reason(ReasonCode.EMAIL_EQUAL, {"value": address}), weight)
    if a.wechat and a.wechat == b.wechat:
        yield Finding(Reason(ReasonCode.WECHAT_EQUAL, {"value": a.wechat}), _PERSONAL)
    if not shared:
        for domain in sorted(a.domains & b.domains)[:1]:
            yield Finding(Reason(ReasonCode.DOMAIN_EQUAL, {"value": domain}), _DOMAIN)


def _persons(a: Profile, b: Profile) -> Iterator[Finding]:
    """A person's name proves little alone; two persons on one phone are a question, not proof."""
    left, right = a.person, b.person
    if left and left == right:
        yield Finding(Reason(ReasonCode.PERSON_EQUAL, {"value": left}), weight=_PERSON)
    elif left and right and not (a.names and b.names):
        reason = Reason(ReasonCode.PERSON_DIFFERENT, {"left": left, "right": right})
        yield Finding(reason, ceiling=0.85)

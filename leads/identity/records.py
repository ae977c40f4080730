"""Are two records the same client? Names and every other field, each saying why."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leads.identity.contacts import (
    SHARED_MAILBOXES,
    email_domain,
    normalise_credit_code,
    normalise_email,
    normalise_wechat,
)
from leads.identity.names import compare_company_names, verdict_for
from leads.identity.phones import is_mobile, normalise_phone
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.text import normalise_name
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
    findings = [*_names(a, b), *_credit_codes(a, b), *_contacts(a, b), *_persons(a, b)]
    doubt, ceiling = 1.0, 1.0
    for finding in findings:
        doubt *= 1.0 - finding.weight
        ceiling = min(ceiling, finding.ceiling)
    score = round(min(1.0 - doubt, ceiling), 4)
    return IdentityMatch(score, verdict_for(score), tuple(f.reason for f in findings))


def _names(a: Identity, b: Identity) -> Iterator[Finding]:
    """The best pair of names and aliases; names of different firms leave at most a question."""
    lefts, rights = _all_names(a), _all_names(b)
    if not lefts or not rights:
        return
    matches = (compare_company_names(left, right) for left in lefts for right in rights)
    best = max(matches, key=lambda match: match.score)
    first, *others = best.reasons
    if best.verdict == "different":
        yield Finding(first, ceiling=0.85)
    else:
        yield Finding(first, weight=best.score * _NAME)
    yield from map(Finding, others)


def _all_names(record: Identity) -> tuple[str, ...]:
    return tuple(filter(None, (record.company, *record.aliases)))


def _credit_codes(a: Identity, b: Identity) -> Iterator[Finding]:
    left, right = normalise_credit_code(a.credit_code), normalise_credit_code(b.credit_code)
    if left and right and left == right:
        yield Finding(Reason(ReasonCode.CREDIT_CODE_EQUAL, {"value": left}), weight=_CREDIT_CODE)
    elif left and right:
        reason = Reason(ReasonCode.CREDIT_CODE_DIFFERENT, {"left": left, "right": right})
        yield Finding(reason, ceiling=0.5)


def _contacts(a: Identity, b: Identity) -> Iterator[Finding]:
    """Shared phones, addresses, WeChat and company domain; each counts once."""
    for phone in sorted(_phones(a) & _phones(b))[:1]:
        weight = _PERSONAL if is_mobile(phone) else _SHARED
        yield Finding(Reason(ReasonCode.PHONE_EQUAL, {"value": phone}), weight)
    shared = sorted(_emails(a) & _emails(b))
    for address in shared[:1]:
        weight = _SHARED if address.partition("@")[0] in SHARED_MAILBOXES else _PERSONAL
        yield Finding(Reason(ReasonCode.EMAIL_EQUAL, {"value": address}), weight)
    account = normalise_wechat(a.wechat)
    if account and account == normalise_wechat(b.wechat):
        yield Finding(Reason(ReasonCode.WECHAT_EQUAL, {"value": account}), _PERSONAL)
    if not shared:
        for domain in sorted(_domains(a) & _domains(b))[:1]:
            yield Finding(Reason(ReasonCode.DOMAIN_EQUAL, {"value": domain}), _DOMAIN)


def _persons(a: Identity, b: Identity) -> Iterator[Finding]:
    """A person's name proves little alone; two persons on one phone are a question, not proof."""
    left, right = normalise_name(a.person), normalise_name(b.person)
    if left and left == right:
        yield Finding(Reason(ReasonCode.PERSON_EQUAL, {"value": left}), weight=_PERSON)
    elif left and right and not (a.company and b.company):
        reason = Reason(ReasonCode.PERSON_DIFFERENT, {"left": left, "right": right})
        yield Finding(reason, ceiling=0.85)


@lru_cache(maxsize=65536)
def _phones(record: Identity) -> frozenset[str]:
    found = (normalise_phone(phone) for phone in record.phones if phone)
    return frozenset(phone.partition(";")[0] for phone in found if phone)


@lru_cache(maxsize=65536)
def _emails(record: Identity) -> frozenset[str]:
    return frozenset(filter(None, map(normalise_email, record.emails)))


@lru_cache(maxsize=65536)
def _domains(record: Identity) -> frozenset[str]:
    texts = filter(None, (*_emails(record), record.website))
    return frozenset(filter(None, map(email_domain, texts)))

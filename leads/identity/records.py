"""Are two records the same client? Names and every other field, each saying why."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from rapidfuzz.fuzz import partial_ratio

from leads.identity.addresses import Nearness, compare_addresses
from leads.identity.births import BirthLikeness, compare_births, masked, shown
from leads.identity.contacts import SHARED_MAILBOXES, organisation_code
from leads.identity.mail_evidence import alike_addresses, names_person
from leads.identity.names import compare_parsed, verdict_for
from leads.identity.persons import Likeness, compare_persons, tells_much
from leads.identity.phones import is_mobile
from leads.identity.profiles import Profile, profile_of
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName, Identity, IdentityMatch, NameMatch

_CREDIT_CODE, _DOMAIN = 0.99, 0.5
_PERSONAL, _SHARED = 0.92, 0.7  # a mobile or a person's address; a switchboard or info@
_DESK, _OTHER_DESK = 0.85, 0.5  # one extension of a switchboard; two of them
_PERSON_FULL, _PERSON_SHORT, _PERSON_ALIKE = 0.5, 0.4, 0.3  # 欧阳娜娜; 王伟, one of 300,000
_PERSON_NEAR = 0.47  # Geeorge Davidson
_ALL_THERE_IS = 0.66  # a rare name, when nothing else can be compared
_TOWN = 0.25
_BORN, _BORN_ALIKE = 0.6, 0.35  # on one day; a digit off
_TWO_BIRTHS = 0.85  # at most
_OPEN = 0.2  # 王总 and 王建国, when they were born on one day
_HALF = 0.5  # of all doubt: twins share a door, hardly mail
_ADDRESS: dict[str, float] = {"room": 0.8, "number": 0.6, "street": 0.35, "building": 0.2}
_ADDRESS_CODES = {"street": ReasonCode.STREET_EQUAL, "building": ReasonCode.BUILDING_EQUAL}
_HOUSEHOLD = 0.3  # of an address, when the people are two
_NAME = 0.97
_BRANCH = 0.88  # at most: it may well have its parent's phone
_SAME_TOWN = 80  # of 100
_MAIL_AGREES = frozenset({ReasonCode.EMAIL_EQUAL, ReasonCode.EMAIL_ALIKE, ReasonCode.DOMAIN_EQUAL})
_TWO_PARTIES = frozenset(
    {ReasonCode.PERSON_DIFFERENT, ReasonCode.BRAND_DIFFERENT, ReasonCode.BIRTH_DATE_DIFFERENT}
)
NamesAlike = Callable[[CompanyName, CompanyName], NameMatch]


class Finding(NamedTuple):
    """What one field says: how much it speaks for one client, and the most it still allows."""

    reason: Reason
    weight: float = 0.0
    ceiling: float = 1.0


def compare(a: Identity, b: Identity) -> IdentityMatch:
    """How likely two records are one client: evidence adds up, a contradiction sets a ceiling."""
    return compare_profiles(profile_of(a), profile_of(b))


def compare_profiles(
    a: Profile, b: Profile, *, names_alike: NamesAlike = compare_parsed
) -> IdentityMatch:
    """Compare two records that are normalised already.

    `names_alike` for whoever compares the names as well and need not do it twice.
    """
    evidence = _Evidence()
    if a.names and b.names:
        _add_names(evidence, a, b, names_alike)
    if a.credit_code and b.credit_code:
        evidence.add(_credit_codes(a.credit_code, b.credit_code))
    if a.emails or a.domains or a.wechat or not a.phones.isdisjoint(b.phones):
        evidence.add(_contacts(a, b))
    if not (a.names or b.names):
        evidence.add(_named_in_mail(a, b))
    near = compare_addresses(a.address, b.address) if a.address and b.address else ""
    is_private = not (a.names and b.names)  # or the firm is the client, whoever is told beside it
    born = compare_births(a.born, b.born) if a.born and b.born and is_private else "open"
    if a.person and b.person:
        findings = _persons(a, b, evidence, near)
        evidence.add(_of_namesakes(findings) if born == "different" else findings)
    if born != "open":
        evidence.add(_births(a, b, born, evidence))
    if a.citizen and b.citizen:
        evidence.add(_citizens(a.citizen, b.citizen, is_private=is_private))
    if near:
        evidence.add(_addresses(a, b, evidence, near))
    return evidence.match()


class _Evidence:
    """All that was found: it adds up to no doubt, below the lowest ceiling."""

    __slots__ = ("ceiling", "doubt", "reasons")

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.doubt, self.ceiling = 1.0, 1.0

    def add(self, findings: Iterable[Finding]) -> None:
        for reason, weight, ceiling in findings:
            self.reasons.append(reason)
            self.doubt *= 1.0 - weight
            self.ceiling = min(self.ceiling, ceiling)

    def says(self, codes: Collection[ReasonCode]) -> bool:
        """Whether one of these reasons was found."""
        return any(reason.code in codes for reason in self.reasons)

    def match(self) -> IdentityMatch:
        score = round(min(1.0 - self.doubt, self.ceiling), 4)
        return IdentityMatch(score, verdict_for(score), tuple(self.reasons))


def _add_names(evidence: _Evidence, a: Profile, b: Profile, names_alike: NamesAlike) -> None:
    """The best pair of names and aliases; names of different firms leave at most a question."""
    if len(a.names) == len(b.names) == 1:
        pairs, best = [], names_alike(a.names[0], b.names[0])
    else:
        pairs = [(left, right) for left in a.names for right in b.names]
        matches = [names_alike(left, right) for left, right in pairs]
        best = max(matches, key=lambda match: match.score)
    if best.verdict == "different":
        evidence.add([Finding(best.reasons[0], ceiling=0.85)])
        return
    evidence.reasons += best.reasons
    evidence.doubt *= 1.0 - best.score * _NAME
    if evidence.says({ReasonCode.BRANCH_AND_PARENT}):
        evidence.ceiling = _BRANCH
    if pairs:
        evidence.add(_former(a, b, pairs[matches.index(best)]))


def _former(a: Profile, b: Profile, pair: tuple[CompanyName, CompanyName]) -> Iterator[Finding]:
    """Say so when it was an earlier name that agreed."""
    for profile, name in zip((a, b), pair, strict=True):
        if any(today.former == name.text for today in profile.names):
            yield Finding(Reason(ReasonCode.FORMER_NAME, {"value": name.text}))


def _credit_codes(left: str, right: str) -> Iterator[Finding]:
    ours, theirs = organisation_code(left), organisation_code(right)
    if left == right:
        yield Finding(Reason(ReasonCode.CREDIT_CODE_EQUAL, {"value": left}), weight=_CREDIT_CODE)
    elif ours and ours == theirs:
        reason = Reason(ReasonCode.ORGANISATION_CODE_EQUAL, {"value": ours})
        yield Finding(reason, weight=_CREDIT_CODE)
    elif bool(ours) == bool(theirs):  # a registration number says nothing of another code
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
    if not shared and a.emails and b.emails and (alike := alike_addresses(a.emails, b.emails)):
        yield Finding(Reason(ReasonCode.EMAIL_ALIKE, alike.pair), alike.weight)
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


def _persons(a: Profile, b: Profile, evidence: _Evidence, near: Nearness) -> Iterator[Finding]:
    """A person's name proves little alone; two persons on one phone are a question, not proof."""
    left, right = a.person, b.person
    likeness = compare_persons(left, right)
    pair = {"left": left, "right": right}
    is_private = not (a.names or b.names)
    if likeness in ("equal", "near"):
        weight = _person_weight(left, right, likeness)
        if is_private and weight > _PERSON_SHORT and not _disagree(a, b, evidence, near):
            weight = _ALL_THERE_IS
        yield _named(likeness, left, pair, weight)
    elif likeness == "pinyin":
        yield Finding(Reason(ReasonCode.PERSON_IN_PINYIN, pair), _PERSON_SHORT)
    elif likeness == "alike":
        yield Finding(Reason(ReasonCode.PERSON_ALIKE, pair), _PERSON_ALIKE)
    elif likeness == "given" and is_private:
        yield Finding(Reason(ReasonCode.PERSON_ALIKE, pair), ceiling=0.85)
    elif likeness in ("different", "given") and not (a.names and b.names):
        yield Finding(Reason(ReasonCode.PERSON_DIFFERENT, pair), ceiling=0.85)
    if a.town and a.town == b.town and likeness not in ("different", "given", "open"):
        yield Finding(Reason(ReasonCode.TOWN_EQUAL, {"value": a.town}), _TOWN)


def _of_namesakes(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Two people born on two days: that they have one name says nothing."""
    return (finding._replace(weight=0.0) for finding in findings)


def _births(a: Profile, b: Profile, born: BirthLikeness, evidence: _Evidence) -> Iterator[Finding]:
    """One day speaks for one person, unless the names are two: of twins."""
    pair = {"left": shown(a.born), "right": shown(b.born)}
    if born == "different":
        yield Finding(Reason(ReasonCode.BIRTH_DATE_DIFFERENT, pair), ceiling=_TWO_BIRTHS)
        return
    weight = _BORN if born == "equal" else _BORN_ALIKE
    if evidence.says(_TWO_PARTIES) and evidence.doubt > _HALF:
        weight *= _HOUSEHOLD
    if both := a.born & b.born:
        yield Finding(Reason(ReasonCode.BIRTH_DATE_EQUAL, {"value": shown(both)}), weight)
        if a.person and b.person and compare_persons(a.person, b.person) == "open":
            names = {"left": a.person, "right": b.person}
            yield Finding(Reason(ReasonCode.PERSON_ALIKE, names), _OPEN)
    else:
        yield Finding(Reason(ReasonCode.BIRTH_DATE_ALIKE, pair), weight)


def _citizens(left: str, right: str, *, is_private: bool) -> Iterator[Finding]:
    if left == right:
        reason = Reason(ReasonCode.CITIZEN_NUMBER_EQUAL, {"value": masked(left)})
        yield Finding(reason, weight=_CREDIT_CODE)
    elif is_private:
        pair = {"left": masked(left), "right": masked(right)}
        yield Finding(Reason(ReasonCode.CITIZEN_NUMBER_DIFFERENT, pair), ceiling=0.5)


def _named_in_mail(a: Profile, b: Profile) -> Iterator[Finding]:
    """gregory.freddie71@… and Freddie Gregory: one record's address is made of the other's name."""
    for one, other in ((a, b), (b, a)):
        if other.person and not other.emails:
            for address in sorted(one.emails)[:1]:
                if weight := names_person(address, other.person):
                    pair = {"left": address, "right": other.person}
                    yield Finding(Reason(ReasonCode.EMAIL_NAMES_PERSON, pair), weight)
                    return


def _person_weight(left: str, right: str, likeness: Likeness) -> float:
    if not (tells_much(left) and tells_much(right)):
        return _PERSON_SHORT if likeness == "equal" else _PERSON_ALIKE
    return _PERSON_FULL if likeness == "equal" else _PERSON_NEAR


def _named(likeness: Likeness, name: str, pair: dict[str, str], weight: float) -> Finding:
    if likeness == "equal":
        return Finding(Reason(ReasonCode.PERSON_EQUAL, {"value": name}), weight)
    return Finding(Reason(ReasonCode.PERSON_ALIKE, pair), weight)


def _disagree(a: Profile, b: Profile, evidence: _Evidence, near: Nearness) -> bool:
    """Whether anything both records tell speaks of two people, or a Chinese name of thousands."""
    if has_chinese(a.person + b.person):
        return True
    return bool(
        (a.phones and b.phones and a.phones.isdisjoint(b.phones))
        or (a.emails and b.emails and not evidence.says(_MAIL_AGREES))
        or (a.wechat and b.wechat and a.wechat != b.wechat)
        or (a.credit_code and b.credit_code and a.credit_code != b.credit_code)
        or (a.address and b.address and not near)
        or (a.town and b.town and partial_ratio(a.town, b.town) < _SAME_TOWN)
    )


def _addresses(a: Profile, b: Profile, evidence: _Evidence, near: Nearness) -> Iterator[Finding]:
    """One door speaks for one client; one office building hardly does."""
    weight = _ADDRESS[near]
    if evidence.says(_TWO_PARTIES):
        weight *= _HOUSEHOLD
    code = _ADDRESS_CODES.get(near, ReasonCode.ADDRESS_EQUAL)
    yield Finding(Reason(code, {"left": a.address, "right": b.address}), weight)

"""Who else is this? Candidates by hashed keys, compared by the engine, redacted for the reader."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from crm.places import SHORT_NAMES
from leads.enums import IdentityVerdict, LeadStatus, RecordKind
from leads.identity import (
    Identity,
    IdentityMatch,
    Key,
    Reason,
    ReasonCode,
    Verdict,
    is_mobile,
    match_keys,
    normalise_name,
)
from leads.identity.keys import lookup_keys
from leads.identity.names import PROBABLE
from leads.identity.profiles import Profile, profile_of
from leads.identity.records import compare_profiles
from leads.models import CompanyAlias, Contact, Customer, Lead
from leads.selectors.judgements import Pair as Pair
from leads.selectors.judgements import canonical_names_key, judgements_on
from leads.selectors.prepared import fetch_prepared

# A key that more records share says nothing: weak ones are dropped, strong ones cut off here.
HOT = 60
CANDIDATES = f"""
    SELECT wanted.key, found.record_kind, found.record_id
    FROM unnest(%s::bigint[]) AS wanted(key)
    CROSS JOIN LATERAL (
        SELECT record_kind, record_id FROM leads_identitykey
        WHERE leads_identitykey.key = wanted.key LIMIT {HOT + 1}
    ) AS found
"""  # noqa: S608  a number of our own

# The likeliest few: each key counts by what sharing it says, crowded weak ones not at all.
MOST = 24
SLOTS = 32  # keys of one look-up; a fixed number, so that the server keeps one plan for all
WORTH = {
    "name": 60, "sound_region": 20, "sound_trade": 16, "brand": 15, "near": 12, "domain": 8,
    "part": 4,
}  # fmt: skip
STRONG = 100
SHORTEST_BEGUN = 2
FAINT = 9  # parts of a brand and nothing else
LIKELIEST = f"""
    WITH hit AS MATERIALIZED (
        SELECT found.record_kind, found.record_id, wanted.worth,
               count(*) OVER (PARTITION BY wanted.key) AS crowd
        FROM (
            SELECT (%s::bigint[])[slot], (%s::int[])[slot] FROM generate_series(1, {SLOTS}) AS slot
        ) AS wanted(key, worth)
        CROSS JOIN LATERAL (
            SELECT record_kind, record_id FROM leads_identitykey
            WHERE leads_identitykey.key = wanted.key LIMIT {HOT + 1}
        ) AS found
    ), best AS MATERIALIZED (
        SELECT record_kind, record_id, sum(worth) AS worth FROM hit
        WHERE crowd <= {HOT} OR worth >= 60
        GROUP BY record_kind, record_id ORDER BY worth DESC, record_kind, record_id LIMIT {MOST}
    )
    SELECT 'customer' AS stands_for, one.id, one.owner_id, TRUE, best.worth,
           one.name, '', one.phone, '', one.credit_code, '', one.website, one.address,
           one.province,
           ARRAY(SELECT text FROM leads_companyalias AS alias WHERE alias.customer_id = one.id)
    FROM best JOIN leads_customer AS one
      ON best.record_kind = 'customer' AND one.id = best.record_id
    UNION ALL
    SELECT CASE WHEN one.customer_id IS NULL THEN 'lead' ELSE 'customer' END,
           coalesce(one.customer_id, one.id),
           CASE WHEN one.customer_id IS NULL THEN one.owner_id ELSE held.owner_id END,
           one.customer_id IS NOT NULL OR one.status <> 'invalid', best.worth,
           one.company_name, one.contact_name, one.phone, one.email, one.credit_code, one.wechat,
           '', one.address, one.province, ARRAY[]::text[]
    FROM best JOIN leads_lead AS one ON best.record_kind = 'lead' AND one.id = best.record_id
    LEFT JOIN leads_customer AS held ON held.id = one.customer_id
    UNION ALL
    SELECT 'customer', one.customer_id, held.owner_id, TRUE, best.worth,
           held.name, one.name, one.phone, one.email, '', one.wechat, '', '', '', ARRAY[]::text[]
    FROM best JOIN leads_contact AS one ON best.record_kind = 'contact' AND one.id = best.record_id
    JOIN leads_customer AS held ON held.id = one.customer_id
"""  # noqa: S608  numbers of our own

LEAD_FIELDS = (
    "id", "owner_id", "status", "customer_id", "customer__owner_id", "credit_code", "wechat",
    "address", "province", "company_name", "contact_name", "phone", "email",
)  # fmt: skip
CUSTOMER_FIELDS = (
    "id", "owner_id", "name", "phone", "credit_code", "website", "address", "province",
)  # fmt: skip
CONTACT_FIELDS = (
    "id", "customer_id", "customer__owner_id", "customer__name", "name", "phone", "email", "wechat",
)  # fmt: skip

PERSONAL = {ReasonCode.CREDIT_CODE_EQUAL, ReasonCode.EMAIL_EQUAL, ReasonCode.WECHAT_EQUAL}


@dataclass(frozen=True)
class Match:
    """An existing lead or customer that is, or may be, the same client, and why.

    A contact counts as its customer, a converted lead as the customer it became. `judged` says
    what people decided about the two: the same, or the same and kept apart.
    """

    kind: RecordKind
    record_id: int
    owner_id: int | None
    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    is_open: bool = True
    judged: IdentityVerdict | None = None

    @property
    def pair(self) -> Pair:
        return self.kind.value, self.record_id


@dataclass(frozen=True)
class Candidate:
    """A record worth comparing and the record it stands for."""

    identity: Identity
    kind: RecordKind
    record_id: int
    owner_id: int | None
    is_open: bool = True


def identity_of(record: Lead | Customer | Contact, *, aliases: tuple[str, ...] = ()) -> Identity:
    """What is known about a record that can tell who it is; a customer's aliases are asked for."""
    if isinstance(record, Lead):
        return Identity(
            id=record.pk,
            company=record.company_name,
            person=record.contact_name,
            phones=_given(record.phone),
            emails=_given(record.email),
            credit_code=record.credit_code,
            wechat=record.wechat,
            address=record.address,
            region=SHORT_NAMES.get(record.province, ""),
        )
    if isinstance(record, Customer):
        return Identity(
            id=record.pk,
            company=record.name,
            phones=_given(record.phone),
            credit_code=record.credit_code,
            website=record.website,
            address=record.address,
            region=SHORT_NAMES.get(record.province, ""),
            aliases=aliases,
        )
    return Identity(
        id=record.pk,
        person=record.name,
        phones=_given(record.phone),
        emails=_given(record.email),
        wechat=record.wechat,
    )


def aliases_of(customer_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The learned names of these customers, in the order in which they were learned."""
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    rows = CompanyAlias.objects.filter(customer__in=customer_ids).order_by("pk")
    for customer, text in rows.values_list("customer_id", "text"):
        found[customer] += (text,)
    return found


def find_similar(
    identity: Identity,
    *,
    excluding: Iterable[Pair] = (),
    limit: int = 10,
    is_typing: bool = False,
) -> list[Match]:
    """Everything in the organisation that may be the same client, likeliest first.

    `excluding` are the client's own records. What people judged about them, or about the names,
    counts more than the engine. `is_typing`: the name may not be finished, so a brand that
    begins with what is typed counts. It looks past data scopes on purpose: whoever shows the
    result redacts it (`cards_for`).
    """
    own = {(str(kind), pk) for kind, pk in excluding}
    asked = profile_of(identity)
    best: dict[Pair, Match] = {}
    names: dict[Pair, set[str]] = defaultdict(set)
    for candidate in likeliest(asked):
        if (candidate.kind.value, candidate.record_id) in own:
            continue
        profile = profile_of(candidate.identity)
        match = compare_profiles(asked, profile)
        if match.verdict == "different" and is_typing:
            match = _as_begun(asked, profile) or match
        if match.verdict == "different":
            continue
        found = Match(
            candidate.kind,
            candidate.record_id,
            candidate.owner_id,
            match.score,
            match.verdict,
            match.reasons,
            candidate.is_open,
        )
        names[found.pair].update(name.canonical for name in profile.names)
        known = best.get(found.pair)
        if known is None or known.score < found.score:
            best[found.pair] = found
    heeded = _heed_judgements(asked, own, best, names)
    return sorted(heeded, key=lambda match: (-match.score, match.pair))[:limit]


def _as_begun(asked: Profile, known: Profile) -> IdentityMatch | None:
    """A question, if the brand of the one begins with what has been typed of the other's."""
    for typed in asked.names:
        for name in known.names:
            places = {typed.province, name.province}
            if (
                len(typed.brand) >= SHORTEST_BEGUN
                and name.brand.startswith(typed.brand)
                and (len(places) == 1 or "" in places)
            ):
                params = {"left": typed.brand, "right": name.brand}
                reason = Reason(ReasonCode.BRAND_CONTAINED, params)
                return IdentityMatch(PROBABLE, "probable", (reason,))
    return None


def _heed_judgements(
    asked: Profile,
    own: set[Pair],
    best: Mapping[Pair, Match],
    names: Mapping[Pair, set[str]],
) -> Iterable[Match]:
    """The matches without those that people said are somebody else; the others as people said."""
    if not best:
        return ()
    keys = {
        pair: {key for name in asked.names for other in names[pair]
               if (key := canonical_names_key(name.canonical, other)) is not None}
        for pair in best
    }  # fmt: skip
    judged = judgements_on(own, set().union(*keys.values()))
    if not judged.records and not judged.names:
        return best.values()
    return [
        heeded
        for pair, match in best.items()
        if (heeded := _heed(match, judged.of(pair, keys[pair]), pair in judged.records))
    ]


def _heed(match: Match, verdict: IdentityVerdict | None, is_about_record: bool) -> Match | None:
    if verdict == IdentityVerdict.NOT_SAME:
        return match if not is_about_record and _has_new_evidence(match) else None
    if verdict == IdentityVerdict.SAME:
        return replace(match, score=max(match.score, 0.95), verdict="same", judged=verdict)
    if verdict == IdentityVerdict.SEPARATE:
        return replace(match, verdict="probable", judged=verdict)
    return match


def _has_new_evidence(match: Match) -> bool:
    """Another firm was judged by its name: a code, mobile or address of its own outweighs that."""
    return any(
        reason.code in PERSONAL
        or (reason.code == ReasonCode.PHONE_EQUAL and is_mobile(reason.params["value"]))
        for reason in match.reasons
    )


def likeliest(asked: Profile) -> Iterator[Candidate]:
    """The records that share most with this client, whole, in one statement."""
    keys = sorted(lookup_keys(asked), key=worth_of, reverse=True)[:SLOTS]
    if not keys:
        return
    worths = [worth_of(key) for key in keys]
    brands = [name.brand for name in asked.names]
    for row in fetch_prepared(LIKELIEST, [[key.hash64 for key in keys], worths]):
        kind, record_id, owner_id, is_open, worth, name, *facts, aliases = row
        if worth <= FAINT and not _may_be_short_for(brands, (name, *aliases)):
            continue
        yield Candidate(
            _identity(record_id, name, facts, tuple(aliases)),
            RecordKind(kind),
            record_id,
            owner_id,
            is_open,
        )


def worth_of(key: Key) -> int:
    """How much sharing this key says."""
    return WORTH.get(key.kind, STRONG)


def _may_be_short_for(brands: list[str], names: tuple[str, ...]) -> bool:
    """Parts of brands in common say something only if one name holds the other's whole brand."""
    written = [normalise_name(name) for name in names]
    return any(brand in name for brand in brands for name in written)


def _identity(record_id: int, name: str, facts: list[Any], aliases: tuple[str, ...]) -> Identity:
    person, phone, email, code, wechat, website, address, province = facts
    return Identity(
        id=record_id,
        company=name,
        person=person,
        phones=_given(phone),
        emails=_given(email),
        credit_code=code,
        wechat=wechat,
        website=website,
        address=address,
        region=SHORT_NAMES.get(province, ""),
        aliases=aliases,
    )


def candidate_pairs(identity: Identity) -> set[Pair]:
    """The records that share a telling key with the identity."""
    keys = {key.hash64: key for key in match_keys(identity)}
    if not keys:
        return set()
    found: dict[int, set[Pair]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [list(keys)])
        for key, kind, record_id in cursor.fetchall():
            found.setdefault(key, set()).add((kind, record_id))
    telling = (pairs for key, pairs in found.items() if len(pairs) <= HOT or keys[key].is_strong)
    return {pair for pairs in telling for pair in pairs}


def load_candidates(pairs: set[Pair]) -> list[Candidate]:
    """The identities of these records, in one query per kind and without building records."""
    ids: dict[str, list[int]] = {kind.value: [] for kind in RecordKind}
    for kind, record_id in pairs:
        ids[kind].append(record_id)
    found: list[Candidate] = []
    if wanted := ids[RecordKind.LEAD]:
        found += map(_of_lead, Lead.objects.filter(pk__in=wanted).values_list(*LEAD_FIELDS))
    if wanted := ids[RecordKind.CUSTOMER]:
        customers = Customer.objects.filter(pk__in=wanted)
        aliases = aliases_of(wanted)
        found += [
            _of_customer(row, aliases.get(row[0], ()))
            for row in customers.values_list(*CUSTOMER_FIELDS)
        ]
    if wanted := ids[RecordKind.CONTACT]:
        contacts = Contact.objects.filter(pk__in=wanted)
        found += map(_of_contact, contacts.values_list(*CONTACT_FIELDS))
    return found


def _of_lead(row: tuple[Any, ...]) -> Candidate:
    pk, owner, status, customer, customer_owner, code, wechat, address, province, *names = row
    company, person, phone, email = names
    identity = Identity(
        id=pk,
        company=company,
        person=person,
        phones=_given(phone),
        emails=_given(email),
        credit_code=code,
        wechat=wechat,
        address=address,
        region=SHORT_NAMES.get(province, ""),
    )
    if customer:
        return Candidate(identity, RecordKind.CUSTOMER, customer, customer_owner)
    is_open = status != LeadStatus.INVALID
    return Candidate(identity, RecordKind.LEAD, pk, owner, is_open)


def _of_customer(row: tuple[Any, ...], aliases: tuple[str, ...]) -> Candidate:
    pk, owner, name, phone, code, website, address, province = row
    identity = Identity(
        id=pk,
        company=name,
        phones=_given(phone),
        credit_code=code,
        website=website,
        address=address,
        region=SHORT_NAMES.get(province, ""),
        aliases=aliases,
    )
    return Candidate(identity, RecordKind.CUSTOMER, pk, owner)


def _of_contact(row: tuple[Any, ...]) -> Candidate:
    pk, customer, owner, company, name, phone, email, wechat = row
    identity = Identity(
        id=pk,
        company=company,
        person=name,
        phones=_given(phone),
        emails=_given(email),
        wechat=wechat,
    )
    return Candidate(identity, RecordKind.CUSTOMER, customer, owner)


def _given(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value)

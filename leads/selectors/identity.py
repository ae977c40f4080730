"""Who else is this? Candidates by hashed keys, compared by the engine, redacted for the reader."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from crm.places import SHORT_NAMES
from leads.enums import IdentityVerdict, LeadStatus, RecordKind
from leads.identity import Identity, Reason, ReasonCode, Verdict, compare, is_mobile, match_keys
from leads.models import CompanyAlias, Contact, Customer, Lead
from leads.selectors.judgements import Pair as Pair
from leads.selectors.judgements import judgements_on, names_key

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
    identity: Identity, *, excluding: Iterable[Pair] = (), limit: int = 10
) -> list[Match]:
    """Everything in the organisation that may be the same client, likeliest first.

    `excluding` are the client's own records. What people judged about them, or about the names,
    counts more than the engine. It looks past data scopes on purpose: whoever shows the result
    redacts it (`cards_for`).
    """
    own = {(str(kind), pk) for kind, pk in excluding}
    best: dict[Pair, Match] = {}
    names: dict[Pair, set[str]] = defaultdict(set)
    for candidate in load_candidates(candidate_pairs(identity)):
        match = compare(identity, candidate.identity)
        found = Match(
            candidate.kind,
            candidate.record_id,
            candidate.owner_id,
            match.score,
            match.verdict,
            match.reasons,
            candidate.is_open,
        )
        if found.pair in own:
            continue
        names[found.pair].update(filter(None, _names_of(candidate.identity)))
        known = best.get(found.pair)
        if known is None or known.score < found.score:
            best[found.pair] = found
    heeded = _heed_judgements(identity, own, best, names)
    alike = [match for match in heeded if match.verdict != "different"]
    return sorted(alike, key=lambda match: (-match.score, match.pair))[:limit]


def _names_of(identity: Identity) -> tuple[str, ...]:
    return (identity.company, *identity.aliases)


def _heed_judgements(
    identity: Identity,
    own: set[Pair],
    best: Mapping[Pair, Match],
    names: Mapping[Pair, set[str]],
) -> Iterable[Match]:
    """The matches without those that people said are somebody else; the others as people said."""
    if not best:
        return ()
    typed = [name for name in _names_of(identity) if name]
    keys = {
        pair: {key for one in typed for other in names[pair]
               if (key := names_key(one, other)) is not None}
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

"""Who else is this? Candidates by hashed keys, compared by the engine, redacted for the reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.places import SHORT_NAMES
from leads.enums import LeadStatus, RecordKind
from leads.identity import Identity, Reason, Verdict, compare, match_keys
from leads.models import Contact, Customer, Lead

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

Pair = tuple[str, int]


@dataclass(frozen=True)
class Match:
    """An existing lead or customer that is, or may be, the same client, and why.

    A contact counts as its customer, a converted lead as the customer it became.
    """

    kind: RecordKind
    record_id: int
    owner_id: int | None
    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    is_open: bool = True

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


def identity_of(record: Lead | Customer | Contact) -> Identity:
    """What is known about a record that can tell who it is."""
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
        )
    return Identity(
        id=record.pk,
        person=record.name,
        phones=_given(record.phone),
        emails=_given(record.email),
        wechat=record.wechat,
    )


def find_similar(
    identity: Identity, *, excluding: Iterable[Pair] = (), limit: int = 10
) -> list[Match]:
    """Everything in the organisation that may be the same client, likeliest first.

    It looks past data scopes on purpose: whoever shows the result redacts it (`cards_for`).
    """
    best: dict[Pair, Match] = {}
    for candidate in load_candidates(candidate_pairs(identity)):
        match = compare(identity, candidate.identity)
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
        known = best.get(found.pair)
        if known is None or known.score < found.score:
            best[found.pair] = found
    for pair in excluding:
        best.pop(pair, None)
    ranked = sorted(best.values(), key=lambda match: (-match.score, match.pair))
    return ranked[:limit]


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
        found += map(_of_customer, customers.values_list(*CUSTOMER_FIELDS))
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


def _of_customer(row: tuple[Any, ...]) -> Candidate:
    pk, owner, name, phone, code, website, address, province = row
    identity = Identity(
        id=pk,
        company=name,
        phones=_given(phone),
        credit_code=code,
        website=website,
        address=address,
        region=SHORT_NAMES.get(province, ""),
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

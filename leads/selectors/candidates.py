"""Records that share a key with somebody, read whole: by number, and the likeliest few at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.places import SHORT_NAMES
from leads.enums import RecordKind
from leads.identity import Identity, match_keys, normalise_name
from leads.identity.profiles import Profile
from leads.identity.seeking import ENOUGH, FAINT, WORTH, sought_keys
from leads.models import CompanyAlias, Contact, Customer, Lead
from leads.selectors.judgements import Pair
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

# What is known of the records in `best`. A contact stands for its customer, a converted lead for
# the customer it became.
RECORDS = """
    SELECT 'customer' AS stands_for, one.id, one.owner_id, TRUE, best.worth,
           one.name, '', one.phone, '', one.credit_code, '', one.website, one.address,
           one.province,
           ARRAY(SELECT text FROM leads_companyalias AS alias WHERE alias.customer_id = one.id
                 ORDER BY alias.id)
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
"""
LOAD = f"""
    WITH best AS MATERIALIZED (
        SELECT record_kind, record_id, 0 AS worth
        FROM unnest(%s::text[], %s::bigint[]) AS wanted(record_kind, record_id)
    ) {RECORDS}
"""  # noqa: S608  our own words

# The likeliest few: each key counts by what sharing it says, crowded weak ones not at all. Where
# a brand's sound is crowded, an equal brand is enough.
MOST = 24
SLOTS = 32  # keys of one look-up; a fixed number, so that the server keeps one plan for all
LIKELIEST = f"""
    WITH hit AS MATERIALIZED (
        SELECT found.record_kind, found.record_id, wanted.worth, wanted.is_enough,
               count(*) OVER (PARTITION BY wanted.key) AS crowd
        FROM (
            SELECT (%s::bigint[])[slot], (%s::int[])[slot], (%s::bool[])[slot]
            FROM generate_series(1, {SLOTS}) AS slot
        ) AS wanted(key, worth, is_enough)
        CROSS JOIN LATERAL (
            SELECT record_kind, record_id FROM leads_identitykey
            WHERE leads_identitykey.key = wanted.key LIMIT {HOT + 1}
        ) AS found
    ), best AS MATERIALIZED (
        SELECT record_kind, record_id, sum(worth) AS worth FROM hit
        WHERE crowd <= {HOT} OR worth >= {WORTH["name"]}
        GROUP BY record_kind, record_id
        HAVING bool_or(is_enough) OR sum(worth) >= {ENOUGH}
            OR (bool_or(worth = {WORTH["brand"]}) AND
                (SELECT bool_or(crowd > {HOT} AND worth = {WORTH["sound_region"]}) FROM hit))
        ORDER BY worth DESC, record_kind, record_id LIMIT {MOST}
    ) {RECORDS}
"""  # noqa: S608  numbers of our own


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


def likeliest(asked: Profile) -> Iterator[Candidate]:
    """The records that share most with this client, whole, in one statement."""
    sought = sought_keys(asked)[:SLOTS]
    if not sought:
        return
    hashes = [one.key.hash64 for one in sought]
    worths, enough = [one.worth for one in sought], [one.is_enough for one in sought]
    brands = [name.brand for name in asked.names]
    for row in fetch_prepared(LIKELIEST, [hashes, worths, enough]):
        if row[4] > FAINT or _may_be_short_for(brands, (row[5], *row[-1])):
            yield _candidate(row)


def _may_be_short_for(brands: list[str], names: tuple[str, ...]) -> bool:
    """Parts of brands in common say something only if one name holds the other's whole brand."""
    written = [normalise_name(name) for name in names]
    return any(brand in name for brand in brands for name in written)


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


def load_candidates(pairs: Iterable[Pair]) -> list[Candidate]:
    """The identities of these records, in one statement and without building records."""
    wanted = sorted(pairs)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOAD, [[str(kind) for kind, _ in wanted], [pk for _, pk in wanted]])
        return [_candidate(row) for row in cursor.fetchall()]


def _candidate(row: tuple[Any, ...]) -> Candidate:
    """A row of RECORDS."""
    stands_for, record_id, owner_id, is_open, _worth, company, person, phone, email, *facts = row
    code, wechat, website, address, province, aliases = facts
    identity = Identity(
        id=record_id,
        company=company,
        person=person,
        phones=_given(phone),
        emails=_given(email),
        credit_code=code,
        wechat=wechat,
        website=website,
        address=address,
        region=SHORT_NAMES.get(province, ""),
        aliases=tuple(aliases),
    )
    return Candidate(identity, RecordKind(stands_for), record_id, owner_id, is_open)


def _given(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value)

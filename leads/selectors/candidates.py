"""Records that share a key with somebody, read whole: by number, and the likeliest few at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from crm import arrays
from crm.places import SHORT_NAMES
from leads.enums import RecordKind
from leads.identity import Identity, match_keys, normalise_name
from leads.identity.elsewhere import is_elsewhere
from leads.identity.profiles import Profile, tells_names_only
from leads.identity.seeking import ENOUGH, FAINT, WORTH, Sought, sought_keys
from leads.models import CompanyAlias, Contact, Customer, Lead
from leads.numbers import BETWEEN, numbers_kept
from leads.selectors.judgements import Pair
from leads.selectors.prepared import fetch_prepared
from leads.selectors.standing import Held, held_now

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

# What is known of records of each kind by their numbers, `sought`. A contact stands for its
# customer, a converted lead for the customer it became, a record that was merged away for the one
# that was kept.
NUMBERS = (
    f"CASE WHEN one.other_phones = '' THEN one.phone"
    f" ELSE concat_ws('{BETWEEN}', nullif(one.phone, ''), one.other_phones) END"
)
RECORDS = {
    RecordKind.CUSTOMER: """
        SELECT 'customer', one.id, one.merged_into_id IS NOT NULL, 'customer', one.id,
               one.owner_id, TRUE,
               one.name, '', one.phone, '', one.credit_code, '', one.website, one.address,
               one.province,
               ARRAY(SELECT text FROM leads_companyalias AS alias WHERE alias.customer_id = one.id
                     ORDER BY alias.id)
        FROM {sought} JOIN leads_customer AS one ON one.id = sought.id
    """,
    RecordKind.LEAD: """
        SELECT 'lead', one.id, coalesce(one.merged_into_id, held.merged_into_id) IS NOT NULL,
               CASE WHEN one.customer_id IS NULL THEN 'lead' ELSE 'customer' END,
               coalesce(one.customer_id, one.id),
               CASE WHEN one.customer_id IS NULL THEN one.owner_id ELSE held.owner_id END,
               one.customer_id IS NOT NULL OR one.status <> 'invalid',
               one.company_name, one.contact_name, {numbers}, one.email, one.credit_code,
               one.wechat, '', one.address, one.province, ARRAY[]::text[]
        FROM {sought} JOIN leads_lead AS one ON one.id = sought.id
        LEFT JOIN leads_customer AS held ON held.id = one.customer_id
    """,
    RecordKind.CONTACT: """
        SELECT 'contact', one.id, held.merged_into_id IS NOT NULL, 'customer', one.customer_id,
               held.owner_id, TRUE,
               held.name, one.name, {numbers}, one.email, '', one.wechat, '', '', '',
               ARRAY[]::text[]
        FROM {sought} JOIN leads_contact AS one ON one.id = sought.id
        JOIN leads_customer AS held ON held.id = one.customer_id
    """,
}
MANY = "unnest(%s::bigint[]) AS sought(id)"

# One look-up: all that share a key with it. Customers that are worth reading for that key alone
# come whole, since a second statement costs as much as the first. The numbers of slots are fixed,
# so that the server keeps one plan for all look-ups; an empty slot costs little, but not nothing.
FEW_SLOTS, SLOTS = 16, 32  # keys of nearly every look-up; of any
OFTEN_SHARED = frozenset({"firm", "part"})
AT_ONCE = """
    (SELECT CASE WHEN {key}.at_once AND found.record_kind = 'customer' THEN found.record_id END)
    AS sought(id)
"""
WANTED = """
    (
        SELECT slot, (%s::bigint[])[slot], (%s::bool[])[slot]
        FROM generate_series(1, {slots}) AS slot
    ) AS wanted(slot, key, at_once)
"""
SHARING = f"""
    (
        SELECT record_kind, record_id FROM leads_identitykey
        WHERE leads_identitykey.key = wanted.key LIMIT {HOT + 1}
    ) AS found
"""  # noqa: S608  a number of our own
HITS = f"""
    SELECT wanted.slot, found.record_kind, found.record_id, record.*
    FROM {WANTED} CROSS JOIN LATERAL {SHARING}
    LEFT JOIN LATERAL (
        {RECORDS[RecordKind.CUSTOMER].format(sought=AT_ONCE.format(key="wanted"))}
    ) AS record ON TRUE
"""  # noqa: S608  statements of our own
HITS_OF_FEW, HITS_OF_MANY = (HITS.format(slots=slots) for slots in (FEW_SLOTS, SLOTS))

# The same with each record once and its slots as bits. A brand of four or more shares a key with
# its like for each character that either may lack, and would be read as often; to gather the
# records first costs more than it saves where there are few such keys.
OFTEN_MET = 4
HITS_ONCE = f"""
    SELECT found.slots, found.record_kind, found.record_id, record.*
    FROM (
        SELECT record_kind, record_id,
               bit_or(1::bigint << slot) AS slots, bool_or(at_once) AS at_once
        FROM {WANTED} CROSS JOIN LATERAL {SHARING} GROUP BY record_kind, record_id
    ) AS found
    LEFT JOIN LATERAL (
        {RECORDS[RecordKind.CUSTOMER].format(sought=AT_ONCE.format(key="found"))}
    ) AS record ON TRUE
"""  # noqa: S608  statements of our own
HITS_ONCE_OF_FEW, HITS_ONCE_OF_MANY = (HITS_ONCE.format(slots=n) for n in (FEW_SLOTS, SLOTS))
MOST, ROOM = 12, 24  # records read for one look-up; with the client's own beside them
FEW = f"(SELECT (%s::bigint[])[slot] FROM generate_series(1, {ROOM}) AS slot) AS sought(id)"  # noqa: S608
# One key of a look-up: its hash, how much it says, whether that alone is worth reading a record.
Asking = tuple[int, int, bool]

# The same as `worth_reading` for many who ask at once.
LIKELIEST_OF_MANY = f"""
    WITH hit AS MATERIALIZED (
        SELECT wanted.asker, wanted.worth, wanted.is_enough, found.*
        FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::bool[])
             AS wanted(asker, key, worth, is_enough)
        CROSS JOIN LATERAL (
            SELECT record_kind, record_id, count(*) OVER () AS crowd FROM (
                SELECT record_kind, record_id FROM leads_identitykey
                WHERE leads_identitykey.key = wanted.key LIMIT {HOT + 1}
            ) AS few
        ) AS found
    ), ranked AS (
        SELECT asker, record_kind, record_id, sum(worth) AS worth,
               row_number() OVER (
                   PARTITION BY asker ORDER BY sum(worth) DESC, record_kind, record_id
               ) AS place
        FROM hit WHERE crowd <= {HOT} OR worth >= {WORTH["name"]}
        GROUP BY asker, record_kind, record_id
        HAVING bool_or(is_enough) OR sum(worth) >= {ENOUGH}
            OR (bool_or(worth = {WORTH["brand"]}) AND asker IN (
                SELECT asker FROM hit WHERE crowd > {HOT} AND worth = {WORTH["sound_region"]}))
    )
    SELECT asker, record_kind, record_id, worth FROM ranked WHERE place <= {MOST}
"""  # noqa: S608  numbers of our own


_Worth = dict[Pair, int]
_Sharing = dict[int, list[Pair]]
_Row = Sequence[Any]  # of RECORDS
_COMPANY, _ALIASES = 7, -1


class Candidate(NamedTuple):
    """A record worth comparing and the record it stands for; `found_as` is what shares the key."""

    identity: Identity
    kind: RecordKind
    record_id: int
    owner_id: int | None
    is_open: bool = True
    found_as: Pair = ("", 0)
    is_merged: bool = False

    @property
    def pair(self) -> Pair:
        return self.kind.value, self.record_id


def identity_of(record: Lead | Customer | Contact, *, aliases: tuple[str, ...] = ()) -> Identity:
    """What is known about a record that can tell who it is; a customer's aliases are asked for."""
    if isinstance(record, Lead):
        return Identity(
            id=record.pk,
            company=record.company_name,
            person=record.contact_name,
            phones=_given(record.phone, *numbers_kept(record.other_phones)),
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
        phones=_given(record.phone, *numbers_kept(record.other_phones)),
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


def likeliest(asked: Profile, *, own: int = 0) -> list[Candidate]:
    """The records that share most with this client, whole; `own` of them may be its own."""
    sought = sought_keys(asked)[:SLOTS]
    if not sought:
        return []
    sharing, read = records_sharing(sought)
    worth = worth_reading(sought, sharing, most=min(MOST + own, ROOM))
    if not worth:
        return []
    if unread := [pair for pair in worth if pair not in read]:
        read |= {(row[0], row[1]): row for row in fetch_prepared(*_reading(unread, FEW))}
    found = [(pair, read[pair]) for pair in sorted(worth, key=itemgetter(0)) if pair in read]
    may_be_apart = tells_names_only(asked)
    return standing(
        [
            _candidate(row)
            for pair, row in found
            if (worth[pair] > FAINT or _holds_brand(asked, row[_COMPANY], *row[_ALIASES]))
            and not (may_be_apart and _is_elsewhere(asked, row[_COMPANY], *row[_ALIASES]))
        ]
    )


def _is_elsewhere(asked: Profile, *names: str) -> bool:
    return all(is_elsewhere(one, name) for one in asked.names for name in names)


def _holds_brand(asked: Profile, *names: str) -> bool:
    written = list(map(normalise_name, names))
    return any(name.brand in one for name in asked.names for one in written)


def records_sharing(sought: Sequence[Sought]) -> tuple[_Sharing, dict[Pair, _Row]]:
    """Who shares each key, by its place; and those read at once, as a key of theirs is enough.

    What many share (parts of brands, the names of a group) is weighed first.
    """
    hashes = [one.key.hash64 for one in sought]
    at_once = [one.is_enough and one.key.kind not in OFTEN_SHARED for one in sought]
    sharing: _Sharing = defaultdict(list)
    read: dict[Pair, _Row] = {}
    is_few = len(sought) <= FEW_SLOTS
    places_of: Callable[[int], Iterable[int]]
    if sum(one.key.kind == "near" for one in sought) >= OFTEN_MET:
        hits, places_of = HITS_ONCE_OF_FEW if is_few else HITS_ONCE_OF_MANY, _bits
    else:
        hits, places_of = HITS_OF_FEW if is_few else HITS_OF_MANY, _itself
    for row in fetch_prepared(hits, [hashes, at_once]):
        pair: Pair = row[1:3]
        for slot in places_of(row[0]):
            sharing[slot - 1].append(pair)
        if row[3] is not None:
            read[pair] = row[3:]
    return sharing, read


def _itself(slot: int) -> tuple[int, ...]:
    return (slot,)


def _bits(slots: int) -> Iterator[int]:
    """The places of the ones in a number: 4 and 1 of 18."""
    while slots:
        place = slots.bit_length() - 1
        yield place
        slots -= 1 << place


def worth_reading(sought: Sequence[Sought], sharing: _Sharing, *, most: int = MOST) -> _Worth:
    """The likeliest few: each key counts by what it says, crowded weak ones not at all.

    Where a brand's sound is crowded, an equal brand is enough. Half of the names that are typed
    are nobody's; so the keys are weighed here, and the rest is read only when there is any.
    """
    worth: _Worth = defaultdict(int)
    enough: set[Pair] = set()
    of_brand: set[Pair] = set()
    is_sound_crowded = False
    for slot, pairs in sharing.items():
        one = sought[slot]
        if len(pairs) > HOT and one.worth < WORTH["name"]:
            is_sound_crowded = is_sound_crowded or one.key.kind == "sound_region"
            continue
        for pair in pairs:
            worth[pair] += one.worth
        if one.is_enough:
            enough.update(pairs)
        if one.key.kind == "brand":
            of_brand.update(pairs)
    if is_sound_crowded:
        enough |= of_brand
    likely = [pair for pair, sum_of_it in worth.items() if sum_of_it >= ENOUGH or pair in enough]
    likely.sort(key=lambda pair: (-worth[pair], pair))
    return {pair: worth[pair] for pair in likely[:most]}


def likeliest_of_many(askers: Sequence[Sequence[Asking]]) -> list[list[tuple[Pair, int]]]:
    """For each asker the records that share most with it, and how much that says."""
    slots = [(place, *one) for place, keys in enumerate(askers) for one in keys[:SLOTS]]
    found: list[list[tuple[Pair, int]]] = [[] for _asker in askers]
    if not slots:
        return found
    with connection.cursor() as cursor:
        cursor.execute(LIKELIEST_OF_MANY, _columns(slots))
        for asker, kind, record_id, worth in cursor.fetchall():
            found[asker].append(((kind, record_id), worth))
    return found


def _columns(slots: Sequence[tuple[int, int, int, bool]]) -> list[str]:
    askers, keys, worths, enough = zip(*slots, strict=True)
    return [*map(arrays.of_numbers, (askers, keys, worths)), arrays.of_flags(enough)]


def says_something(asked: Profile, candidate: Candidate, worth: int) -> bool:
    """Parts of brands in common say something only if one name holds the other's whole brand."""
    if worth > FAINT:
        return True
    return _holds_brand(asked, candidate.identity.company, *candidate.identity.aliases)


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
        cursor.execute(*_reading(wanted, MANY))
        return standing([_candidate(row) for row in cursor.fetchall()])


def _reading(pairs: Iterable[Pair], sought: str) -> tuple[str, list[Any]]:
    """The statement that reads these records, of no more kinds than there are, and its values."""
    ids: dict[RecordKind, list[int]] = defaultdict(list)
    for kind, record_id in pairs:
        ids[RecordKind(kind)].append(record_id)
    kinds = sorted(ids)
    return _reading_of(tuple(kinds), sought), [ids[kind] for kind in kinds]


@cache
def _reading_of(kinds: tuple[RecordKind, ...], sought: str) -> str:
    return " UNION ALL ".join(
        RECORDS[kind].format(sought=sought, numbers=NUMBERS) for kind in kinds
    )


def standing(candidates: list[Candidate]) -> list[Candidate]:
    """Those that were merged away stand for the record that was kept."""
    gone = {one.pair for one in candidates if one.is_merged}
    if not gone:
        return candidates
    kept = held_now(gone)
    return [
        one if not one.is_merged else _in_place_of(one, kept[one.pair])
        for one in candidates
        if not one.is_merged or one.pair in kept
    ]


def _in_place_of(candidate: Candidate, kept: Held) -> Candidate:
    kind, record_id = kept.pair
    return candidate._replace(
        kind=RecordKind(kind),
        record_id=record_id,
        owner_id=kept.owner_id,
        is_open=kept.is_open,
        is_merged=False,
    )


def _candidate(row: _Row) -> Candidate:
    """A row of RECORDS."""
    found_kind, found_id, is_merged, stands_for, record_id, owner_id, is_open, *rest = row
    company, person, phone, email, *facts = rest
    code, wechat, website, address, province, aliases = facts
    identity = Identity(
        id=record_id,
        company=company,
        person=person,
        phones=tuple(numbers_kept(phone)),
        emails=_given(email),
        credit_code=code,
        wechat=wechat,
        website=website,
        address=address,
        region=SHORT_NAMES.get(province, ""),
        aliases=tuple(aliases),
    )
    return Candidate(
        identity,
        RecordKind(stands_for),
        record_id,
        owner_id,
        is_open,
        (found_kind, found_id),
        is_merged,
    )


def _given(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value)

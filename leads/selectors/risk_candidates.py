"""Which pairs of records in different hands are worth a forecast, and what is known about each.

Candidates share a key of the identity index, an address or a small event. Everything is read for
a chunk of records at once; keys that many records share are left out, they say nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, combinations, groupby, product
from operator import itemgetter
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.people.models import Member
from crm.places import SHORT_NAMES
from leads.enums import Channel, LeadStatus, RecordKind
from leads.forewarning import Forecast, Shared, Side, forecast, same_street, street_key
from leads.identity import Identity, Profile, profile_of
from leads.models import Contact, Customer, Lead
from leads.numbers import numbers_kept
from leads.payer_sources import with_one_payer
from leads.selectors.judgements import Both, Pair, in_order, judgements_between

LEAD, CUSTOMER, CONTACT = RecordKind.LEAD.value, RecordKind.CUSTOMER.value, RecordKind.CONTACT.value
OPEN = (LeadStatus.NEW.value, LeadStatus.CONTACTED.value, LeadStatus.QUALIFIED.value)
ACTIVE_DAYS = 30
HOT = 40  # a key, and a road with a number, that more records share is no evidence
MOST_AT_ADDRESS, MOST_AT_EVENT = 8, 6
MOST_PROFILES = 20_000
PARTNERS = f"""
    WITH mine AS MATERIALIZED (
        SELECT held.key, held.kind, held.record_kind, held.record_id
        FROM unnest(%s::text[], %s::bigint[]) AS asked(record_kind, record_id)
        JOIN leads_identitykey AS held USING (record_kind, record_id)
    )
    SELECT mine.record_kind, mine.record_id, mine.key, mine.kind,
           other.record_kind, other.record_id
    FROM mine CROSS JOIN LATERAL (
        SELECT record_kind, record_id FROM leads_identitykey
        WHERE leads_identitykey.key = mine.key LIMIT {HOT + 1}
    ) AS other
"""  # noqa: S608  a number of our own
# A road's last two characters with the house number: coarser than street_key, which decides.
AT = """substring(translate(%s, '0123456789 ', '0123456789')
        from '..(?:大道|大街|路|街|巷|弄|道|里|村)[0-9]+')"""
PLACES = f"""
    WITH placed AS (
        SELECT 'customer' AS kind, id, {AT % "address"} AS place, address, province, city
        FROM leads_customer WHERE address <> '' AND merged_into_id IS NULL
        UNION ALL
        SELECT 'lead', id, {AT % "address"}, address, province, city
        FROM leads_lead WHERE address <> '' AND merged_into_id IS NULL
          AND status IN ('new', 'contacted', 'qualified')
    ), counted AS (
        SELECT *, count(*) OVER (PARTITION BY place) AS number FROM placed WHERE place IS NOT NULL
    )
    SELECT place, kind, id, address, province, city FROM counted
    WHERE number BETWEEN 2 AND {HOT} ORDER BY place
"""  # noqa: S608  numbers and names of our own
EVENTS = """
    SELECT lower(btrim(campaign)) AS event, count(DISTINCT coalesce(customer_id, -id))
    FROM leads_lead
    WHERE campaign <> '' AND status <> 'invalid' AND merged_into_id IS NULL GROUP BY 1
"""
AT_EVENTS = """
    SELECT DISTINCT lower(btrim(campaign)),
           CASE WHEN customer_id IS NULL THEN 'lead' ELSE 'customer' END,
           coalesce(customer_id, id)
    FROM leads_lead
    WHERE lower(btrim(campaign)) = ANY(%s)
      AND (customer_id IS NOT NULL OR status IN ('new', 'contacted', 'qualified'))
    ORDER BY 1
"""


@dataclass(frozen=True)
class Known:
    """One record: what a forecast needs, and what a risk keeps."""

    pair: Pair
    side: Side
    owner_id: int | None
    department_id: int | None


@dataclass(frozen=True)
class Foreseen:
    """Two records in order and what is to be expected of them."""

    left: Known
    right: Known
    forecast: Forecast

    @property
    def both(self) -> Both:
        return self.left.pair, self.right.pair


@dataclass
class Crowd:
    """How many records share the keys that a chunk's records have."""

    by_kind: dict[Both, dict[str, int]] = field(default_factory=dict)

    def note(self, both: Both, kind: str, number: int) -> None:
        """Of several shared keys of one kind the rarest tells most."""
        known = self.by_kind.setdefault(both, {})
        known[kind] = min(number, known.get(kind, number))


class Outlook:
    """Looks for what may collide; kept for one run, so that what is common is read once."""

    def __init__(self, *, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.crowded: dict[str, int] = {}
        # what was normalised lately: in a crowded base a record is met by many
        self.profiles: dict[Identity, Profile] = {}

    def around(self, records: Collection[Pair], *, until: Pair | None = None) -> list[Foreseen]:
        """Every pair of one of these records with a record in other hands, as far as foreseeable.

        Records that are no longer open are not foreseen; contacts speak for their customers.
        Whoever goes through all records in order leaves pairs with a later one to its turn.
        """
        crowd = self._partners(records, until)
        for one in with_one_payer([pk for kind, pk in records if kind == CUSTOMER]):
            both = in_order((CUSTOMER, one.customer_id), (CUSTOMER, one.other_id))
            if until is None or both[1] <= until:
                crowd.note(both, "account", one.customers)
        return self.between(crowd.by_kind, crowd)

    def between(self, pairs: Iterable[Both], crowd: Crowd | None = None) -> list[Foreseen]:
        """A forecast for each of these pairs that is in different hands and not yet judged."""
        wanted = in_other_hands(set(pairs))
        judged = judgements_between(wanted)
        wanted = [both for both in wanted if both not in judged]
        known = self.load({pair for both in wanted for pair in both})
        found = []
        for left, right in wanted:
            if left in known and right in known:
                a, b = known[left], known[right]
                shared = self._shared(a.side, b.side, (crowd or Crowd()).by_kind.get((left, right)))
                found.append(Foreseen(a, b, forecast(a.side, b.side, shared)))
        return found

    def at_one_address(self) -> Iterator[Both]:
        """Pairs with one road and number, as long as few records are there."""
        with connection.cursor() as cursor:
            cursor.execute(PLACES)
            rows = cursor.fetchall()
        for _place, group in groupby(rows, key=itemgetter(0)):
            here = [
                ((kind, pk), street_key(address, province=province, city=city))
                for _, kind, pk, address, province, city in group
            ]
            for (left, one), (right, other) in combinations(here, 2):
                number = sum(1 for _pair, street in here if same_street(one, street))
                if number > 3:
                    self.crowded[one] = max(number, self.crowded.get(one, 0))
                if number <= MOST_AT_ADDRESS and same_street(one, other):
                    yield in_order(left, right)

    def at_one_event(self) -> Iterator[Both]:
        """Pairs that came from one event, campaign or referrer, as long as few did."""
        small = [event for event, number in self.events.items() if 2 <= number <= MOST_AT_EVENT]
        with connection.cursor() as cursor:
            cursor.execute(AT_EVENTS, [small])
            rows = cursor.fetchall()
        for _event, group in groupby(rows, key=itemgetter(0)):
            for left, right in combinations([(kind, pk) for _, kind, pk in group], 2):
                yield in_order(left, right)

    @cached_property
    def events(self) -> dict[str, int]:
        """How many clients came from each event, campaign or referrer."""
        with connection.cursor() as cursor:
            cursor.execute(EVENTS)
            return dict(cursor.fetchall())

    @cached_property
    def territories(self) -> dict[int, frozenset[str]]:
        """The provinces that each member serves, or else their department."""
        rows = Member.objects.values_list("pk", "provinces", "department__provinces")
        return {pk: frozenset(own or departments or ()) for pk, own, departments in rows}

    # candidates

    def _partners(self, records: Collection[Pair], until: Pair | None) -> Crowd:
        spoken_for = dict(_speakers(records))
        kinds, ids = zip(*spoken_for, strict=True) if spoken_for else ((), ())
        with connection.cursor() as cursor:
            cursor.execute(PARTNERS, [list(kinds), list(ids)])
            rows = cursor.fetchall()
        others = {(kind, pk) for *_rest, kind, pk in rows}
        unit_of = {**_units(others - spoken_for.keys()), **spoken_for}
        owned: dict[tuple[int, str], set[Pair]] = defaultdict(set)
        sizes: dict[int, set[Pair]] = defaultdict(set)
        many: dict[int, int] = defaultdict(int)
        holders: dict[int, set[Pair]] = defaultdict(set)
        for kind, pk, key, key_kind, other_kind, other_pk in rows:
            owned[key, key_kind].add(spoken_for[kind, pk])
            many[key] += 1
            holders[key].add((kind, pk))
            if unit := unit_of.get((other_kind, other_pk)):
                sizes[key].add(unit)
        crowd = Crowd()
        for (key, key_kind), mine in owned.items():
            # a full answer means that there may be more
            if many[key] > HOT * len(holders[key]):
                continue
            partners = [one for one in sizes[key] if until is None or one <= until]
            for one, other in product(mine, partners):
                if one != other:
                    crowd.note(in_order(one, other), key_kind, len(sizes[key]))
        return crowd

    def _shared(self, a: Side, b: Side, keys: Mapping[str, int] | None) -> Shared:
        keys = keys or {}
        is_neighbour = self.crowded and same_street(a.street, b.street)
        return Shared(
            brand=keys.get("brand", 2),
            domain=max(2, keys.get("domain", 2)),
            street=max(2, self.crowded.get(a.street, 2)) if is_neighbour else 2,
            campaign=self.events.get(a.campaign, 2)
            if a.campaign and a.campaign == b.campaign
            else 2,
            account=keys.get("account", 0),
        )

    # what is known

    def load(self, pairs: Collection[Pair]) -> dict[Pair, Known]:
        """The open records among these, with everything a forecast needs."""
        leads = [pk for kind, pk in pairs if kind == LEAD]
        customers = [pk for kind, pk in pairs if kind == CUSTOMER]
        found = {one.pair: one for one in self._leads(leads)} if leads else {}
        if customers:
            found.update({one.pair: one for one in self._customers(customers)})
        return found

    def _leads(self, ids: Collection[int]) -> Iterator[Known]:
        rows: Any = Lead.objects.filter(pk__in=ids, status__in=OPEN)
        for row in rows.values(
            "id", "owner_id", "department_id", "company_name", "contact_name", "phone", "email",
            "other_phones", "wechat", "credit_code", "address", "province", "city", "campaign",
            "channel", "last_follow_up_at",
        ):  # fmt: skip
            identity = Identity(
                company=row["company_name"],
                person=row["contact_name"],
                phones=numbers_of(row),
                emails=tuple(filter(None, [row["email"]])),
                wechat=row["wechat"],
                credit_code=row["credit_code"],
                address=row["address"],
                region=SHORT_NAMES.get(row["province"], ""),
            )
            origin = [(row["campaign"], row["channel"])]
            yield self._known(LEAD, row, identity, origin)

    def _customers(self, ids: Collection[int]) -> Iterator[Known]:
        people: dict[int, list[dict[str, Any]]] = defaultdict(list)
        contacts: Any = Contact.objects.filter(customer__in=ids).order_by("-is_primary", "pk")
        for person in contacts.values(
            "customer_id", "name", "phone", "other_phones", "email", "wechat"
        ):
            people[person["customer_id"]].append(person)
        origins: dict[int, list[tuple[str, str]]] = defaultdict(list)
        came = Lead.objects.filter(customer__in=ids).order_by("pk")
        for customer_id, campaign, channel in came.values_list(
            "customer_id", "campaign", "channel"
        ):
            origins[customer_id].append((campaign, channel))
        rows: Any = Customer.objects.filter(pk__in=ids)
        for row in rows.values(
            "id", "owner_id", "department_id", "name", "phone", "website", "credit_code",
            "address", "province", "city", "last_follow_up_at",
        ):  # fmt: skip
            staff = people[row["id"]]
            identity = Identity(
                company=row["name"],
                person=staff[0]["name"] if staff else "",
                phones=tuple(dict.fromkeys(chain(numbers_of(row), *map(numbers_of, staff)))),
                emails=tuple(filter(None, (one["email"] for one in staff))),
                wechat=next(filter(None, (one["wechat"] for one in staff)), ""),
                credit_code=row["credit_code"],
                website=row["website"],
                address=row["address"],
                region=SHORT_NAMES.get(row["province"], ""),
            )
            yield self._known(CUSTOMER, row, identity, origins[row["id"]])

    def _known(
        self, kind: str, row: dict[str, Any], identity: Identity, origins: list[tuple[str, str]]
    ) -> Known:
        campaign, channel = next((one for one in origins if one[0]), ("", ""))
        last = row["last_follow_up_at"]
        side = Side(
            profile=self._profile_of(identity),
            owner=row["owner_id"],
            province=row["province"],
            serves=self.territories.get(row["owner_id"], frozenset()),
            street=street_key(row["address"], province=row["province"], city=row["city"]),
            campaign=campaign.strip().lower(),
            is_referred=channel == Channel.REFERRAL,
            is_active=last is not None and self.now - last <= timedelta(days=ACTIVE_DAYS),
        )
        return Known((kind, row["id"]), side, row["owner_id"], row["department_id"])

    def _profile_of(self, identity: Identity) -> Profile:
        found = self.profiles.get(identity)
        if found is None:
            if len(self.profiles) >= MOST_PROFILES:
                self.profiles.clear()
            found = self.profiles[identity] = profile_of(identity)
        return found


def in_other_hands(pairs: Collection[Both]) -> list[Both]:
    """The pairs whose records belong to two people, or one of them to nobody."""
    owners: dict[Pair, int | None] = {}
    every = {pair for both in pairs for pair in both}
    for kind, model in ((LEAD, Lead), (CUSTOMER, Customer)):
        ids = [pk for own, pk in every if own == kind]
        rows: Any = model._default_manager.filter(pk__in=ids) if ids else ()
        for pk, owner in rows.values_list("pk", "owner_id") if ids else ():
            owners[kind, pk] = owner
    return sorted(
        (left, right)
        for left, right in pairs
        if left in owners and right in owners and owners[left] != owners[right]
    )


def _speakers(records: Collection[Pair]) -> Iterator[tuple[Pair, Pair]]:
    """The records themselves, and whatever else of the index means them."""
    customers = [pk for kind, pk in records if kind == CUSTOMER]
    for pair in records:
        yield pair, pair
    if customers:
        contacts = Contact.objects.filter(customer__in=customers)
        for pk, customer in contacts.values_list("pk", "customer_id"):
            yield (CONTACT, pk), (CUSTOMER, customer)
        leads = Lead.objects.filter(customer__in=customers)
        for pk, customer in leads.values_list("pk", "customer_id"):
            yield (LEAD, pk), (CUSTOMER, customer)


def _units(pairs: Collection[Pair]) -> dict[Pair, Pair]:
    """Whom these records of the index stand for; closed leads stand for nobody."""
    found: dict[Pair, Pair] = {pair: pair for pair in pairs if pair[0] == CUSTOMER}
    contacts = [pk for kind, pk in pairs if kind == CONTACT]
    if contacts:
        rows: Any = Contact.objects.filter(pk__in=contacts).values_list("pk", "customer_id")
        found.update({(CONTACT, pk): (CUSTOMER, customer) for pk, customer in rows})
    leads = [pk for kind, pk in pairs if kind == LEAD]
    if leads:
        for pk, customer, status in Lead.objects.filter(pk__in=leads).values_list(
            "pk", "customer_id", "status"
        ):
            if customer:
                found[LEAD, pk] = (CUSTOMER, customer)
            elif status in OPEN:
                found[LEAD, pk] = (LEAD, pk)
    return found


def numbers_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A record's numbers, the first one first; a customer has one."""
    return tuple(filter(None, (row["phone"], *numbers_kept(row.get("other_phones", "")))))

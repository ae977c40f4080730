"""What speaks for each side of a case, computed from the records themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from crm.people.models import Member
from leads import case_sources
from leads.arbitration import Facts, Side, Verdict
from leads.case_sources import ORDER, QUOTE, Trace
from leads.enums import CaseState, Channel, CollisionSide, RecordKind, StageKind
from leads.identity import Identity, ReasonCode, compare
from leads.models import (
    CollisionCase,
    CollisionDecision,
    CollisionParty,
    Customer,
    CustomerProtection,
    FollowUp,
    Lead,
    Opportunity,
    StageChange,
    Touch,
)
from leads.selectors.case_since import Since, since, values_then
from leads.selectors.cases import Standing, parties_of, records_in_cases, standing_in
from leads.selectors.identity import Pair

MOST_FOLLOW_UPS = 2_000
MOST_LATE = 100
OF_FOLLOW_UP = (
    "id", "lead_id", "customer_id", "opportunity_id", "member_id", "at", "kind", "outcome",
    "next_step", "is_effective", "created_at",
)  # fmt: skip
OF_DEAL = (
    "id", "owner_id", "created_by_id", "customer_id", "created_at", "closed_at", "name",
    "stage__kind", "stage__probability",
)  # fmt: skip
TELLING = (Channel.REFERRAL, Channel.EXHIBITION)
# kind and id of what a decision moved → who had it, who got it
Moved = Mapping[tuple[str, int], tuple[int | None, int | None]]


class Known(NamedTuple):
    """What bears on a case of a record that is still there."""

    created_at: datetime
    owner_id: int | None
    # of a lead: what it became
    customer_id: int | None = None


@dataclass
class Traces:
    """Everything found about one side, before it is told to anybody."""

    party: CollisionParty
    records: list[Standing] = field(default_factory=list)
    registered: tuple[datetime, Pair] | None = None
    follow_ups: list[dict[str, Any]] = field(default_factory=list)
    deals: list[dict[str, Any]] = field(default_factory=list)
    orders: list[Trace] = field(default_factory=list)
    quotes: list[Trace] = field(default_factory=list)
    referred: tuple[datetime, Pair] | None = None
    exhibited: tuple[datetime, Pair] | None = None
    protection: CustomerProtection | None = None

    @property
    def effective(self) -> list[dict[str, Any]]:
        return [one for one in self.follow_ups if one["is_effective"]]

    @property
    def open_deals(self) -> list[dict[str, Any]]:
        return [one for one in self.deals if one["stage__kind"] == StageKind.OPEN]

    @property
    def offers(self) -> list[Trace]:
        """Quotes that stand for an open deal of their own; the others belong to one of these."""
        on_deals = {one["id"] for one in self.open_deals}
        return [one for one in self.quotes if one.opportunity_id not in on_deals]

    @property
    def won_deals(self) -> list[dict[str, Any]]:
        return [one for one in self.deals if one["stage__kind"] == StageKind.WON]


@dataclass(frozen=True)
class Late:
    """Something written down while the case waited: by whom, about which record."""

    what: str
    member_id: int | None
    side_id: int | None
    at: datetime
    pair: Pair
    row: Mapping[str, Any]


@dataclass
class Dossier:
    """A case with all that is known: its parties, records, and the traces of each rep."""

    case: CollisionCase
    parties: list[CollisionParty]
    records: list[Standing]
    sides: dict[int, Traces]
    earlier: list[CollisionDecision]
    leads: dict[int, Known]
    customers: dict[int, Known]
    moved: Moved
    since: Since
    # what was logged and opened since the case came up, the latest first: told, never counted
    late: list[Late] = field(default_factory=list)

    def had_by(self, key: str, pk: int, owner_id: int | None) -> int | None:
        """Whose a piece of work is, or was before the decision that is under appeal."""
        giver, receiver = self.moved.get((key, pk), (None, None))
        return giver if giver and receiver == owner_id else owner_id

    @property
    def reps(self) -> list[Member]:
        return [party.member for party in self.parties if party.is_rep]

    @property
    def held(self) -> Standing | None:
        return next((one for one in self.records if one.is_held), None)


def dossier_of(case: CollisionCase) -> Dossier:
    """Read everything about a case; so many queries however many reps are in it."""
    parties, records = parties_of(case), standing_in(case)
    sides = {party.member_id: Traces(party) for party in parties if party.is_rep}
    lead_ids = {one.record_id for one in records if one.record_kind == RecordKind.LEAD}
    customer_ids = {one.record_id for one in records if one.record_kind == RecordKind.CUSTOMER}
    leads = _known(Lead, lead_ids, "created_at", "owner_id", "customer_id")
    customer_ids |= {lead.customer_id for lead in leads.values() if lead.customer_id}
    customers = _known(Customer, customer_ids, "created_at", "owner_id")
    earlier, moved = _earlier(case, records), _moved_by_appealed(case)
    came = since(case, lead_ids, customer_ids)
    dossier = Dossier(case, parties, records, sides, earlier, leads, customers, moved, came)
    _sort_records(dossier)
    _add_follow_ups(dossier, lead_ids, customer_ids)
    _add_deals(dossier, customer_ids)
    _add_sources(dossier, lead_ids, customer_ids)
    return dossier


def _known(model: type[Lead | Customer], ids: Collection[int], *columns: str) -> dict[int, Known]:
    rows = model.objects.filter(pk__any_of=ids).values_list("pk", *columns)
    return {pk: Known(*values) for pk, *values in rows}


def _moved_by_appealed(case: CollisionCase) -> Moved:
    """What the decision under appeal moved: it speaks for who had it before, not for who got it."""
    if case.state != CaseState.APPEALED:
        return {}
    last = case.decisions.order_by("-level").first()
    return {
        (change["key"], int(pk)): (change["giver"], change["receiver"])
        for change in (last.changes if last else ())
        if change["what"] == "owner"
        for pk in change["rows"]
    }


def side_of(record: Standing) -> int | None:
    """The rep a record speaks for: its owner when it came into the case, or who entered it."""
    return record.owner_id or record.member_id


def _earlier(case: CollisionCase, records: Iterable[Standing]) -> list[CollisionDecision]:
    """Decisions of other cases about the same records."""
    pairs = {one.pair for one in records}
    others = records_in_cases(pairs).exclude(case=case).values("case")
    rows = CollisionDecision.objects.filter(case__in=others)
    return list(rows.select_related("case", "decided_by", "winner").order_by("-id")[:10])


def _sort_records(dossier: Dossier) -> None:
    for record in dossier.records:
        traces = dossier.sides.get(side_of(record) or 0)
        known = (dossier.leads if record.record_kind == RecordKind.LEAD else dossier.customers).get(
            record.record_id
        )
        if traces is None or known is None:
            continue
        traces.records.append(record)
        traces.registered = _earlier_of(traces.registered, (known.created_at, record.pair))


def _earlier_of(
    known: tuple[datetime, Pair] | None, found: tuple[datetime, Pair]
) -> tuple[datetime, Pair]:
    return found if known is None else min(known, found)


def _owner_by_record(dossier: Dossier) -> dict[Pair, int | None]:
    """Whose side each record is on; a lead's customer is on the lead's."""
    found: dict[Pair, int | None] = {}
    for record in dossier.records:
        found[record.pair] = side_of(record)
        lead = dossier.leads.get(record.record_id)
        if record.record_kind == RecordKind.LEAD and lead is not None and lead.customer_id:
            found.setdefault((RecordKind.CUSTOMER.value, lead.customer_id), side_of(record))
    return found


def _add_follow_ups(
    dossier: Dossier, lead_ids: Collection[int], customer_ids: Collection[int]
) -> None:
    """What was said: by whoever said it if they are a side, else for the record's own side.

    What was written down since the case came up is no claim, whatever day it was given.
    """
    owners, came = _owner_by_record(dossier), dossier.since
    rows = FollowUp.objects.filter(Q(lead__any_of=lead_ids) | Q(customer__any_of=customer_ids))
    counted = rows.filter(created_at__lt=came.came_up).exclude(
        pk__in=came.brought("leads.followup")
    )
    values = counted.exclude(lead__in=came.leads, lead__isnull=False).order_by("at", "id").values(
        *OF_FOLLOW_UP
    )[:MOST_FOLLOW_UPS]  # fmt: skip
    for one in values:
        pair = _pair_of_follow_up(dossier, one)
        own = owners.get(pair)
        traces = dossier.sides.get(one["member_id"]) or dossier.sides.get(own or 0)
        if traces is not None:
            traces.follow_ups.append({**one, "pair": pair})
    later = rows.filter(created_at__gte=came.came_up, created_at__lte=_waited_until(dossier.case))
    for one in later.order_by("-created_at", "-id").values(*OF_FOLLOW_UP)[:MOST_LATE]:
        pair = _pair_of_follow_up(dossier, one)
        at, said_by = one["created_at"], one["member_id"]
        dossier.late.append(Late("follow_up", said_by, owners.get(pair), at, pair, one))


def _pair_of_follow_up(dossier: Dossier, one: Mapping[str, Any]) -> Pair:
    if one["lead_id"] in dossier.leads:
        return RecordKind.LEAD.value, one["lead_id"]
    return RecordKind.CUSTOMER.value, one["customer_id"]


def _waited_until(case: CollisionCase) -> datetime:
    """Until when what is done on the client is part of the case's story."""
    ends = (case.closed_at, case.decided_at)
    known = [one for one in ends if one is not None]
    return timezone.now() if case.is_waiting or not known else min(known)


def _add_deals(dossier: Dossier, customer_ids: Collection[int]) -> None:
    """Deals, orders and quotes that were there when the case came up; won since counts as open.

    One that was lost then and opened again since is no claim either.
    """
    owners, came_up = _owner_by_record(dossier), dossier.since.came_up
    rows = Opportunity.objects.filter(customer__any_of=customer_ids)
    brought = dossier.since.brought("leads.opportunity")
    before = rows.filter(created_at__lt=came_up).exclude(pk__in=brought)
    found = list(before.order_by("created_at", "id").values(*OF_DEAL))
    was_lost = _lost_then([one["id"] for one in found], came_up)
    for one in found:
        own = owners.get((RecordKind.CUSTOMER.value, one["customer_id"]))
        owner = dossier.had_by("leads.opportunity", one["id"], one["owner_id"])
        traces = dossier.sides.get(owner or 0) or dossier.sides.get(own or 0)
        if one["stage__kind"] == StageKind.WON and one["closed_at"] and one["closed_at"] > came_up:
            one["stage__kind"] = StageKind.OPEN
        if traces is not None and one["id"] not in was_lost:
            traces.deals.append({**one})
    later = rows.filter(created_at__gte=came_up, created_at__lte=_waited_until(dossier.case))
    for one in later.order_by("-created_at", "-id").values(*OF_DEAL)[:MOST_LATE]:
        pair = (RecordKind.CUSTOMER.value, one["customer_id"])
        at, opened_by = one["created_at"], one["created_by_id"] or one["owner_id"]
        dossier.late.append(Late("deal", opened_by, owners.get(pair), at, pair, one))
    for kind in (ORDER, QUOTE):
        label = "orders.order" if kind == ORDER else "orders.quote"
        for trace in case_sources.traces_of(kind, customer_ids, came_up):
            own = owners.get((RecordKind.CUSTOMER.value, trace.customer_id))
            traces = dossier.sides.get(trace.owner_id or 0) or dossier.sides.get(own or 0)
            if traces is not None and trace.pk not in dossier.since.brought(label):
                (traces.orders if kind == ORDER else traces.quotes).append(trace)


def _lost_then(ids: Collection[int], came_up: datetime) -> set[int]:
    """Deals that had been lost when the case came up, whatever their stage is now."""
    moves = StageChange.objects.filter(opportunity__any_of=ids, at__gte=came_up).order_by("-id")
    then = dict(moves.values_list("opportunity_id", "from_stage__kind"))
    return {pk for pk, kind in then.items() if kind == StageKind.LOST}


def _add_sources(
    dossier: Dossier, lead_ids: Collection[int], customer_ids: Collection[int]
) -> None:
    """Where each side had the client from, and who it is protected for, before the case came up.

    The source is what it was then. The lead that brought the case up was there; who comes later
    has entered theirs knowing of nothing, but too late to settle anything by its source.
    """
    owners, came = _owner_by_record(dossier), dossier.since
    arrived: dict[int, datetime] = {}
    behind = Lead.objects.filter(Q(pk__any_of=lead_ids) | Q(customer__any_of=customer_ids))
    rows = list(
        behind.exclude(pk__in=came.leads).values(
            "id", "channel", "created_at", "owner_id", "customer_id"
        )
    )
    then = values_then("leads.lead", [one["id"] for one in rows], "channel", came.came_up)
    for one in rows:
        one["channel"] = then.get(one["id"], one["channel"])
    telling = {
        one["id"] for one in rows if one["channel"] in TELLING and one["created_at"] <= came.came_up
    }
    touches = Touch.objects.filter(lead__any_of=telling)
    for lead_id, at in touches.order_by("-id").values_list("lead_id", "received_at"):
        arrived[lead_id] = at
    for one in rows:
        own = owners.get((RecordKind.LEAD.value, one["id"])) or (
            owners.get((RecordKind.CUSTOMER.value, one["customer_id"]))
        )
        owner = dossier.had_by("leads.lead", one["id"], one["owner_id"])
        traces = dossier.sides.get(owner or 0) or dossier.sides.get(own or 0)
        if traces is None:
            continue
        pair = (RecordKind.LEAD.value, one["id"])
        if one["id"] not in dossier.leads and one["customer_id"]:
            pair = (RecordKind.CUSTOMER.value, one["customer_id"])
        traces.registered = _earlier_of(traces.registered, (one["created_at"], pair))
        if one["id"] not in telling:
            continue
        found = (arrived.get(one["id"], one["created_at"]), pair)
        if one["channel"] == Channel.REFERRAL:
            traces.referred = _earlier_of(traces.referred, found)
        else:
            traces.exhibited = _earlier_of(traces.exhibited, found)
    protections = CustomerProtection.objects.filter(
        customer__any_of=customer_ids, ended_at=None, until__gte=timezone.localdate()
    )
    # whoever could protect the client while others decide would decide it
    before = protections.filter(started_at__lt=came.came_up)
    brought = came.brought("leads.customerprotection")
    for protection in before.exclude(pk__in=brought).order_by("id"):
        side = dossier.sides.get(protection.holder_id)
        if side is not None:
            side.protection = protection


def facts_of(dossier: Dossier, *, now: datetime) -> Facts:
    """The case as the rules of arbitration read it."""
    sides = tuple(_side(traces) for traces in dossier.sides.values())
    return Facts(sides, now, likeness(dossier))


def _side(traces: Traces) -> Side:
    moments = [one["at"] for one in traces.effective]
    on_deals = {one["id"] for one in traces.open_deals}
    customers = {one["customer_id"] for one in traces.open_deals}
    about_deals = [
        one["at"]
        for one in traces.effective
        if one["opportunity_id"] in on_deals or one["customer_id"] in customers
    ]
    # who sends a quote works on the deal
    about_deals += [one.at for one in traces.quotes]
    sold = [one.at for one in traces.orders]
    sold += [one["closed_at"] or one["created_at"] for one in traces.won_deals]
    protection = traces.protection
    return Side(
        member=traces.party.member_id,
        is_holder=traces.party.side == CollisionSide.HOLDER,
        is_active=traces.party.member.is_active,
        registered_at=traces.registered[0] if traces.registered else None,
        protected_until=_end_of(protection) if protection else None,
        orders=len(sold),
        first_order_at=min(sold, default=None),
        open_deals=len(on_deals) + len(traces.offers),
        deal_followed_up_at=max(about_deals, default=None),
        referred_at=traces.referred[0] if traces.referred else None,
        exhibited_at=traces.exhibited[0] if traces.exhibited else None,
        follow_ups=tuple(moments),
    )


def _end_of(protection: CustomerProtection) -> datetime:
    """The last moment of the day until which a client is protected."""
    day = datetime.combine(protection.until, datetime.max.time())
    return timezone.make_aware(day)


def likeness(dossier: Dossier) -> Verdict:
    """“Different” only when credit codes say so of every newcomer's record: nothing less does."""
    held = dossier.held
    mine = _codes_of([held] if held else [])
    others = _codes_of([one for one in dossier.records if not one.is_held])
    told_apart = others and all(_says_different(a, b) for a in mine for b in others)
    return "different" if mine and told_apart else "same"


def _codes_of(records: Collection[Standing]) -> set[str]:
    """The credit codes of those that are still there, "" among them where one says none."""
    found: set[str] = set()
    for kind, model in ((RecordKind.LEAD, Lead), (RecordKind.CUSTOMER, Customer)):
        ids = [one.record_id for one in records if one.record_kind == kind]
        rows: Any = model.objects.filter(pk__any_of=ids).order_by()
        found |= set(rows.values_list("credit_code", flat=True).distinct())
    return found


def _says_different(left: str, right: str) -> bool:
    reasons = compare(Identity(credit_code=left), Identity(credit_code=right)).reasons
    return any(one.code == ReasonCode.CREDIT_CODE_DIFFERENT for one in reasons)


def snapshot(facts: Facts, rows: Mapping[int, Any]) -> dict[str, Any]:
    """The facts as they are kept with a decision, with the rows behind each side's figures."""
    kept: dict[str, Any] = {"at": facts.now.isoformat(), "likeness": facts.likeness, "sides": []}
    for side in facts.sides:
        row: dict[str, Any] = defaultdict(object)
        for name in side.__dataclass_fields__:
            value = getattr(side, name)
            if isinstance(value, tuple):
                row["follow_ups"] = len(value)
                row["first_follow_up_at"] = min(value).isoformat() if value else None
                row["last_follow_up_at"] = max(value).isoformat() if value else None
            else:
                row[name] = value.isoformat() if isinstance(value, datetime) else value
        row["rows"] = rows.get(side.member, {})
        kept["sides"].append(dict(row))
    return kept

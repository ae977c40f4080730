"""Which rows of an import are collisions: whose clients they meet, and what of it is settled."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from leads.enums import Bucket, LeadStatus, RecordKind
from leads.models import CollisionRecord, Customer, ImportBatch, ImportRow, Lead
from leads.selectors.cases import WAITING
from leads.selectors.identity import Pair

LEAD, CUSTOMER = RecordKind.LEAD.value, RecordKind.CUSTOMER.value
# Merged, converted, merged again: a record's way to what it is today is no longer than this.
LONGEST_WAY = 8


@dataclass(frozen=True)
class Held:
    """A record somebody holds, as a case is opened about it."""

    pair: Pair
    title: str
    owner_id: int | None
    created_by_id: int | None
    is_open: bool = True

    def is_anothers(self, member_id: int | None) -> bool:
        """Whether somebody else has it and works on it."""
        return self.is_open and self.owner_id is not None and self.owner_id != member_id


class Foreseen(NamedTuple):
    """The clients of others that an import will bring into cases."""

    owned: int
    probable: int


def held_now(pairs: Iterable[Pair]) -> dict[Pair, Held]:
    """What each record is today: what it was merged into, the customer a lead became.

    Records that are gone are left out. As many queries for one record as for a thousand.
    """
    wanted = set(pairs)
    at: dict[Pair, Pair] = {pair: pair for pair in wanted}
    found: dict[Pair, Held] = {}
    for _step in range(LONGEST_WAY):
        ahead = {pair for pair in at.values() if pair not in found}
        if not ahead:
            break
        moved = _read(ahead, found)
        at = {pair: moved.get(now, now) for pair, now in at.items()}
    return {pair: found[now] for pair, now in at.items() if now in found}


def _read(pairs: Collection[Pair], found: dict[Pair, Held]) -> dict[Pair, Pair]:
    """Read these records into `found`; those that became another one are answered with it."""
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, pk in pairs:
        ids[kind].append(pk)
    moved: dict[Pair, Pair] = {}
    leads = Lead.every.filter(pk__in=ids[LEAD]).values_list(
        "pk", "merged_into_id", "customer_id", "company_name", "owner_id", "created_by_id", "status"
    )
    for pk, kept, customer, name, owner, by, status in leads if ids[LEAD] else ():
        if kept or customer:
            moved[LEAD, pk] = (LEAD, kept) if kept else (CUSTOMER, customer)
        else:
            is_open = status != LeadStatus.INVALID
            found[LEAD, pk] = Held((LEAD, pk), name, owner, by, is_open)
    customers = Customer.every.filter(pk__in=ids[CUSTOMER]).values_list(
        "pk", "merged_into_id", "name", "owner_id", "created_by_id"
    )
    for pk, kept, name, owner, by in customers if ids[CUSTOMER] else ():
        if kept:
            moved[CUSTOMER, pk] = (CUSTOMER, kept)
        else:
            found[CUSTOMER, pk] = Held((CUSTOMER, pk), name, owner, by)
    return moved


def brought_by(member_id: int | None, held: Iterable[Held]) -> set[Pair]:
    """Those the member has entered or imported themselves: coming again they are no conflict."""
    records = list(held)
    if member_id is None:
        return set()
    found = {one.pair for one in records if one.created_by_id == member_id}
    customers = [pk for kind, pk in (one.pair for one in records) if kind == CUSTOMER]
    if customers:
        behind = Lead.objects.filter(customer__in=customers, created_by=member_id)
        found |= {(CUSTOMER, pk) for pk in behind.values_list("customer_id", flat=True)}
    return found


def open_cases_on(pairs: Collection[Pair]) -> dict[Pair, int]:
    """The case still to be decided in which each of these records is, the oldest."""
    rows = _inside(pairs).filter(case__state__in=WAITING).order_by("case_id")
    found: dict[Pair, int] = {}
    for kind, pk, case in rows.values_list("record_kind", "record_id", "case_id"):
        if (kind, pk) in pairs:
            found.setdefault((kind, pk), case)
    return found


def settled_with(member_id: int | None, pairs: Collection[Pair]) -> dict[Pair, int]:
    """The latest decided case between this member and whoever holds each of these records."""
    rows = _inside(pairs).exclude(case__state__in=WAITING)
    rows = rows.filter(
        case__parties__member=member_id, case__parties__side__in=["holder", "newcomer"]
    )
    values = rows.order_by("case_id").values_list("record_kind", "record_id", "case_id")
    return {(kind, pk): case for kind, pk, case in values if (kind, pk) in pairs}


def _inside(pairs: Collection[Pair]) -> QuerySet[Any]:
    rows = CollisionRecord.objects.filter(record_id__in={pk for _kind, pk in pairs})
    return rows.order_by()


def foreseen(batch: ImportBatch) -> Foreseen:
    """How many clients of others the rows collide with, and how many are probable only.

    As things stand now: what the worker finds when it runs decides.
    """
    return Foreseen(*(len(_clients_met(batch, one)) for one in (Bucket.OWNED, Bucket.PROBABLE)))


def _clients_met(batch: ImportBatch, bucket: Bucket) -> set[Pair]:
    rows = ImportRow.objects.filter(batch=batch, bucket=bucket, match_id__isnull=False)
    met_by_rows = rows.order_by().values_list("match_kind", "match_id").distinct()
    pairs = {(kind, pk or 0) for kind, pk in met_by_rows}
    if not pairs:
        return set()
    importer = batch.created_by_id
    others = [one for one in held_now(pairs).values() if one.is_anothers(importer)]
    met = {one.pair for one in others}
    if bucket == Bucket.OWNED:
        met -= brought_by(importer, others)
        met -= set(settled_with(importer, met)) - set(open_cases_on(met))
    return met

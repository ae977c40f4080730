"""Which rows of an import are collisions: whose clients they meet, and what of it is settled."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from leads.enums import Bucket, CaseState, RecordKind
from leads.models import ImportBatch, ImportRow, Lead
from leads.selectors.cases import WAITING, records_in_cases, waiting_cases_of
from leads.selectors.judgements import Pair
from leads.selectors.standing import Held, held_now

CUSTOMER = RecordKind.CUSTOMER.value


class Foreseen(NamedTuple):
    """The clients of others that an import will bring into cases."""

    owned: int
    probable: int


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


def settled_with(member_id: int | None, pairs: Collection[Pair]) -> dict[Pair, int]:
    """The latest decided case about each of these records that this member was told of."""
    if not pairs:
        return {}
    rows = records_in_cases(pairs).exclude(case__state__in=(*WAITING, CaseState.WITHDRAWN))
    rows = rows.filter(case__parties__member=member_id)
    values = rows.order_by("case_id").values_list("record_kind", "record_id", "case_id")
    return {(kind, pk): case for kind, pk, case in values}


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
        met -= set(settled_with(importer, met)) - set(waiting_cases_of(met))
    return met

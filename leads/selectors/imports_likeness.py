"""Imported rows that became leads although a record of ours is probably the same client.

What somebody else has becomes a case. What the importer has, or the rep who got the lead, or
nobody, is no conflict: it is said, and may be merged.
"""

from collections.abc import Collection
from itertools import islice

from django.db.models import Q

from crm.people.models import Member
from leads.enums import Bucket, RecordKind, TouchOutcome
from leads.models import Customer, ImportBatch, ImportRow, Lead, Touch
from leads.selectors.case_names import seen_among
from leads.selectors.imports_words import record_met
from leads.selectors.judgements import Pair, in_order, judgements_between
from leads.selectors.standing import held_now

LEAD = RecordKind.LEAD.value
AT_ONCE = 2_000  # records read at a time
# arrivals that became a lead of their own and met a record of ours without a conflict
ALIKE = Q(outcome=TouchOutcome.CREATED, case__isnull=True) & ~Q(outcome_reason="")


def own_alike(batch: ImportBatch) -> int:
    """How many probable duplicates of the file are like records of the importer's own."""
    rows = ImportRow.objects.filter(batch=batch, bucket=Bucket.PROBABLE, match_id__isnull=False)
    found = rows.order_by().values_list("match_kind", "match_id").iterator()
    own = 0
    while met := [(kind, pk or 0) for kind, pk in islice(found, AT_ONCE)]:
        held = held_now(set(met))
        own += sum(pair in held and held[pair].owner_id == batch.created_by_id for pair in met)
    return own


def likenesses(member: Member, touches: Collection[tuple[int | None, str]]) -> dict[int, Pair]:
    """Lead → the record that it is probably the same as, as far as the member may open that.

    Given leads with the reasons of their arrivals. What was judged, merged or closed since then
    is left out.
    """
    met = {lead: record_met(reason) for lead, reason in touches if lead}
    held = held_now({pair for pair in met.values() if pair})
    now = {
        lead: held[pair].pair
        for lead, pair in met.items()
        if pair in held and held[pair].is_open and held[pair].pair != (LEAD, lead)
    }
    judged = judgements_between({in_order((LEAD, lead), pair) for lead, pair in now.items()})
    seen = seen_among(member, set(now.values())) if now else set()
    return {
        lead: pair
        for lead, pair in now.items()
        if pair in seen and in_order((LEAD, lead), pair) not in judged
    }


def likeness_of(member: Member, lead: Lead) -> Lead | Customer | None:
    """The record that an imported lead is probably the same as; None where there is none."""
    if lead.import_batch_id is None:
        return None
    arrivals = Touch.objects.filter(ALIKE, lead=lead).order_by("pk")
    found = likenesses(member, list(arrivals.values_list("lead_id", "outcome_reason")[:1]))
    if lead.pk not in found:
        return None
    kind, pk = found[lead.pk]
    rows = Lead.objects if kind == LEAD else Customer.objects
    record: Lead | Customer | None = rows.filter(pk=pk).first()
    return record

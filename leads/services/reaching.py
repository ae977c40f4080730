"""Somebody works on a record: a call, a visit, a quote, an order. Is its client somebody else's?

Working is not stopped for it (a call that was made was made), unless the record is the locked
duplicate of a protected customer. The collision becomes a case by itself, once.
"""

from collections.abc import Sequence

from crm.people.models import Member
from leads.enums import CollisionOrigin, RecordKind
from leads.models import CollisionRecord, Customer, Lead
from leads.selectors.candidates import identity_of
from leads.selectors.entering import STOPS, hits_of
from leads.selectors.identity import Match, Pair, find_similar
from leads.services import collisions
from leads.services.cases import hold_subjects
from leads.services.identity import kind_of
from leads.services.protection import check_lock


def reach_for(record: Lead | Customer, *, by: Member, origin: CollisionOrigin) -> list[Match]:
    """Say that a member works on this record; the clients of others it newly collides with.

    ProtectedClient when it is locked. Follow-ups, quotes and orders call it.
    """
    check_lock(record, by)
    if record.owner_id is None:
        return []
    own = pairs_of(record)
    hits = hits_of(
        find_similar(identity_of(record), excluding=own),
        owner_id=record.owner_id,
        channel=record.channel if isinstance(record, Lead) else "",
    )
    met = [hit.match for hit in hits if hit.effect in STOPS and hit.match.owner_id is not None]
    fresh = without_cases(own, met)
    if fresh:
        # they may be reaching for this one at the same moment: then there is a case by now
        hold_subjects([*own, *(match.pair for match in fresh)])
        fresh = without_cases(own, fresh)
    if fresh:
        collisions.report(record, fresh, by=by, explanation="", origin=origin)
    return fresh


def pairs_of(record: Lead | Customer) -> list[Pair]:
    """The record itself and the customer it became."""
    found = [(kind_of(record).value, record.pk)]
    if isinstance(record, Lead) and record.customer_id:
        found.append((RecordKind.CUSTOMER.value, record.customer_id))
    return found


def without_cases(own: Sequence[Pair], met: Sequence[Match]) -> list[Match]:
    """Those that never stood in one case with the record: what was settled stays settled."""
    if not met:
        return []
    known: set[Pair] = set()
    for kind, pk in own:
        mine = CollisionRecord.objects.filter(record_kind=kind, record_id=pk).values("case")
        rows = CollisionRecord.objects.filter(case__in=mine)
        known |= set(rows.values_list("record_kind", "record_id"))
    return [match for match in met if match.pair not in known]

"""What came to the records of a case after it had come up: it is no claim for anybody.

Whoever could log, move or reword something while others decide would else make their own claim.
What counts is when a thing was written down, never the day it was given.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.audit.models import OperationLog
from leads.enums import RecordKind
from leads.models import CollisionCase, Lead, Merge, MergeStep
from leads.selectors.identity import Pair

KINDS = {RecordKind.LEAD.value: "leads.lead", RecordKind.CUSTOMER.value: "leads.customer"}


@dataclass(frozen=True)
class Since:
    """Rows that a merge moved here (by model), and leads that became part of the client."""

    came_up: datetime
    moved: Mapping[str, frozenset[int]]
    leads: frozenset[int]

    def brought(self, label: str) -> frozenset[int]:
        return self.moved.get(label, frozenset())


def since(case: CollisionCase, lead_ids: Iterable[int], customer_ids: Collection[int]) -> Since:
    """What other records brought to these, by conversion or merge, since the case came up."""
    came_up = case.opened_at
    joined = Lead.every.filter(customer__any_of=customer_ids, converted_at__gte=came_up)
    converted = set(joined.values_list("pk", flat=True)) - set(lead_ids)
    merges = Merge.objects.filter(at__gte=came_up, undone_at=None)
    found = {
        one["pk"]: (one["gone_kind"], one["gone_id"])
        for kind, ids in (("lead", lead_ids), ("customer", customer_ids))
        for one in merges.filter(kept_kind=kind, kept_id__any_of=ids).values(
            "pk", "gone_kind", "gone_id"
        )
    }
    others = {(RecordKind.LEAD.value, pk) for pk in converted} | set(found.values())
    strange = others - _stood_in(case, others)
    return Since(
        came_up,
        _moved_by([pk for pk, pair in found.items() if pair in strange]),
        frozenset(pk for kind, pk in strange if kind == RecordKind.LEAD),
    )


def _stood_in(case: CollisionCase, pairs: Collection[Pair]) -> set[Pair]:
    """Those of the records that were in the case under their own name; their stories say so."""
    kinds = {label: kind for kind, label in KINDS.items()}
    rows = OperationLog.objects.filter(
        action="collision.noticed_in_case",
        subject_kind__in=kinds,
        subject_id__any_of={pk for _kind, pk in pairs},
        details__name=case.number,
    )
    told = rows.values_list("subject_kind", "subject_id") if pairs else ()
    return {(kinds[label], pk) for label, pk in told if pk is not None} & set(pairs)


def _moved_by(merges: Collection[int]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    steps = MergeStep.objects.filter(merge__in=merges) if merges else MergeStep.objects.none()
    for label, ids in steps.values_list("model", "record_ids"):
        found[label] |= set(ids)
    return {label: frozenset(ids) for label, ids in found.items()}


def values_then(label: str, ids: Collection[int], column: str, came_up: datetime) -> dict[int, Any]:
    """What a column of these rows held when the case came up, where it was changed since."""
    rows = OperationLog.objects.filter(
        action="record.changed",
        subject_kind=label,
        subject_id__any_of=ids,
        at__gte=came_up,
        details__fields__has_key=column,
    )
    values = rows.order_by("-id").values_list("subject_id", f"details__fields__{column}")
    return {pk: pair[0] for pk, pair in values} if ids else {}

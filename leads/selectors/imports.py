"""Questions about imports and what came in through the channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from crm.access import policy
from crm.people.models import Member
from leads.enums import Bucket, Channel, ImportState, TouchOutcome
from leads.models import ImportBatch, ImportRow, Touch

IMPORT = "leads.import_lead"
CONFIRMED = (ImportState.CHECKED, ImportState.RUNNING, ImportState.DONE, ImportState.CANCELLED)


def imports() -> QuerySet[ImportBatch]:
    """Every import, newest first."""
    return ImportBatch.objects.select_related("file", "created_by", "job").order_by("-id")


def mapping_remembered_for(signature: str) -> dict[str, str] | None:
    """The columns somebody chose last time for a file with this header."""
    earlier = ImportBatch.objects.filter(signature=signature, state__in=CONFIRMED)
    mapping: dict[str, str] | None = (
        earlier.order_by("-id").values_list("mapping", flat=True).first()
    )
    return mapping


def bucket_counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows the dry run put into each bucket, empty ones included."""
    return {bucket.value: int(batch.counts.get(bucket.value, 0)) for bucket in Bucket}


def rows_of(batch: ImportBatch, bucket: str = "") -> QuerySet[ImportRow]:
    """The rows of an import, of one bucket or all."""
    rows = ImportRow.objects.filter(batch=batch)
    return rows.filter(bucket=bucket) if bucket in Bucket.values else rows


def touches_of(batch: ImportBatch) -> QuerySet[Touch]:
    """What became of the rows of an import."""
    return Touch.objects.filter(import_batch=batch)


def collided_are_all_in_cases(batch: ImportBatch) -> bool:
    """Whether "collided" and "in a case" are the same rows of this import."""
    collided = Q(outcome=TouchOutcome.COLLIDED)
    in_case = Q(case__isnull=False)
    rows = touches_of(batch)
    return (
        rows.filter(in_case).exists()
        and not rows.filter((collided & ~in_case) | (in_case & ~collided)).exists()
    )


def leads_of_rows(batch: ImportBatch, alike: Mapping[int, int]) -> dict[int, int]:
    """Row → the lead that the earlier row of the file it is like has become by now."""
    if not alike:
        return {}
    rows = touches_of(batch).filter(
        payload__row__in=sorted(set(alike.values())), lead__isnull=False
    )
    leads = dict(rows.order_by().values_list("payload__row", "lead_id"))
    return {row: leads[earlier] for row, earlier in alike.items() if earlier in leads}


@dataclass(frozen=True)
class Balance:
    """A channel's arrivals: received = created + attached + collided + rejected + pending."""

    channel: str
    outcomes: dict[str, int]

    @property
    def received(self) -> int:
        return sum(self.outcomes.values())

    @property
    def settled(self) -> int:
        """Arrivals that have become something."""
        return self.received - self.outcomes.get(TouchOutcome.PENDING, 0)


def channel_balances() -> list[Balance]:
    """Every channel with what became of its arrivals, in the channels' own order."""
    rows = Touch.objects.order_by().values_list("channel", "outcome").annotate(number=Count("id"))
    found: dict[str, dict[str, int]] = {}
    for channel, outcome, number in rows:
        found.setdefault(channel, {})[outcome] = number
    return [Balance(channel, found.get(channel, {})) for channel in Channel.values]


def touches(channels: Sequence[str] = (), outcomes: Sequence[str] = ()) -> QuerySet[Any]:
    """Arrivals, newest first."""
    found = Touch.objects.all()
    if channels:
        found = found.filter(channel__in=channels)
    if outcomes:
        found = found.filter(outcome__in=outcomes)
    return found.order_by("-id")


def visible_imports(member: Member) -> QuerySet[ImportBatch]:
    """All imports for who may import for everybody, one's own for the others."""
    reach = policy.reach_of(member, IMPORT)
    if reach is not None and reach.is_all:
        return imports()
    return imports().filter(created_by=member)

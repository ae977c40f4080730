"""The rows of imports that a case rests on: evidence, in words for whoever may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.access import policy
from crm.people.models import Member
from crm.tabular.headers import column_letter
from leads.models import CollisionCase, ImportBatch, Touch
from leads.selectors.case_rights import may_decide
from leads.selectors.imports import IMPORT, visible_imports

MOST = 20


@dataclass(frozen=True)
class Arrival:
    """A row by which somebody reached for the client, and what it says where that may be read."""

    file: str
    row: int
    at: datetime
    by: Member | None
    facts: list[tuple[str, str]]


def arrivals_of(case: CollisionCase, reader: Member) -> list[Arrival]:
    """The latest rows that came into the case; their cells only for importers and deciders."""
    touches = Touch.objects.filter(case=case, import_batch__isnull=False)
    rows = touches.select_related("import_batch__file", "import_batch__created_by")
    found = list(rows.order_by("-id")[:MOST])
    readable = _readable(case, reader, [one.import_batch for one in found])
    return [_arrival(one, is_open=one.import_batch_id in readable) for one in found]


def _readable(
    case: CollisionCase, reader: Member, batches: Sequence[ImportBatch | None]
) -> set[int]:
    ids = {one.pk for one in batches if one is not None}
    if not ids or may_decide(reader, case):
        return ids
    if not policy.allowed(reader, IMPORT):
        return set()
    return set(visible_imports(reader).filter(pk__in=ids).order_by().values_list("pk", flat=True))


def _arrival(touch: Touch, *, is_open: bool) -> Arrival:
    batch: Any = touch.import_batch
    cells = touch.payload.get("values", []) if is_open else []
    facts = [(_name(batch, place), str(cell)) for place, cell in enumerate(cells) if cell]
    row = int(touch.payload.get("row", 0))
    return Arrival(batch.file.name, row, touch.received_at, batch.created_by, facts)


def _name(batch: ImportBatch, place: int) -> str:
    name = batch.header[place] if place < len(batch.header) else ""
    return name or column_letter(place)

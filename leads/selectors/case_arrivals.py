"""The rows of imports that a case rests on: evidence, in words for whoever may read it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm import coded
from crm.access import policy
from crm.people.models import Member
from crm.tabular.headers import column_letter
from leads.enums import IMPORTED_ROW
from leads.models import CollisionCase, ImportBatch, Touch
from leads.selectors.case_rights import may_decide
from leads.selectors.imports import IMPORT, visible_imports

MOST = 20
ONCE_KEPT = re.compile(r".+\.(?:csv|tsv|txt|xlsx?) #(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Arrival:
    """A row by which somebody reached for the client, and what it says where that may be read."""

    # "" for who may not see the import: a file's name tells of others than this client
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
    seen = _seen(reader, {one.import_batch_id for one in found if one.import_batch_id})
    is_asked = bool(found) and may_decide(reader, case)
    return [_arrival(one, is_seen=one.import_batch_id in seen, is_asked=is_asked) for one in found]


def why_in_words(stored: str) -> str:
    """Why a record came into a case; of an imported row never the file, which once stood there."""
    once = ONCE_KEPT.fullmatch(stored)
    return coded.in_words(IMPORTED_ROW.of(once[1]) if once else stored)


def _seen(reader: Member, ids: Collection[int]) -> set[int]:
    """Those of the imports that the reader may see."""
    if not ids or not policy.allowed(reader, IMPORT):
        return set()
    return set(visible_imports(reader).filter(pk__in=ids).order_by().values_list("pk", flat=True))


def _arrival(touch: Touch, *, is_seen: bool, is_asked: bool) -> Arrival:
    batch: Any = touch.import_batch
    cells = touch.payload.get("values", []) if is_seen or is_asked else []
    facts = [(_name(batch, place), str(cell)) for place, cell in enumerate(cells) if cell]
    row = int(touch.payload.get("row", 0))
    file = batch.file.name if is_seen else ""
    return Arrival(file, row, touch.received_at, batch.created_by, facts)


def _name(batch: ImportBatch, place: int) -> str:
    name = batch.header[place] if place < len(batch.header) else ""
    return name or column_letter(place)

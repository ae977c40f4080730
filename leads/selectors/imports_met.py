"""The records that rows of a file met, as far as the reader of the rows may know them.

What a row says of a record its reader may not see is what a redacted card would say whose reader
had typed the row: a file of phone numbers is no way to learn whose they are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from crm.people.models import Member
from leads.enums import CardFact, NameOnCard, RecordKind
from leads.identity import Reason, ReasonCode
from leads.models import Customer, ImportBatch, ImportRow, Lead
from leads.redaction import best_mask
from leads.selectors.case_names import seen_among
from leads.selectors.entering import collision_settings
from leads.selectors.identity import Pair
from leads.selectors.similar import TELLS_OF_THE_HIDDEN
from leads.words import reason_words

NAMES: tuple[tuple[str, Any, str], ...] = (
    (RecordKind.LEAD.value, Lead, "company_name"),
    (RecordKind.CUSTOMER.value, Customer, "name"),
)
PAIRED = frozenset(kind for kind, _model, _name in NAMES)
AT_ONCE = 2_000  # rows of a file read at a time


@dataclass(frozen=True)
class Met:
    """A record that rows met; whose name is whole only to whoever sees it."""

    name: str
    owner: str
    is_visible: bool
    is_named: bool

    def name_for(self, *typed: str) -> str:
        """What the record is called where this was in the row."""
        return self.name if self.is_named else best_mask(self.name, typed)

    def reasons(self, told: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """Why the row met it, as far as that speaks of the row."""
        found = [Reason(ReasonCode(one["code"]), one["params"]) for one in told]
        if not self.is_visible:
            found = [one for one in found if one.code not in TELLS_OF_THE_HIDDEN]
        return reason_words(found)


NOBODY = Met("", "", is_visible=True, is_named=True)


def records_met(member: Member, pairs: Collection[Pair]) -> dict[Pair, Met]:
    """The records as the member may read of them; those that are gone are left out."""
    settings, seen = collision_settings(), seen_among(member, pairs)
    found: dict[Pair, Met] = {}
    for kind, model, name in NAMES:
        rows = model.objects.filter(pk__in=[pk for own, pk in pairs if own == kind])
        for pk, called, owner in rows.values_list("pk", name, "owner__name"):
            is_seen = (kind, pk) in seen
            found[kind, pk] = Met(
                name=called,
                owner=(owner or "") if is_seen or CardFact.OWNER in settings.card_shows else "",
                is_visible=is_seen,
                is_named=is_seen or settings.name_on_card == NameOnCard.WHOLE,
            )
    return found


def company_in(fields: Mapping[str, str], values: Sequence[str], batch: ImportBatch) -> str:
    """The company as a row has it: read, or else as the cell stands."""
    return fields.get("company_name") or cell_of(values, "company_name", batch)


def cell_of(values: Sequence[str], field: str, batch: ImportBatch) -> str:
    """What stands in the column that was chosen for the field."""
    for index, name in batch.mapping.items():
        if name == field and int(index) < len(values):
            return values[int(index)] or ""
    return ""


def with_records(member: Member, rows: Iterable[ImportRow]) -> Iterator[tuple[ImportRow, Met]]:
    """Each row with what it met, however many there are."""
    left = iter(rows)
    while lot := list(islice(left, AT_ONCE)):
        met = records_met(member, {pair for row in lot if (pair := pair_of(row))})
        for row in lot:
            yield row, met.get(pair_of(row) or ("", 0), NOBODY)


def pair_of(row: ImportRow) -> Pair | None:
    """The record a row met; None where there is none."""
    if row.match_kind not in PAIRED or row.match_id is None:
        return None
    return row.match_kind, row.match_id

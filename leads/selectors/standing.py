"""What a record is today: what it was merged into, the customer that a lead became."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from leads.enums import LeadStatus, RecordKind
from leads.models import Customer, Lead
from leads.selectors.judgements import Pair

LEAD, CUSTOMER = RecordKind.LEAD.value, RecordKind.CUSTOMER.value
# Merged, converted, merged again: a record's way to what it is today is no longer than this.
LONGEST_WAY = 12


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


def held_now(pairs: Iterable[Pair]) -> dict[Pair, Held]:
    """What each record is today: what it was merged into, the customer a lead became.

    Records that are gone are left out. As many queries for one record as for a thousand.
    """
    wanted = {pair for pair in pairs if pair[0] in (LEAD, CUSTOMER)}
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

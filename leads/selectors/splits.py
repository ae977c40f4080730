"""To whom the orders of a shared client are credited, and for how long."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.people.models import Member
from crm.sharing.selectors.commission import Parts, all_changes_of_hand
from crm.web.formats import Formats
from leads.enums import RecordKind
from leads.models import ClientSplit, Customer, Lead, Merge, MergeStep
from leads.selectors.identity import Pair

KEYS = {"leads.lead": RecordKind.LEAD, "leads.customer": RecordKind.CUSTOMER}


@dataclass(frozen=True)
class SharedClient:
    """A client as it is shared now: percent by member, the largest first, by which case."""

    split: ClientSplit
    parts: Sequence[tuple[Member, int]]

    @property
    def words(self) -> str:
        """王磊 60% · 李娜 40%."""
        return words_of(self.parts)


def words_of(parts: Sequence[tuple[Member, int]]) -> str:
    return " · ".join(f"{member.name} {percent}%" for member, percent in parts)


def splits_of(kind: str, pk: int, *, until: datetime) -> list[ClientSplit]:
    """Every split of this record that had begun by then, in order."""
    rows = ClientSplit.objects.filter(record_kind=kind, record_id=pk, began_at__lte=until)
    return list(rows.select_related("case").order_by("began_at", "pk"))


def live_splits(kind: str, ids: Collection[int]) -> dict[int, ClientSplit]:
    """The split by which each of these records is shared now, where one is."""
    now = timezone.now()
    found = held_splits(kind, ids)
    return {pk: one for pk, one in found.items() if len(one.parts_at(now)) > 1}


def owners_of(kind: str, ids: Collection[int]) -> dict[int, int | None]:
    """Whose these leads or customers are."""
    model: Any = Lead if kind == RecordKind.LEAD else Customer
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "owner_id")) if ids else {}


def held_splits(kind: str, ids: Collection[int]) -> dict[int, ClientSplit]:
    """The last split of each record that has not gone over since, whoever still has a part."""
    rows = ClientSplit.objects.filter(record_kind=kind, record_id__in=ids, over_at=None)
    latest = {one.record_id: one for one in rows.select_related("case").order_by("began_at", "pk")}
    owners = owners_of(kind, latest)
    kept = {pk: one for pk, one in latest.items() if owners.get(pk) == one.main_id}
    # given away since, even if it has come back
    given = all_changes_of_hand(f"leads.{kind}", kept) if kept else {}
    return {
        pk: one
        for pk, one in kept.items()
        if not any(change.at > one.began_at for change in given[pk])
    }


def shared_clients(kind: str, ids: Collection[int]) -> dict[int, SharedClient]:
    """The same with the people in it."""
    found, now = live_splits(kind, ids), timezone.now()
    wanted = {pk for one in found.values() for pk in one.parts_at(now)}
    people = Member.objects.in_bulk(wanted) if wanted else {}
    return {pk: SharedClient(one, in_order(one.parts_at(now), people)) for pk, one in found.items()}


def in_order(parts: Mapping[int, int], people: Mapping[int, Member]) -> list[tuple[Member, int]]:
    """Percent by member, the largest first."""
    largest = sorted(parts.items(), key=lambda one: (-one[1], one[0]))
    return [(people[pk], percent) for pk, percent in largest]


def parts_of(key: str, ids: Collection[int]) -> list[Parts]:
    """What a transfer of these records would end: registered with crm.sharing."""
    kind = KEYS.get(key)
    if kind is None:
        return []
    found = shared_clients(kind, ids)
    return [Parts(one.split.pk, one.split.case.number, one.words) for one in found.values()]


def entered_for(order_id: int, customer_id: int) -> int:
    """The customer an order was entered for: merges may have moved it to another since."""
    pair: Pair = (RecordKind.CUSTOMER.value, customer_id)
    while True:
        into = Merge.objects.filter(kept_kind=pair[0], kept_id=pair[1], undone_at=None)
        moved = MergeStep.objects.filter(
            merge__in=into, model="orders.order", column="customer", record_ids__contains=[order_id]
        )
        before = moved.order_by("merge_id").values_list("before_id", flat=True).first()
        if before is None:
            return pair[1]
        pair = (pair[0], before)


def split_in_words(changes: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> list[str]:
    """To whom orders are credited by a decision, and from when."""
    found: dict[str, None] = {}
    for one in changes:
        if one["what"] != "split":
            continue
        shares = {int(pk): percent for pk, percent in one["shares"].items()}
        largest = sorted(shares.items(), key=lambda part: (-part[1], part[0]))
        parts = " · ".join(f"{names.get(pk, '')} {percent}%" for pk, percent in largest)
        day = Formats.current().day(date.fromisoformat(one["starts_on"]))
        words = _("Orders entered from now on and dated from %(day)s on are credited to %(parts)s")
        found[words % {"day": day, "parts": parts}] = None
    return list(found)

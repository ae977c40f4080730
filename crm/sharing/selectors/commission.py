"""The cut-off of commission: what changed hands, and from which day that counts for whom."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.people.models import Member
from crm.sharing.enums import Outcome
from crm.sharing.models import Movement
from crm.sharing.nouns import Noun, along_of, noun
from crm.web.formats import Formats

# what was undone but had moved on by then did change hands
HAPPENED = (Outcome.MOVED, Outcome.MOVED_ON)


def bears_commission(of: Noun) -> bool:
    """Whether such records, or what goes along with them, are dated and so earn somebody money."""
    return bool(of.dated) or any(noun(one.key).dated for one in along_of(of))


@dataclass(frozen=True)
class ChangeOfHand:
    """A record that went from one member to another, and from when its orders count for whom."""

    at: datetime
    giver: Member | None
    receiver: Member
    # none for what moved before there were cut-offs
    cutoff: date | None

    @property
    def giver_id(self) -> int | None:
        return self.giver.pk if self.giver else None

    @property
    def receiver_id(self) -> int:
        return int(self.receiver.pk)


Source = Callable[[str, Collection[int]], Mapping[int, Sequence[ChangeOfHand]]]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Let an app tell of records it gave to somebody else, by key and ids, until undone."""
    if source not in _sources:
        _sources.append(source)


def changes_of_hand(key: str, pk: int, *, until: datetime | None = None) -> list[ChangeOfHand]:
    """Every time one record changed hands with a say on commission and was not undone, in order."""
    found = all_changes_of_hand(key, [pk])[pk]
    return [one for one in found if until is None or one.at <= until]


def all_changes_of_hand(key: str, ids: Collection[int]) -> dict[int, list[ChangeOfHand]]:
    """The same of many records, asked at once."""
    found: dict[int, list[ChangeOfHand]] = {pk: [] for pk in ids}
    rows = Movement.objects.filter(holding=key, record_id__in=found, outcome__in=HAPPENED)
    people = ("giver", "receiver", "transfer", "hand_over")
    for one in rows.select_related(*people).order_by("at", "pk"):
        found[one.record_id].append(_moved(one))
    for source in _sources if found else ():
        for pk, changes in source(key, found).items():
            found[pk] += changes
    return {pk: sorted(changes, key=lambda one: one.at) for pk, changes in found.items()}


def _moved(one: Movement) -> ChangeOfHand:
    cutoff: date | None = (one.transfer or one.hand_over).commission_cutoff
    return ChangeOfHand(cast("datetime", one.at), one.giver, one.receiver, cutoff)


def cutoff_detail(of: Noun, cutoff: date | None) -> dict[str, str]:
    """What the record's story says of it."""
    return {"cutoff": cutoff.isoformat()} if cutoff is not None and bears_commission(of) else {}


@dataclass(frozen=True)
class Parts:
    """A client whose orders are credited to several, until it goes to somebody else."""

    pk: int
    number: str
    words: str


PartsSource = Callable[[str, Sequence[int]], Sequence[Parts]]
_parts_sources: list[PartsSource] = []


def register_parts(source: PartsSource) -> None:
    """Let an app tell which of some records, by key and ids, are credited to several."""
    if source not in _parts_sources:
        _parts_sources.append(source)


def parts_of(key: str, ids: Sequence[int]) -> list[Parts]:
    """What these records' going to somebody else would end."""
    return [one for source in _parts_sources for one in source(key, ids)]


def words_on_parts(found: Sequence[Parts], cutoff: date) -> str:
    """From when the new owner alone is credited where several are now."""
    if not found:
        return ""
    if len(found) == 1:
        words = _(
            "Shared by %(number)s: %(parts)s. Orders dated from %(day)s on are the new owner's"
            " alone."
        )
        values = {"number": found[0].number, "parts": found[0].words}
    else:
        words = _(
            "%(count)s of them are shared by collision cases: orders dated from %(day)s on are the"
            " new owner's alone."
        )
        values = {"count": str(len(found))}
    return words % {**values, "day": Formats.current().day(cutoff)}


def words_on_orders(of: Noun, rows: QuerySet[Any], cutoff: date) -> str:
    """How many of the moving orders would stay credited to who gives them."""
    earlier = rows.filter(**{f"{of.dated}__lt": cutoff}).count()
    if not earlier:
        return ""
    words = ngettext(
        "%(count)s order is dated before %(day)s: its commission stays with whoever has it.",
        "%(count)s orders are dated before %(day)s: their commission stays with whoever has it.",
        earlier,
    )
    return words % {"count": earlier, "day": Formats.current().day(cutoff)}


def words_on_cutoff(cutoff: date | None) -> str:
    """From when commission counts for the new owner."""
    if cutoff is None:
        return _("the day it takes effect")
    return Formats.current().day(cutoff)

"""The cut-off of commission: what changed hands, and from which day that counts for whom."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.sharing.enums import Outcome
from crm.sharing.models import Movement
from crm.sharing.nouns import Noun, along_of, noun
from crm.web.formats import Formats

# what was undone but had moved on by then did change hands
HAPPENED = (Outcome.MOVED, Outcome.MOVED_ON)


def bears_commission(of: Noun) -> bool:
    """Whether such records, or what goes along with them, are dated and so earn somebody money."""
    return bool(of.dated) or any(noun(one.key).dated for one in along_of(of))


def changes_of_hand(key: str, pk: int, *, until: datetime | None = None) -> list[Movement]:
    """The transfers and hand-overs of one record that happened and were not undone, in order."""
    rows = Movement.objects.filter(
        Q() if until is None else Q(at__lte=until),
        holding=key,
        record_id=pk,
        outcome__in=HAPPENED,
    )
    people = ("giver", "receiver", "transfer", "hand_over")
    return list(rows.select_related(*people).order_by("at", "pk"))


def cutoff_of(one: Movement) -> date | None:
    """From this day on orders count for the receiver; none for what moved before there were any."""
    found: date | None = (one.transfer or one.hand_over).commission_cutoff
    return found


def cutoff_detail(of: Noun, cutoff: date | None) -> dict[str, str]:
    """What the record's story says of it."""
    return {"cutoff": cutoff.isoformat()} if cutoff is not None and bears_commission(of) else {}


def words_on_orders(of: Noun, rows: QuerySet[Any], cutoff: date) -> str:
    """How many of the moving orders would stay credited to who gives them."""
    earlier = rows.filter(**{f"{of.dated}__lt": cutoff}).count()
    if not earlier:
        return ""
    words = ngettext(
        "%(count)s order is dated before %(day)s: its commission stays with the present owner.",
        "%(count)s orders are dated before %(day)s: their commission stays with the present owner.",
        earlier,
    )
    return words % {"count": earlier, "day": Formats.current().day(cutoff)}


def words_on_cutoff(cutoff: date | None) -> str:
    """From when commission counts for the new owner."""
    if cutoff is None:
        return _("the day it takes effect")
    return Formats.current().day(cutoff)

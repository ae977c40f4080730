"""Two people wrote in one quote or order: what the other saved, and what this one typed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from crm.people.models import Member
from orders.models import PricedDocument
from orders.selectors.snapshots import snapshot
from orders.selectors.versions import OrderDiff, head_changes, line_changes


@dataclass(frozen=True)
class Conflict:
    """Who saved meanwhile, as which version, and how what was typed differs from theirs."""

    who: str
    version: int
    diff: OrderDiff


def conflict_of(document: PricedDocument, save: Callable[[int], PricedDocument]) -> Conflict:
    """Compare without saving: `save`, given the version, writes what was typed in a savepoint."""
    current = type(document).objects.select_related("customer", "contact").get(pk=document.pk)
    theirs = snapshot(current)
    with transaction.atomic():
        mine = snapshot(save(current.version))
        transaction.set_rollback(True)
    diff = OrderDiff(
        current.version,
        current.version + 1,
        head_changes(theirs, mine),
        line_changes(theirs, mine),
    )
    return Conflict(who_saved(current), current.version, diff)


def who_saved(document: PricedDocument) -> str:
    """The name of whoever changed it last."""
    event = document.history.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    member_id = (event.pgh_context or {}).get("member") if event else None
    member = Member.objects.filter(pk=member_id).first() if member_id else None
    return member.name if member else ""

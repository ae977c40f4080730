"""Two people wrote in one order: what the other saved, and what this one typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from crm.people.models import Member
from orders.drafts import LineDraft, Terms
from orders.models import Order
from orders.selectors.versions import OrderDiff, head_changes, line_changes
from orders.services.editing import save_order
from orders.services.versions import snapshot


@dataclass(frozen=True)
class Conflict:
    """Who saved meanwhile, as which version, and how the typed order differs from theirs."""

    who: str
    version: int
    diff: OrderDiff


def conflict_of(*, order_id: int, terms: Terms, lines: Sequence[LineDraft]) -> Conflict:
    """Compare without saving: the typed order is written and taken back in a savepoint."""
    current = Order.objects.select_related("customer", "contact").get(pk=order_id)
    theirs = snapshot(current)
    with transaction.atomic():
        typed, _priced = save_order(
            order_id=order_id, version=current.version, terms=terms, lines=lines
        )
        mine = snapshot(typed)
        transaction.set_rollback(True)
    diff = OrderDiff(
        current.version,
        current.version + 1,
        head_changes(theirs, mine),
        line_changes(theirs, mine),
    )
    return Conflict(who_saved(current), current.version, diff)


def who_saved(order: Order) -> str:
    """The name of whoever changed the order last."""
    event = order.history.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    member_id = (event.pgh_context or {}).get("member") if event else None
    member = Member.objects.filter(pk=member_id).first() if member_id else None
    return member.name if member else ""

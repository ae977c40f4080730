"""Whose order it is when commission is counted: the owner, unless a cut-off or a split says more.

Always the whole of it: the parts of everybody credited make a hundred percent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm.money import split_money
from crm.people.models import Member
from crm.sharing.selectors.commission import ChangeOfHand, changes_of_hand
from crm.tenancy.clock import organization_zone
from leads.models import ClientSplit
from leads.selectors.splits import entered_for, in_order, splits_of
from orders.models import Order

WHOLE = 100


@dataclass(frozen=True)
class Share:
    """One who is credited, with which part of a hundred, and the cut-off that had a say."""

    member: Member | None
    percent: int = WHOLE
    cutoff: date | None = None


@dataclass(frozen=True)
class Credit:
    """Who is credited with an order, the largest part first; together a hundred percent.

    `split` is the decision by which a case shared the client, where one had a say.
    """

    shares: tuple[Share, ...]
    split: ClientSplit | None = None

    @classmethod
    def whole(cls, member: Member | None, cutoff: date | None = None) -> "Credit":
        """All of it one member's."""
        return cls((Share(member, WHOLE, cutoff),))

    @property
    def cutoff(self) -> date | None:
        """The cut-off that had a say, if one did."""
        return next((one.cutoff for one in self.shares if one.cutoff), None)

    @property
    def members(self) -> dict[Member | None, int]:
        return {one.member: one.percent for one in self.shares}

    def amounts(self, amount: Decimal) -> list[Decimal]:
        """The amount in the same parts, to the cent."""
        return split_money(amount, [one.percent for one in self.shares])


def credit_of(order: Order) -> Credit:
    """Orders dated before a cut-off stay with who held them then; later ones are the new owner's.

    An order of a client that a case shared is credited in its parts. An owner who changed in any
    other way takes the credit along.
    """
    own = changes_of_hand("orders.order", order.pk)
    credit = _entered_under(order, own[0].giver if own else order.owner)
    holder = own[0].giver_id if own else order.owner_id
    for one in own:
        if one.giver_id != holder:
            credit = Credit.whole(one.giver)
        credit = _after(credit, one, order.order_date)
        holder = one.receiver_id
    return credit if holder == order.owner_id else Credit.whole(order.owner)


def _after(credit: Credit, one: ChangeOfHand, dated: date) -> Credit:
    """Who is credited once the order itself has changed hands: the giver's part goes along."""
    cutoff = one.cutoff
    if one.giver_id is None or cutoff is None:
        return Credit.whole(one.receiver)
    if dated < cutoff:
        return replace(credit, shares=tuple(replace(it, cutoff=cutoff) for it in credit.shares))
    if one.giver not in credit.members:
        return credit
    found: dict[Member | None, Share] = {}
    for share in credit.shares:
        goes = share.member == one.giver
        member, day = (one.receiver, cutoff) if goes else (share.member, share.cutoff)
        known = found.get(member)
        percent = share.percent + (known.percent if known else 0)
        found[member] = Share(member, percent, day or (known.cutoff if known else None))
    return replace(credit, shares=tuple(found.values()))


def _entered_under(order: Order, owner: Member | None) -> Credit:
    """Entered for a customer who was shared, or had changed hands but is dated before that."""
    client = entered_for(order.pk, order.customer_id)
    earlier = changes_of_hand("leads.customer", client, until=order.created_at)
    split = _split_over(order, client, earlier)
    if split is not None:
        return _in_parts(split, order)
    credit = Credit.whole(owner)
    for one in reversed(earlier):
        cutoff = one.cutoff
        if cutoff is None or one.giver is None or credit.shares[0].member != one.receiver:
            break
        if order.order_date >= cutoff:
            break
        credit = Credit.whole(one.giver, cutoff)
    return credit


def _split_over(order: Order, client: int, earlier: Sequence[ChangeOfHand]) -> ClientSplit | None:
    """The split that held for the customer on the day of the order, by what was known at its entry.

    The latest event that counts for that day answers: a split begins, or the client goes over.
    """
    events: list[tuple[datetime, int, Any]] = [(one.at, 0, one) for one in earlier]
    begun = splits_of("customer", client, until=order.created_at)
    events += [(one.began_at, 1, one) for one in begun]
    for _at, is_split, one in sorted(events, key=lambda it: it[:2], reverse=True):
        if is_split and order.order_date >= one.starts_on:
            is_over = one.over_at is not None and _counts(one.over_at, order)
            return None if is_over else one
        if not is_split and (one.cutoff is None or order.order_date >= one.cutoff):
            return None
    return None


def _counts(end: datetime, order: Order) -> bool:
    """Whether what ended then had ended for this order: entered later, and dated from that day."""
    day = end.astimezone(organization_zone()).date()
    return end <= order.created_at and order.order_date >= day


def _in_parts(split: ClientSplit, order: Order) -> Credit:
    parts = split.parts_when(lambda end: _counts(end, order))
    people: Mapping[int, Member] = Member.objects.in_bulk(parts)
    shares = tuple(Share(member, percent) for member, percent in in_order(parts, people))
    return Credit(shares, split)

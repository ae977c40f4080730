"""Whose order it is when commission is counted: the owner, unless a cut-off says otherwise."""

from dataclasses import dataclass
from datetime import date

from crm.people.models import Member
from crm.sharing.selectors.commission import ChangeOfHand, changes_of_hand
from orders.models import Order


@dataclass(frozen=True)
class Credit:
    """Who is credited with an order, and the cut-off that decided it, if one did."""

    member: Member | None
    cutoff: date | None = None


def credited_member(order: Order) -> Member | None:
    """Who is credited with the order."""
    return credit_of(order).member


def credit_of(order: Order) -> Credit:
    """Orders dated before a cut-off stay with who held them then; later ones are the new owner's.

    An owner who changed in any other way takes the credit along.
    """
    own = changes_of_hand("orders.order", order.pk)
    credit = _entered_under(order, own[0].giver if own else order.owner)
    holder = own[0].giver_id if own else order.owner_id
    for one in own:
        if one.giver_id != holder:
            credit = Credit(one.giver)
        credit = _after(credit, one, order.order_date)
        holder = one.receiver_id
    return credit if holder == order.owner_id else Credit(order.owner)


def _after(credit: Credit, one: ChangeOfHand, dated: date) -> Credit:
    """Who is credited once it has changed hands."""
    cutoff = one.cutoff
    if one.giver_id is None or cutoff is None:
        return Credit(one.receiver)
    if dated < cutoff:
        return Credit(credit.member, cutoff)
    return Credit(one.receiver, cutoff) if credit.member == one.giver else credit


def _entered_under(order: Order, owner: Member | None) -> Credit:
    """Entered for a customer who had changed hands, but dated before that counts."""
    credit = Credit(owner)
    earlier = changes_of_hand("leads.customer", order.customer_id, until=order.created_at)
    for one in reversed(earlier):
        cutoff = one.cutoff
        if cutoff is None or one.giver is None or credit.member != one.receiver:
            break
        if order.order_date >= cutoff:
            break
        credit = Credit(one.giver, cutoff)
    return credit

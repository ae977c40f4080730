"""Writing an order: begin, save, copy."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from crm.audit import services as audit
from crm.numbering import take_number
from crm.people.models import Member
from leads.enums import CollisionOrigin
from leads.models import Customer, Opportunity
from orders.drafts import LineDraft, OrderTerms, Terms
from orders.errors import OrderNotEditable
from orders.models import Order
from orders.services import documents
from orders.services.pricing import Priced


def locked_order(order_id: int) -> Order:
    """The order, locked: the first step of every change."""
    return documents.locked(Order, order_id)


@transaction.atomic
def begin_order(*, customer: Customer, by: Member, opportunity: Opportunity | None = None) -> Order:
    """Start a draft; refused as `documents.enter` says."""
    documents.enter(customer, by=by, origin=CollisionOrigin.ORDER)
    return new_order(customer, by=by, opportunity=opportunity)


def new_order(
    customer: Customer,
    *,
    by: Member,
    opportunity: Opportunity | None,
    owner: Member | None = None,
    **more: Any,
) -> Order:
    """A draft of a member's who was let in: theirs, unless it comes of another's quote."""
    last = documents.latest(customer.orders)
    order = Order(
        number=take_number("SO"),
        contract_number=take_number("HT"),
        created_by=by,
        **documents.filled_in(customer, opportunity, last),
        **more,
    )
    order.give_to(owner or by)
    order.save()
    audit.record("order.begun", target=order)
    return order


@transaction.atomic
def save_order(
    *, order_id: int, version: int, terms: Terms, lines: Sequence[LineDraft]
) -> tuple[Order, Priced]:
    """Save what was typed into an order that can still change."""
    order = locked_order(order_id)
    if not order.is_editable:
        raise OrderNotEditable
    return order, documents.save(order, version=version, terms=terms, lines=lines)


@transaction.atomic
def copy_order(*, order: Order, by: Member) -> Order:
    """A new draft with the same lines, at today's prices, for a deal that its writer sees."""
    deal = documents.deal_for(order, by=by)
    copy = begin_order(customer=order.customer, by=by, opportunity=deal)
    terms = replace(
        OrderTerms.of(order),
        opportunity_id=copy.opportunity_id,
        contract_number=copy.contract_number,
        order_date=copy.order_date,
        delivery_date=None,
    )
    lines = documents.copied_lines(order, documents.basis_of(copy, terms))
    saved, _priced = save_order(order_id=copy.pk, version=copy.version, terms=terms, lines=lines)
    audit.record("order.copied", target=saved, source=order.pk)
    return saved

"""Customers: entered and changed."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from crm.audit import services as audit
from crm.numbering import take_number
from crm.people.models import Member
from leads.enums import CollisionOrigin, RecordKind
from leads.models import Customer
from leads.selectors.candidates import identity_of
from leads.selectors.identity import Pair
from leads.services import collisions
from leads.services.completion import complete_customer
from leads.services.identity import index, outgrow
from leads.services.protection import check_lock
from leads.services.refusals import CreditCodeTaken
from leads.services.saving import check_version, locked, take_over

TELLING = {"name", "phone", "website", "credit_code"}


@transaction.atomic
def create_customer(
    *,
    by: Member | None,
    owner: Member | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    excluding: tuple[Pair, ...] = (),
    channel: str = "",
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
    **facts: Any,
) -> Customer:
    """Enter a customer; LikelyDuplicate when it is known and nobody said to continue."""
    customer = Customer(created_by=by, **facts)
    complete_customer(customer)
    found = []
    if by is not None:
        _check_credit_code(customer, owner_id=owner.pk if owner else by.pk)
        found = collisions.check(
            identity_of(customer),
            by=by,
            owner_id=owner.pk if owner else None,
            explanation=explanation,
            confirmed=confirmed,
            excluding=excluding,
            channel=channel,
        )
    _check_credit_code(customer)
    customer.number = take_number("C")
    customer.give_to(owner or by)
    customer.save()
    index(customer)
    audit.record("customer.created", target=customer)
    if by is not None:
        collisions.report(customer, found, by=by, explanation=explanation, origin=origin)
    return customer


@transaction.atomic
def update_customer(
    *,
    customer_id: int,
    by: Member,
    version: int | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
    channel: str = "",
    **facts: Any,
) -> Customer:
    """Change a customer's facts; a stale version is refused with what is stored now."""
    customer = locked(Customer.objects.all(), customer_id)
    check_version(customer, version)
    check_lock(customer, by)
    changed = take_over(customer, facts)
    if not changed:
        return customer
    complete_customer(customer)
    found = []
    if TELLING & set(changed):
        me = (RecordKind.CUSTOMER.value, customer.pk)
        outgrow(
            me,
            name=customer.name if "name" in changed else "",
            credit_code=customer.credit_code if "credit_code" in changed else "",
        )
        _check_credit_code(customer, owner_id=customer.owner_id)
        found = collisions.check(
            identity_of(customer),
            by=by,
            owner_id=customer.owner_id,
            explanation=explanation,
            confirmed=confirmed,
            excluding=[me],
            channel=channel,
        )
        _check_credit_code(customer)
    customer.version += 1
    derived = ["sort_key", "name_key", "phone_key", "credit_code", "province"]
    customer.save(update_fields=sorted({*changed, *derived, "version", "updated_at"}))
    index(customer)
    collisions.report(customer, found, by=by, explanation=explanation, origin=origin)
    return customer


def _check_credit_code(customer: Customer, *, owner_id: int | None = None) -> None:
    """No second customer with this code; with `owner_id` only among that member's own."""
    if not customer.credit_code:
        return
    taken = Customer.objects.filter(credit_code=customer.credit_code).exclude(pk=customer.pk)
    if owner_id is not None:
        taken = taken.filter(owner_id=owner_id)
    customer_id = taken.values_list("pk", flat=True).first()
    if customer_id is not None:
        raise CreditCodeTaken(customer_id)

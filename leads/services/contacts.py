"""People at customers. Their numbers and addresses lead to clients of others like any record's."""

from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from leads.enums import CollisionOrigin, RecordKind
from leads.identity import Identity
from leads.models import Contact, Customer
from leads.numbers import split_numbers
from leads.selectors.identity import Match
from leads.services import collisions
from leads.services.completion import complete_contact
from leads.services.derivations import phone_key_of
from leads.services.identity import forget, index
from leads.services.protection import check_lock
from leads.services.saving import check_version, locked, take_over

# What tells of a person at whose client they are.
TELLING = {"phone", "other_phones", "email", "wechat"}


@transaction.atomic
def create_contact(
    *,
    customer_id: int,
    by: Member | None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    channel: str = "",
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
    **facts: Any,
) -> Contact:
    """Add a person to a customer; LikelyDuplicate when they are known as another's client.

    Who stands there already is refused: one name with one number or address. The first one is the
    main contact. `by` is None when the system adds them.
    """
    customer = locked(Customer.objects.all(), customer_id)
    found: list[Match] = []
    if by is not None:
        check_lock(customer, by)
        _refuse_a_second_time(customer, facts)
        found = _check(
            customer, facts, by=by, explanation=explanation, confirmed=confirmed, channel=channel
        )
    contact = add_contact(customer, by=by, **facts)
    if by is not None:
        collisions.report(customer, found, by=by, explanation=explanation, origin=origin)
    return contact


def add_contact(customer: Customer, *, by: Member | None, **facts: Any) -> Contact:
    """Add a person whose number was asked about already: a lead's, when it is converted."""
    others = Contact.objects.filter(customer=customer)
    is_primary = facts.pop("is_primary", False) or not others.exists()
    if is_primary:
        others.filter(is_primary=True).update(is_primary=False)
    contact = Contact(customer=customer, created_by=by, is_primary=is_primary, **facts)
    complete_contact(contact)
    contact.save()
    index(contact)
    return contact


def _refuse_a_second_time(customer: Customer, facts: Mapping[str, Any]) -> None:
    """One name with one number or address is one person; two of one name alone may well be two."""
    told = {
        "phone_key": phone_key_of(facts.get("phone", "")),
        "email__iexact": facts.get("email", ""),
        "wechat__iexact": facts.get("wechat", ""),
    }
    ways = [Q(**{column: value}) for column, value in told.items() if value]
    name = facts.get("name", "").strip()
    known = Contact.objects.filter(customer=customer, name=name)
    if ways and known.filter(reduce(or_, ways)).exists():
        raise Refused(_("%(name)s is a contact of this customer already.") % {"name": name})


def _check(customer: Customer, facts: dict[str, Any], *, by: Member, **how: Any) -> list[Match]:
    """Whose clients this person is too, by what is new of them; the names alone say nothing new."""
    told = {name: str(facts[name]) for name in TELLING if facts.get(name)}
    if not told:
        return []
    person = Identity(
        company=customer.name,
        person=facts.get("name", ""),
        phones=(
            *([told["phone"]] if "phone" in told else []),
            *split_numbers(told.get("other_phones", "")),
        ),
        emails=(told["email"],) if "email" in told else (),
        wechat=told.get("wechat", ""),
    )
    me = (RecordKind.CUSTOMER.value, customer.pk)
    return collisions.check_person(person, by=by, owner_id=customer.owner_id, excluding=[me], **how)


@transaction.atomic
def update_contact(
    *,
    contact_id: int,
    by: Member | None,
    version: int | None = None,
    explanation: str = "",
    confirmed: Collection[str] = (),
    channel: str = "",
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
    **facts: Any,
) -> Contact:
    """Change a person's facts; there is one main contact at most. A stale version is refused."""
    contact = locked(Contact.objects.all(), contact_id)
    check_version(contact, version)
    if by is not None:
        check_lock(contact.customer, by)
    if facts.get("is_primary") and not contact.is_primary:
        locked(Customer.objects.all(), contact.customer_id)
        others = Contact.objects.filter(customer_id=contact.customer_id, is_primary=True)
        others.update(is_primary=False)
    changed = take_over(contact, facts)
    found: list[Match] = []
    if by is not None and TELLING & set(changed):
        news = {name: getattr(contact, name) for name in (*changed, "name")}
        found = _check(
            contact.customer, news,
            by=by, explanation=explanation, confirmed=confirmed, channel=channel,
        )  # fmt: skip
    if changed:
        complete_contact(contact)
        contact.save(
            update_fields=sorted({*changed, "sort_key", "phone_key", "other_phones", "updated_at"})
        )
        index(contact)
    if by is not None:
        collisions.report(contact.customer, found, by=by, explanation=explanation, origin=origin)
    return contact


@transaction.atomic
def remove_contact(*, contact_id: int, by: Member | None) -> Customer:
    """Forget a person; the history keeps who it was."""
    contact = locked(Contact.objects.all(), contact_id)
    customer: Customer = contact.customer
    if by is not None:
        check_lock(customer, by)
    audit.record("contact.removed", target=customer, name=contact.name)
    forget(contact)
    contact.delete()
    return customer

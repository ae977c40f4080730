"""People at customers."""

from typing import Any

from django.db import transaction

from crm.audit import services as audit
from crm.people.models import Member
from leads.models import Contact, Customer
from leads.services.completion import complete_contact
from leads.services.identity import forget, index
from leads.services.saving import check_version, locked, take_over


@transaction.atomic
def create_contact(*, customer_id: int, by: Member | None, **facts: Any) -> Contact:
    """Add a person to a customer; the first one is the main contact."""
    customer = locked(Customer.objects.all(), customer_id)
    others = Contact.objects.filter(customer=customer)
    is_primary = facts.pop("is_primary", False) or not others.exists()
    if is_primary:
        others.filter(is_primary=True).update(is_primary=False)
    contact = Contact(customer=customer, created_by=by, is_primary=is_primary, **facts)
    complete_contact(contact)
    contact.save()
    index(contact)
    return contact


@transaction.atomic
def update_contact(*, contact_id: int, version: int | None = None, **facts: Any) -> Contact:
    """Change a person's facts; there is one main contact at most. A stale version is refused."""
    contact = locked(Contact.objects.all(), contact_id)
    check_version(contact, version)
    if facts.get("is_primary") and not contact.is_primary:
        locked(Customer.objects.all(), contact.customer_id)
        others = Contact.objects.filter(customer_id=contact.customer_id, is_primary=True)
        others.update(is_primary=False)
    changed = take_over(contact, facts)
    if changed:
        complete_contact(contact)
        contact.save(update_fields=[*changed, "sort_key", "phone_key", "updated_at"])
        index(contact)
    return contact


@transaction.atomic
def remove_contact(*, contact_id: int) -> Customer:
    """Forget a person; the history keeps who it was."""
    contact = locked(Contact.objects.all(), contact_id)
    customer: Customer = contact.customer
    audit.record("contact.removed", target=customer, name=contact.name)
    forget(contact)
    contact.delete()
    return customer

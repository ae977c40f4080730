from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from crm.audit import services as audit
from crm.integrations.rest import Token, address, check_query, gettext_lazy, listed
from crm.people.models import Member
from leads.api.answers import case_out, contacts_out
from leads.api.filling import check_change, check_new, checked, given_facts
from leads.api.shapes import (
    ContactChange,
    ContactEntry,
    ContactOut,
    ContactPage,
    ContactsAsked,
)
from leads.api.telling import collisions_told, stale
from leads.enums import Channel, CollisionOrigin
from leads.forms.contacts import ContactForm
from leads.models import Contact
from leads.selectors.customers import contact_or_404, customer_or_404, visible_contacts
from leads.selectors.matching_text import narrow_contacts
from leads.services import contacts as services
from leads.services.cases import waiting_case_of
from leads.services.refusals import StaleRecord

router = Router()


@router.get(
    "",
    response=ContactPage,
    auth=Token("leads.view_customer"),
    summary=gettext_lazy("List contacts"),
)
def list_contacts(request: Any, asked: Query[ContactsAsked]) -> dict[str, Any]:
    """The people at the customers one may see, or at one of them."""
    check_query(request, ContactsAsked.model_fields)
    rows = visible_contacts(request.member).select_related("customer")
    if asked.customer_id is not None:
        rows = rows.filter(customer_id=asked.customer_id)
    if asked.search.strip():
        rows = narrow_contacts(rows, asked.search.strip())
    return listed(request, rows, asked, contacts_out)


@router.get(
    "/{int:contact_id}",
    response=ContactOut,
    auth=Token("leads.view_customer"),
    summary=gettext_lazy("Read a contact"),
)
def read_contact(request: Any, contact_id: int) -> dict[str, Any]:
    """One person."""
    contact = contact_or_404(request.member, contact_id)
    audit.note_view("leads.contact", contact.pk)
    return contacts_out(request.member, [contact])[0]


@router.post(
    "",
    response={201: ContactOut},
    auth=Token("leads.edit_customer", writes=True),
    summary=gettext_lazy("Add a contact"),
)
def create_contact(
    request: Any, entry: ContactEntry, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Add a person to a customer. Who is another's client is answered with 409, as on entering."""
    member, given = request.member, given_facts(entry)
    customer = customer_or_404(member, entry.customer_id, "leads.edit_customer")
    check_new(member, Contact, given)
    form = checked(ContactForm(given))
    with collisions_told(member, typed=lambda: customer.name):
        contact = services.create_contact(
            customer_id=customer.pk, by=member, **going_on(entry), **form.facts
        )
    response["Location"] = address(f"contacts/{contact.pk}")
    return Status(201, written(member, contact))


@router.patch(
    "/{int:contact_id}",
    response=ContactOut,
    auth=Token("leads.edit_customer", writes=True),
    summary=gettext_lazy("Change a contact"),
)
def change_contact(request: Any, contact_id: int, change: ContactChange) -> dict[str, Any]:
    """Change some facts of a person; of two who read one version, the second is refused."""
    member, given = request.member, given_facts(change)
    contact = contact_or_404(member, contact_id, "leads.edit_customer")
    check_change(member, Contact, given)
    form = ContactForm(given, instance=contact)
    for name in set(form.fields) - set(given):
        del form.fields[name]
    checked(form)
    try:
        with collisions_told(member, typed=lambda: contact.customer.name):
            contact = services.update_contact(
                contact_id=contact_id,
                by=member,
                version=change.version,
                **going_on(change),
                **form.facts,
            )
    except StaleRecord as refusal:
        raise stale(refusal, contacts_out(member, [refusal.current])[0]) from None
    return written(member, contact)


def written(member: Member, contact: Contact) -> dict[str, Any]:
    """A person as they were just written, and the case their customer came into."""
    case = case_out(waiting_case_of(contact.customer))
    return contacts_out(member, [contact])[0] | {"collision_case": case}


def going_on(told: ContactEntry | ContactChange) -> dict[str, Any]:
    """How one goes on although the person is known, and by which way they come."""
    return {
        "explanation": told.collision.reason,
        "confirmed": told.collision.confirmed,
        "channel": Channel.API,
        "origin": CollisionOrigin.API,
    }

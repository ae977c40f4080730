"""What the global search finds here, within what the member may see."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.web import search
from crm.web.search import LIMIT, Hit
from leads.selectors.customers import visible_contacts, visible_customers
from leads.selectors.leads import visible_leads
from leads.selectors.matching_text import (
    narrow_contacts,
    narrow_customers,
    narrow_leads,
    narrow_opportunities,
)
from leads.selectors.opportunities import visible_opportunities


def told(*parts: object) -> str:
    """The line that tells a hit from others."""
    return " · ".join(str(part) for part in parts if part)


@search.provider("leads", _("Leads"), permission="leads.view_lead", order=10)
def find_leads(member: Member, text: str) -> Iterator[Hit]:
    """Leads by company, contact, phone or number."""
    rows = narrow_leads(visible_leads(member), text).select_related("owner").order_by("-pk")
    for lead in rows[:LIMIT]:
        line = told(lead.contact_name, lead.get_status_display(), lead.owner)
        yield Hit(lead.company_name, reverse("leads:detail", args=[lead.pk]), line, "users")


@search.provider("customers", _("Customers"), permission="leads.view_customer", order=20)
def find_customers(member: Member, text: str) -> Iterator[Hit]:
    """Customers by name, phone or number."""
    rows = narrow_customers(visible_customers(member), text).select_related("owner")
    for customer in rows.order_by("-pk")[:LIMIT]:
        line = told(customer.number, customer.get_status_display(), customer.owner)
        yield Hit(customer.name, reverse("leads:customer", args=[customer.pk]), line, "building")


@search.provider("contacts", _("Contacts"), permission="leads.view_customer", order=30)
def find_contacts(member: Member, text: str) -> Iterator[Hit]:
    """Contacts by name or phone."""
    rows = narrow_contacts(visible_contacts(member), text).select_related("customer")
    for contact in rows.order_by("-pk")[:LIMIT]:
        line = told(contact.customer.name, contact.title)
        yield Hit(contact.name, reverse("leads:contact", args=[contact.pk]), line, "id-badge-2")


@search.provider("opportunities", _("Opportunities"), permission="leads.view_opportunity", order=40)
def find_opportunities(member: Member, text: str) -> Iterator[Hit]:
    """Deals by name, number or customer."""
    rows = narrow_opportunities(visible_opportunities(member), text)
    for deal in rows.select_related("customer", "stage").order_by("-pk")[:LIMIT]:
        line = told(deal.customer.name, deal.stage.name)
        yield Hit(deal.name, reverse("leads:opportunity", args=[deal.pk]), line, "briefcase")

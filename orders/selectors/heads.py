"""What the pages of quotes and orders both show of their heads."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from crm.web import markup
from crm.web.components import Fact
from orders import words
from orders.models import PricedDocument


def customer_facts(document: PricedDocument, member: Member) -> list[Fact]:
    """Who it is for; the deal it is about, for those who may see that."""
    url = reverse("leads:customer", args=[document.customer_id])
    facts = [
        Fact(_("Customer"), markup.link(document.customer.name, url, drawer=True)),
        Fact(_("Contact"), document.contact.name if document.contact else ""),
    ]
    deal = document.opportunity
    if deal is not None and policy.allowed(member, "leads.view_opportunity", deal):
        url = reverse("leads:opportunity", args=[document.opportunity_id])
        facts.append(Fact(_("Opportunity"), markup.link(str(deal), url, drawer=True)))
    return facts


def terms_facts(document: PricedDocument) -> list[Fact]:
    """What the prices are in, and how it is paid."""
    facts = [
        Fact(_("Payment terms"), document.get_payment_terms_display()),
        Fact(_("Currency"), document.get_currency_display()),
        Fact(_("Prices"), _("with tax") if document.is_tax_inclusive else _("without tax")),
        Fact(_("Price book"), document.price_book.name if document.price_book else ""),
    ]
    if document.discount_percent:
        facts.append(Fact(_("Overall discount"), words.percent(document.discount_percent)))
    return facts


def owner_fact(document: PricedDocument) -> Fact:
    """Whose it is."""
    name = document.owner.name if document.owner else None
    return Fact(_("Owner"), markup.person(name, document.owner_id))


def remarks(*pairs: tuple[str, str]) -> list[Fact]:
    """What somebody wrote, where they did."""
    return [Fact(label, text) for label, text in pairs if text]


def may_copy(member: Member, name: str, document: PricedDocument) -> bool:
    """Whether this member may begin another for the same customer: they have to see them."""
    may_create = policy.allowed(member, f"orders.create_{name}")
    return may_create and policy.allowed(member, "leads.view_customer", document.customer)

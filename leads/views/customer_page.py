"""What the page of a customer shows."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.access.links import who_can_see
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.record import holders_of, sharing_actions
from crm.sharing.selectors.transfers import open_transfers_of
from crm.tenancy.clock import organization_today
from crm.web import markup
from crm.web.components import Action, Fact
from crm.web.facts import trimmed
from crm.web.formats import Formats
from leads.enums import RecordKind
from leads.forms.follow_ups import FollowUpForm
from leads.models import CollisionCase, Customer, CustomerProtection
from leads.panels import customer_panels
from leads.selectors.aliases import names_of
from leads.selectors.cases import case_about, contested_until
from leads.selectors.customers import (
    contacts_of,
    follow_ups_of_customer,
    opportunities_of,
)
from leads.selectors.protection import lock_for, protection_of
from leads.selectors.splits import shared_clients
from leads.selectors.timeline import timeline_of
from leads.views.case_page import report_or_case
from leads.words import CUSTOMER_COLOURS, LEVEL_COLOURS, place_in_words


def customer_page(member: Member, customer: Customer) -> dict[str, Any]:
    """The context of a customer's page for this member."""
    may_edit = policy.allowed(member, "leads.edit_customer", customer)
    lock = lock_for(member, customer)
    may_work = may_edit and lock is None
    args = [customer.pk]
    case = case_about(member, RecordKind.CUSTOMER, customer.pk)
    follow_ups = follow_ups_of_customer(customer, member)
    protection = protection_of(customer)
    return {
        "refresh_on": [
            "customer-updated",
            "follow-up-logged",
            "opportunity-created",
            "opportunity-moved",
        ],
        "customer": customer,
        "collision": case,
        "contested": None if case else contested_until(RecordKind.CUSTOMER, customer.pk),
        "colour": CUSTOMER_COLOURS[customer.status],
        "level_colour": LEVEL_COLOURS[customer.level],
        "actions": [
            *customer_actions(member, customer, case, may_edit=may_work),
            *protection_actions(member, customer, protection),
            *who_can_see(member, customer),
        ],
        "protection": protection,
        "lock": lock,
        "facts": [*customer_facts(customer, may_edit=may_work), *credit_facts(customer)],
        "entries": timeline_of(customer, follow_ups),
        "composer": FollowUpForm(draft=f"follow-up-customer-{customer.pk}") if may_work else None,
        "composer_url": reverse("leads:follow_up_customer", args=args),
        "contacts": contacts_of(customer),
        "add_contact_url": reverse("leads:create_contact", args=args) if may_work else "",
        "names": names_of(customer, member, may_edit=may_edit),
        "add_name_url": reverse("leads:add_alias", args=args) if may_edit else "",
        "opportunities": opportunities_of(customer, member)[:20],
        "holders": holders_of(member, noun("leads.customer"), customer),
        "transfers": open_transfers_of(customer),
        "panels": [
            (panel, reverse("leads:customer_panel", args=[customer.pk, panel.key]))
            for panel in customer_panels(member)
        ],
    }


def customer_actions(
    member: Member, customer: Customer, case: CollisionCase | None, *, may_edit: bool
) -> list[Action]:
    """What can be done with the customer now."""
    found: list[Action] = []
    args = [customer.pk]
    if may_edit and policy.allowed(member, "leads.create_opportunity"):
        url = f"{reverse('leads:create_opportunity')}?customer={customer.pk}"
        found.append(Action(_("New opportunity"), url, "plus", kind="primary", frame="drawer"))
    found += sharing_actions(member, noun("leads.customer"), customer)
    if policy.allowed(member, "leads.merge_customer", customer):
        url = reverse("leads:merge_with", args=["customer", customer.pk])
        found.append(Action(_("Merge with…"), url, "git-merge", frame="modal"))
    if policy.allowed(member, "leads.open_case"):
        found.append(report_or_case(case, reverse("leads:report_customer", args=args)))
    if may_edit:
        url = reverse("leads:edit_customer", args=args)
        found.append(Action(_("Edit"), url, "pencil", frame="drawer", shortcut="e"))
    return found


def protection_actions(
    member: Member, customer: Customer, protection: CustomerProtection | None
) -> list[Action]:
    """Protect the customer, or change and end its protection."""
    if not policy.allowed(member, "leads.protect_customer", customer):
        return []
    protect = reverse("leads:protect_customer", args=[customer.pk])
    if protection is None:
        return [Action(pgettext("verb", "Protect"), protect, "shield", frame="modal")]
    release = reverse("leads:unprotect_customer", args=[customer.pk])
    return [
        Action(_("Extend the protection"), protect, "shield", frame="modal"),
        Action(_("Release from protection"), release, "lock-open", method="post"),
    ]


def credit_facts(customer: Customer) -> list[Fact]:
    """To whom its orders are credited, where a case shared it."""
    shared = shared_clients(RecordKind.CUSTOMER, [customer.pk]).get(customer.pk)
    if shared is None:
        return []
    day = Formats.current().day(shared.split.starts_on)
    why = _("shared by %(number)s; orders entered since, dated from %(day)s on")
    hint = why % {"number": shared.split.case.number, "day": day}
    words = shared.words
    if shared.split.starts_on > organization_today():
        words = _("%(parts)s from %(day)s on") % {"parts": words, "day": day}
    return [Fact(_("Orders are credited to"), words, hint=hint)]


def customer_facts(customer: Customer, *, may_edit: bool) -> list[Fact]:
    """The facts in the order people ask for them, editable in place."""
    edit = reverse("leads:edit_customer", args=[customer.pk])

    def fact(label: str, name: str, value: object, copy: str = "") -> Fact:
        url = f"{edit}?only={name}" if may_edit else ""
        return Fact(label, value, shows=name, edit_url=url, copy=copy)

    place = place_in_words(customer.city, customer.address)
    level = markup.badge(customer.get_level_display(), LEVEL_COLOURS[customer.level])
    facts = [
        fact(_("Level"), "level", level),
        fact(_("Status"), "status", customer.get_status_display()),
        fact(_("Phone"), "phone", markup.phone(customer.phone), copy=customer.phone),
        fact(_("Website"), "website", customer.website, copy=customer.website),
        fact(_("Industry"), "industry", customer.get_industry_display()),
        fact(_("Province"), "province", customer.get_province_display()),
        fact(_("Address"), "city", place),
        fact(_("Credit code"), "credit_code", customer.credit_code, copy=customer.credit_code),
        Fact(_("Number"), customer.number, copy=customer.number),
        Fact(_("Department"), customer.department),
        Fact(_("Created"), markup.moment(customer.created_at)),
    ]
    return trimmed(customer, facts)

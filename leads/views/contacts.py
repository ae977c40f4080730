"""People at customers."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.components import Action, Fact
from crm.web.facts import trimmed
from leads.forms.contacts import ContactForm
from leads.models import Contact, FollowUp
from leads.selectors.customers import contact_or_404, customer_or_404, visible_contacts
from leads.selectors.timeline import timeline_of
from leads.services import contacts as services
from leads.tables.customers import ContactTable

SAVED = {"contact-saved": True, "customer-updated": True}


@needs("leads.view_customer")
def contact_list(request: TenantRequest) -> HttpResponseBase:
    """Everybody at the customers the member may see."""
    back = Action(_("Customers"), reverse("leads:customers"), "building")
    table = ContactTable(request, visible_contacts(request.member))
    return table.respond(title=_("Contacts"), actions=[back])


@needs("leads.view_customer")
def contact_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One person: how to reach them and where they work."""
    contact = contact_or_404(request.member, pk)
    may_edit = policy.allowed(request.member, "leads.edit_customer", contact.customer)
    context = {
        "refresh_on": ["contact-saved"],
        "entries": timeline_of(contact, FollowUp.objects.none()),
        "contact": contact,
        "facts": contact_facts(contact),
        "actions": contact_actions(contact) if may_edit else [],
    }
    return render(request, "leads/contact.html", context)


def contact_facts(contact: Contact) -> list[Fact]:
    """How to reach a person."""
    facts = [
        Fact(_("Job title"), contact.title),
        Fact(_("Phone"), markup.phone(contact.phone), shows="phone", copy=contact.phone),
        Fact(_("E-mail"), contact.email, shows="email", copy=contact.email),
        Fact(_("WeChat"), contact.wechat, shows="wechat", copy=contact.wechat),
        Fact(_("Created"), markup.moment(contact.created_at)),
    ]
    return trimmed(contact, facts)


def contact_actions(contact: Contact) -> list[Action]:
    """What can be done with a person."""
    edit = reverse("leads:edit_contact", args=[contact.pk])
    remove = reverse("leads:remove_contact", args=[contact.pk])
    sure = _("Remove %(name)s? Their history stays with the customer.") % {"name": contact.name}
    return [
        Action(_("Edit"), edit, "pencil", kind="primary", frame="modal", shortcut="e"),
        Action(_("Remove"), remove, "trash", kind="ghost", method="post", confirm=sure),
    ]


@needs("leads.edit_customer")
def create_contact(request: TenantRequest, pk: int) -> HttpResponse:
    """Add a person to a customer."""
    customer = customer_or_404(request.member, pk, "leads.edit_customer")
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.create_contact(customer_id=pk, by=request.member, **form.cleaned_data)
        return htmx.done(
            request,
            url=reverse("leads:customer", args=[pk]),
            message=_("Contact added."),
            trigger=SAVED,
        )
    title = _("New contact at %(customer)s") % {"customer": customer.name}
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Add contact")}
    )


@needs("leads.edit_customer")
def edit_contact(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a person's facts."""
    contact = contact_or_404(request.member, pk, "leads.edit_customer")
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        services.update_contact(contact_id=pk, **form.cleaned_data)
        return htmx.done(
            request,
            url=reverse("leads:contact", args=[pk]),
            message=_("Saved."),
            trigger=SAVED,
        )
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": contact.name, "submit": _("Save")}
    )


@require_POST
@needs("leads.edit_customer")
def remove_contact(request: TenantRequest, pk: int) -> HttpResponse:
    """Forget a person; the drawer that showed them closes."""
    contact = contact_or_404(request.member, pk, "leads.edit_customer")
    url = reverse("leads:customer", args=[contact.customer_id])
    services.remove_contact(contact_id=pk)
    return htmx.done(request, url=url, message=_("Contact removed."), trigger=SAVED)

"""People at customers."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.answers import refused
from crm.web.components import Action, Fact
from crm.web.facts import trimmed
from leads.forms.contacts import ContactForm
from leads.models import Contact, FollowUp
from leads.selectors.customers import contact_or_404, customer_or_404, visible_contacts
from leads.selectors.timeline import timeline_of
from leads.services import contacts as services
from leads.services.lookups import cards_of_refusal
from leads.services.refusals import LikelyDuplicate, MergedMeanwhile
from leads.tables.customers import ContactTable
from leads.views.refusing import refusal_words
from leads.words import phones

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
        Fact(_("Other phones"), phones(contact.other_phones), shows="other_phones"),
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
    form = ContactForm(request.POST or None, customer_id=pk)

    def save() -> None:
        services.create_contact(
            customer_id=pk, by=request.member,
            explanation=form.cleaned_data["explanation"], confirmed=form.confirmed, **form.facts,
        )  # fmt: skip

    if _saved(form, save, by=request.member, typed=customer.name):
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

    def save() -> None:
        services.update_contact(
            contact_id=pk, by=request.member,
            explanation=form.cleaned_data["explanation"], confirmed=form.confirmed, **form.facts,
        )  # fmt: skip

    if _saved(form, save, by=request.member, typed=contact.customer.name):
        return htmx.done(
            request,
            url=reverse("leads:contact", args=[pk]),
            message=_("Saved."),
            trigger=SAVED,
        )
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": contact.name, "submit": _("Save")}
    )


def _saved(form: ContactForm, save: Callable[[], object], *, by: Member, typed: str) -> bool:
    """Whether the form was sent and saved; else it says why, with the cards of who is known."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        save()
    except LikelyDuplicate as reason:
        form.ask(reason, cards_of_refusal(reason, by=by, typed=typed))
    except MergedMeanwhile:
        raise  # it is answered with the way to what the customer became
    except Refused as reason:
        form.add_error(None, refusal_words(reason))
    else:
        return True
    return False


@require_POST
@needs("leads.edit_customer")
def remove_contact(request: TenantRequest, pk: int) -> HttpResponse:
    """Forget a person; the drawer that showed them closes."""
    contact = contact_or_404(request.member, pk, "leads.edit_customer")
    url = reverse("leads:customer", args=[contact.customer_id])
    try:
        services.remove_contact(contact_id=pk, by=request.member)
    except Refused as reason:
        return refused(request, url=reverse("leads:contact", args=[pk]), message=str(reason))
    return htmx.done(request, url=url, message=_("Contact removed."), trigger=SAVED)

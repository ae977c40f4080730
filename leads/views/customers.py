"""Customers: the list, the record, entering and changing."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action
from leads.forms.customers import CustomerForm
from leads.panels import customer_panels
from leads.selectors.customers import customer_or_404, visible_customers
from leads.selectors.matching_text import narrow_customers
from leads.services import customers as services
from leads.services.lookups import cards_of_refusal, note_refusal
from leads.services.refusals import LikelyDuplicate, StaleRecord, TooManyAtOnce
from leads.tables.customers import CustomerTable
from leads.views.customer_page import customer_page
from leads.views.refusing import refusal_words
from leads.views.searched import typed_before

MOST_HITS = 8


@needs("leads.view_customer")
def customer_list(request: TenantRequest) -> HttpResponseBase:
    """Every customer the member may see."""
    actions = [Action(_("Contacts"), reverse("leads:contacts"), "id-badge-2")]
    if policy.allowed(request.member, "leads.create_customer"):
        url = reverse("leads:create_customer")
        actions.append(
            Action(_("New customer"), url, "plus", kind="primary", frame="drawer", shortcut="n")
        )
    table = CustomerTable(request, visible_customers(request.member))
    return table.respond(title=_("Customers"), actions=actions)


@needs("leads.view_customer")
def customer_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One customer: facts, people, deals, story, and what upper apps add."""
    customer = customer_or_404(request.member, pk)
    return render(request, "leads/customer.html", customer_page(request.member, customer))


@needs("leads.view_customer")
def customer_panel(request: TenantRequest, pk: int, key: str) -> HttpResponse:
    """One registered panel beside a customer."""
    customer = customer_or_404(request.member, pk)
    panel = next((one for one in customer_panels(request.member) if one.key == key), None)
    if panel is None:
        raise Http404
    template, context = panel.build(request, customer)
    return render(request, template, dict(context))


@needs("leads.edit_customer")
def pick_customer(request: TenantRequest) -> HttpResponse:
    """The customers a search box means, among those the member may change."""
    name = next((key for key in request.GET if key.endswith("_text")), "customer_text")
    text = request.GET.get(name, "").strip()
    rows = visible_customers(request.member, "leads.edit_customer").select_related("owner")
    found = narrow_customers(rows, text) if text else rows
    context = {
        "customers": found.order_by("-updated_at", "-pk")[:MOST_HITS],
        "name": name.removesuffix("_text"),
    }
    return render(request, "leads/_customer_hits.html", context)


@needs("leads.create_customer")
def create_customer(request: TenantRequest) -> HttpResponse:
    """Enter a customer; one of a colleague's is said before it is saved."""
    form = CustomerForm(request.POST or None, initial=typed_before(request, "name"))
    if request.method == "POST" and form.is_valid():
        try:
            customer = services.create_customer(
                by=request.member,
                owner=request.member,
                explanation=form.cleaned_data["explanation"],
                confirmed=form.confirmed,
                **form.facts,
            )
        except LikelyDuplicate as reason:
            form.ask(
                reason,
                cards_of_refusal(
                    reason, by=request.member, typed=form.cleaned_data.get("name", "")
                ),
            )
        except Refused as reason:
            note_refusal(reason, by=request.member)
            is_of_all = isinstance(reason, TooManyAtOnce)
            form.add_error(None if is_of_all else "credit_code", str(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:customer", args=[customer.pk]),
                message=_("Customer added."),
                trigger="customer-created",
            )
    context = {"form": form, "title": _("New customer"), "submit": _("Add customer")}
    return htmx.form_page(request, "web/form.html", context)


@needs("leads.edit_customer")
def edit_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a customer's facts, all or one in place; a stale page is refused."""
    member = request.member
    customer = customer_or_404(member, pk, "leads.edit_customer")
    only = request.GET.get("only", "")
    form = CustomerForm(request.POST or None, instance=customer, only=only)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_customer(
                customer_id=pk,
                by=member,
                version=form.cleaned_data["version"],
                explanation=form.cleaned_data["explanation"],
                confirmed=form.confirmed,
                **form.facts,
            )
        except StaleRecord as stale:
            form.show_both(stale.current)
        except LikelyDuplicate as reason:
            form.ask(reason, cards_of_refusal(reason, by=member, typed=form.typed_name))
        except Refused as reason:
            note_refusal(reason, by=member)
            form.add_error(None, refusal_words(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:customer", args=[pk]),
                message=_("Saved."),
                trigger="customer-updated",
            )
    title = customer.name if only else _("Edit customer")
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Save")}
    )

"""Opportunities: the list, the record, entering and changing."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.asked import record_id
from crm.web.components import Action
from leads.forms.opportunities import OpportunityForm
from leads.models import Customer
from leads.panels import opportunity_panels
from leads.selectors.customers import customer_or_404
from leads.selectors.opportunities import opportunity_or_404, visible_opportunities
from leads.services import opportunities as services
from leads.services.refusals import StaleRecord
from leads.services.stages import ensure_default_stages
from leads.tables.opportunities import OpportunityTable
from leads.views.opportunity_page import opportunity_page
from leads.views.refusing import refusal_words


@needs("leads.view_opportunity")
def opportunity_list(request: TenantRequest) -> HttpResponseBase:
    """Every deal the member may see."""
    actions = [Action(_("Board"), reverse("leads:board"), "layout-kanban")]
    table = OpportunityTable(request, visible_opportunities(request.member))
    return table.respond(
        title=_("Opportunities"), actions=[*actions, *new_opportunity(request.member)]
    )


def new_opportunity(member: Member) -> list[Action]:
    """The button that opens a deal, for those who may."""
    if not policy.allowed(member, "leads.create_opportunity"):
        return []
    url = reverse("leads:create_opportunity")
    return [Action(_("New opportunity"), url, "plus", kind="primary", frame="drawer", shortcut="n")]


@needs("leads.view_opportunity")
def opportunity_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One deal: where it stands, facts, story, and what upper apps add."""
    deal = opportunity_or_404(request.member, pk)
    return render(request, "leads/opportunity.html", opportunity_page(request.member, deal))


@needs("leads.view_opportunity")
def opportunity_panel(request: TenantRequest, pk: int, key: str) -> HttpResponse:
    """One registered panel beside a deal."""
    deal = opportunity_or_404(request.member, pk)
    panel = next((one for one in opportunity_panels(request.member) if one.key == key), None)
    if panel is None:
        raise Http404
    template, context = panel.build(request, deal)
    return render(request, template, dict(context))


def _customer_asked_for(request: TenantRequest) -> Customer | None:
    asked = record_id(request.GET.get("customer", ""))
    if asked is None:
        return None
    return customer_or_404(request.member, asked, "leads.edit_customer")


@needs("leads.create_opportunity")
def create_opportunity(request: TenantRequest) -> HttpResponse:
    """Open a deal, for the customer in the address or one picked by name."""
    ensure_default_stages()
    customer = _customer_asked_for(request)
    form = OpportunityForm(request.POST or None, member=request.member, customer=customer)
    if request.method == "POST" and form.is_valid():
        facts = form.facts
        chosen = customer or facts.pop("customer")
        try:
            deal = services.create_opportunity(
                customer_id=chosen.pk, by=request.member, owner=request.member, **facts
            )
        except Refused as reason:
            form.add_error(None, refusal_words(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:opportunity", args=[deal.pk]),
                message=_("Opportunity added."),
                trigger={"opportunity-created": True, "customer-updated": True},
            )
    title = customer.name if customer else _("New opportunity")
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Add opportunity")}
    )


@needs("leads.edit_opportunity")
def edit_opportunity(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a deal's facts, all or one in place; a stale page is refused."""
    deal = opportunity_or_404(request.member, pk, "leads.edit_opportunity")
    only = request.GET.get("only", "")
    form = OpportunityForm(request.POST or None, instance=deal, member=request.member, only=only)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_opportunity(
                opportunity_id=pk, version=form.cleaned_data["version"], **form.facts
            )
        except StaleRecord as stale:
            form.show_both(stale.current)
        except Refused as reason:
            form.add_error(None, refusal_words(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:opportunity", args=[pk]),
                message=_("Saved."),
                trigger="opportunity-updated",
            )
    title = deal.name if only else _("Edit opportunity")
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Save")}
    )

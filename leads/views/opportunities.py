"""Opportunities: the list, the record, entering and changing."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.components import Action, Fact, Step
from leads.enums import StageKind
from leads.forms.follow_ups import FollowUpForm
from leads.forms.opportunities import OpportunityForm
from leads.models import Customer, Opportunity
from leads.panels import opportunity_panels
from leads.selectors.customers import customer_or_404
from leads.selectors.opportunities import (
    days_in_stage,
    follow_ups_of_opportunity,
    is_late,
    opportunity_or_404,
    stages,
    visible_opportunities,
)
from leads.selectors.timeline import timeline_of
from leads.services import opportunities as services
from leads.services.refusals import Refused, StaleRecord
from leads.services.stages import ensure_default_stages
from leads.tables.opportunities import OpportunityTable
from leads.words import STAGE_COLOURS


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


def opportunity_page(member: Member, deal: Opportunity) -> dict[str, Any]:
    """The context of a deal's page for this member."""
    may_edit = policy.allowed(member, "leads.edit_opportunity", deal)
    args = [deal.pk]
    return {
        "refresh_on": ["opportunity-updated", "opportunity-moved", "follow-up-logged"],
        "opportunity": deal,
        "colour": STAGE_COLOURS[deal.stage.kind],
        "steps": stage_steps(deal, may_move=may_edit),
        "days": days_in_stage(deal) if deal.stage.kind == StageKind.OPEN else None,
        "late": is_late(deal),
        "actions": opportunity_actions(deal) if may_edit else [],
        "facts": opportunity_facts(member, deal, may_edit=may_edit),
        "entries": timeline_of(deal, follow_ups_of_opportunity(deal)),
        "composer": FollowUpForm(draft=f"follow-up-opportunity-{deal.pk}") if may_edit else None,
        "composer_url": reverse("leads:follow_up_opportunity", args=args),
        "panels": [
            (panel, reverse("leads:opportunity_panel", args=[deal.pk, panel.key]))
            for panel in opportunity_panels(member)
        ],
    }


@needs("leads.view_opportunity")
def opportunity_panel(request: TenantRequest, pk: int, key: str) -> HttpResponse:
    """One registered panel beside a deal."""
    deal = opportunity_or_404(request.member, pk)
    panel = next((one for one in opportunity_panels(request.member) if one.key == key), None)
    if panel is None:
        raise Http404
    template, context = panel.build(request, deal)
    return render(request, template, dict(context))


def stage_steps(deal: Opportunity, *, may_move: bool) -> list[Step]:
    """The open stages as a path, the present one marked."""
    found = []
    for stage in stages():
        if stage.kind != StageKind.OPEN:
            continue
        passed = deal.stage.kind == StageKind.WON or stage.position < deal.stage.position
        state = "now" if stage.pk == deal.stage_id else "done" if passed else "later"
        if deal.stage.kind == StageKind.LOST:
            state = "later"
        found.append(Step(stage.name, state))
    return found


def opportunity_actions(deal: Opportunity) -> list[Action]:
    """Move on, win, lose, edit."""
    found: list[Action] = []
    move = reverse("leads:move", args=[deal.pk])
    columns = stages()
    if deal.stage.kind == StageKind.OPEN:
        later = [one for one in columns if one.kind == StageKind.OPEN]
        after = [one for one in later if one.position > deal.stage.position]
        if after:
            label = _("To %(stage)s") % {"stage": after[0].name}
            values = {"stage": after[0].pk}
            found.append(
                Action(label, move, "arrow-right", kind="primary", method="post", values=values)
            )  # noqa: E501
        for one in columns:
            if one.kind == StageKind.WON:
                kind = "plain" if after else "primary"
                found.append(
                    Action(
                        _("Won"), move, "trophy", kind=kind, method="post", values={"stage": one.pk}
                    )
                )  # noqa: E501
            if one.kind == StageKind.LOST:
                lose = f"{reverse('leads:lose', args=[deal.pk])}?stage={one.pk}"
                found.append(Action(_("Lost"), lose, "thumb-down", kind="ghost", frame="modal"))
    else:
        first = next(one for one in columns if one.kind == StageKind.OPEN)
        found.append(
            Action(_("Reopen"), move, "arrow-back-up", method="post", values={"stage": first.pk})
        )  # noqa: E501
    edit = reverse("leads:edit_opportunity", args=[deal.pk])
    return [*found, Action(_("Edit"), edit, "pencil", frame="drawer", shortcut="e")]


def opportunity_facts(member: Member, deal: Opportunity, *, may_edit: bool) -> list[Fact]:
    """The facts in the order people ask for them, editable in place."""
    edit = reverse("leads:edit_opportunity", args=[deal.pk])

    def fact(label: str, name: str, value: object) -> Fact:
        return Fact(label, value, edit_url=f"{edit}?only={name}" if may_edit else "")

    customer: object = deal.customer.name
    if policy.allowed(member, "leads.view_customer", deal.customer):
        url = reverse("leads:customer", args=[deal.customer_id])
        customer = markup.link(deal.customer.name, url, drawer=True)
    found = [
        Fact(_("Customer"), customer),
        fact(_("Contact"), "contact", deal.contact),
        fact(_("Expected amount"), "amount", markup.money(deal.amount, deal.currency)),
        fact(_("Expected close"), "expected_close_date", markup.day(deal.expected_close_date)),
        Fact(_("Probability"), f"{deal.stage.probability}%"),
        Fact(_("Number"), deal.number, copy=deal.number),
        Fact(_("Department"), deal.department),
        Fact(_("Created"), markup.moment(deal.created_at)),
    ]
    if deal.lost_reason:
        found.insert(0, Fact(_("Why lost"), deal.lost_reason))
    return found


def _customer_asked_for(request: TenantRequest) -> Customer | None:
    asked = request.GET.get("customer", "")
    if not asked.isdecimal():
        return None
    return customer_or_404(request.member, int(asked), "leads.edit_customer")


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
            form.add_error(None, str(reason))
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
            form.add_error(None, str(reason))
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

"""Leads: the list, the record, entering and changing, what can be done with one or many."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, carried_out, refused
from crm.web.components import Action
from leads.forms.leads import AssignForm, InvalidateForm, LeadForm
from leads.selectors.leads import lead_or_404, visible_leads
from leads.services import assignment
from leads.services import leads as services
from leads.services.lookups import cards_of_refusal
from leads.services.refusals import LikelyDuplicate, StaleRecord, TooManyAtOnce
from leads.tables.leads import LeadTable
from leads.views.lead_page import lead_page
from leads.views.refusing import refusal_words, way_on
from leads.views.searched import typed_before


@needs("leads.view_lead")
def lead_list(request: TenantRequest) -> HttpResponseBase:
    """Every lead the member may see."""
    actions = []
    if policy.allowed(request.member, "leads.import_lead"):
        actions.append(Action(_("Import"), reverse("leads:imports"), "file-import"))
    if policy.allowed(request.member, "leads.create_lead"):
        create = reverse("leads:create")
        actions.append(
            Action(_("New lead"), create, "plus", kind="primary", frame="drawer", shortcut="n")
        )
    table = LeadTable(request, visible_leads(request.member))
    return table.respond(title=_("Leads"), actions=actions)


@needs("leads.view_lead")
def lead_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One lead: facts, story, what belongs to it."""
    lead = lead_or_404(request.member, pk)
    return render(request, "leads/detail.html", lead_page(request.member, lead))


@needs("leads.create_lead")
def create_lead(request: TenantRequest) -> HttpResponse:
    """Enter a lead; a client of a colleague is said before it is saved."""
    member = request.member
    first = {"channel": "manual", **typed_before(request)}
    form = LeadForm(request.POST or None, member=member, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            lead = services.create_lead(
                by=member,
                owner=services.first_owner(member, form.cleaned_data.get("owner")),
                explanation=form.cleaned_data["explanation"],
                confirmed=form.confirmed,
                **form.facts,
            )
        except LikelyDuplicate as reason:
            form.ask(
                reason,
                cards_of_refusal(
                    reason, by=member, typed=form.cleaned_data.get("company_name", "")
                ),
            )
        except TooManyAtOnce as reason:
            form.add_error(None, str(reason))
        else:
            seen = policy.allowed(member, "leads.view_lead", lead)
            name, args = ("leads:detail", [lead.pk]) if seen else ("leads:create", [])
            return htmx.done(
                request,
                url=reverse(name, args=args),
                message=_("Lead added."),
                trigger="lead-created",
            )
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": _("New lead"), "submit": _("Add lead")}
    )


@needs("leads.edit_lead")
def edit_lead(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a lead's facts, all or (`?only=phone`) one in place; a stale page is refused."""
    member = request.member
    lead = lead_or_404(member, pk, "leads.edit_lead")
    only = request.GET.get("only", "")
    form = LeadForm(request.POST or None, instance=lead, member=member, only=only)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_lead(
                lead_id=pk,
                by=member,
                version=form.cleaned_data["version"],
                explanation=form.cleaned_data["explanation"],
                confirmed=form.confirmed,
                **form.facts,
            )
        except StaleRecord as stale:
            form.show_both(stale.current)
        except LikelyDuplicate as reason:
            form.ask(
                reason,
                cards_of_refusal(
                    reason, by=member, typed=form.cleaned_data.get("company_name", "")
                ),
            )
        except Refused as reason:
            form.add_error(None, refusal_words(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:detail", args=[pk]),
                message=_("Saved."),
                trigger="lead-updated",
            )
    title = _("Edit lead") if not only else lead.company_name
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Save")}
    )


MOVES: dict[str, Any] = {
    "contacted": (services.mark_contacted, gettext_lazy("Marked as contacted.")),
    "qualified": (services.qualify_lead, gettext_lazy("Marked as qualified.")),
    "reopened": (services.reopen_lead, gettext_lazy("Reopened.")),
}


@require_POST
@needs("leads.edit_lead")
def move_lead(request: TenantRequest, pk: int, to: str) -> HttpResponse:
    """Contacted, qualified or reopened at one press."""
    lead_or_404(request.member, pk, "leads.edit_lead")
    if to not in MOVES:
        raise Http404
    url = reverse("leads:detail", args=[pk])
    move, message = MOVES[to]
    who = {"by": request.member} if to == "reopened" else {}
    try:
        move(lead_id=pk, **who)
    except Refused as reason:
        return refused(request, url=url, message=str(reason), link=way_on(reason))
    return acted(request, url=url, message=message, trigger="lead-updated")


@needs("leads.edit_lead")
def invalidate_lead(request: TenantRequest, pk: int) -> HttpResponse:
    """Close a lead as not worth working on, saying why; the toast takes it back."""
    lead_or_404(request.member, pk, "leads.edit_lead")
    form = InvalidateForm(request.POST or None)
    if carried_out(form, lambda: services.invalidate_lead(lead_id=pk, **form.cleaned_data)):
        return htmx.done(
            request,
            url=reverse("leads:detail", args=[pk]),
            message=_("Marked as invalid."),
            trigger="lead-updated",
            undo=reverse("leads:move_lead", args=[pk, "reopened"]),
        )
    context = {"form": form, "title": _("Mark as invalid"), "submit": _("Mark as invalid")}
    return htmx.form_page(request, "web/form.html", context)


@needs("leads.assign_lead")
def assign_lead(request: TenantRequest, pk: int) -> HttpResponse:
    """Hand one lead to a member."""
    lead_or_404(request.member, pk, "leads.assign_lead")
    return _assign(request, [pk], url=reverse("leads:detail", args=[pk]))


@require_POST
@needs("leads.assign_lead")
def bulk_assign(request: TenantRequest) -> HttpResponse:
    """Hand the ticked leads to a member."""
    table = LeadTable(request, visible_leads(request.member, "leads.assign_lead"))
    return _assign(request, _picked_ids(table), url=reverse("leads:list"))


def _assign(request: TenantRequest, ids: list[int], *, url: str) -> HttpResponse:
    sent = request.method == "POST" and "go" in request.POST
    form = AssignForm(request.POST if sent else None)
    if sent and form.is_valid():
        try:
            number = assignment.assign_to(lead_ids=ids, by=request.member, **form.cleaned_data)
        except Refused as reason:
            form.add_error("member", str(reason))
        else:
            words = ngettext("%(count)s lead assigned.", "%(count)s leads assigned.", number)
            return htmx.done(
                request, url=url, message=words % {"count": number}, trigger="lead-updated"
            )
    words = ngettext("Assign %(count)s lead", "Assign %(count)s leads", len(ids))
    context = {"form": form, "title": words % {"count": len(ids)}, "submit": _("Assign")}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("leads.edit_lead")
def bulk_invalidate(request: TenantRequest) -> HttpResponse:
    """Close the ticked leads as invalid, saying why; those already closed are left alone."""
    table = LeadTable(request, visible_leads(request.member, "leads.edit_lead"))
    ids = _picked_ids(table)
    form = InvalidateForm(request.POST if "go" in request.POST else None)
    if "go" in request.POST and form.is_valid():
        number = services.invalidate_leads(lead_ids=ids, reason=form.cleaned_data["reason"])
        words = ngettext("%(count)s lead closed.", "%(count)s leads closed.", number)
        return htmx.done(
            request,
            url=reverse("leads:list"),
            message=words % {"count": number},
            trigger="lead-updated",
        )
    words = ngettext("Close %(count)s lead", "Close %(count)s leads", len(ids))
    context = {"form": form, "title": words % {"count": len(ids)}, "submit": _("Mark as invalid")}
    return htmx.form_page(request, "web/form.html", context)


def _picked_ids(table: LeadTable) -> list[int]:
    return list(table.picked.order_by("pk").values_list("pk", flat=True))

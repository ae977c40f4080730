from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from crm.audit import services as audit
from crm.integrations.problems import invalid
from crm.integrations.rest import Token, address, check_query, gettext_lazy, listed
from leads.api.answers import leads_out, whole, written
from leads.api.filling import check_change, check_new, checked, given_facts
from leads.api.following import logged
from leads.api.narrowing import narrowed
from leads.api.shapes import (
    Brief,
    FollowUpEntry,
    FollowUpOut,
    LeadChange,
    LeadEntry,
    LeadOut,
    LeadPage,
    LeadsAsked,
)
from leads.api.telling import collisions_told, stale
from leads.enums import Channel, CollisionOrigin, TouchOutcome
from leads.forms.leads import LeadForm
from leads.models import Lead
from leads.selectors.leads import lead_or_404, visible_leads
from leads.selectors.matching_text import narrow_leads
from leads.services import leads as services
from leads.services import touches
from leads.services.refusals import LikelyDuplicate, StaleRecord

router = Router()
CHOICES = ("status", "channel", "province", "industry")
# why an arrival was turned away, as leads.selectors.imports_words puts it
KNOWN = "known"


@router.get(
    "",
    response=LeadPage,
    exclude_unset=True,
    auth=Token("leads.view_lead"),
    summary=gettext_lazy("List leads"),
)
def list_leads(request: Any, asked: Query[LeadsAsked]) -> dict[str, Any]:
    """The leads one may see: the newest first, or since a moment the longest unchanged first."""
    check_query(request, LeadsAsked.model_fields)
    rows = visible_leads(request.member).select_related("owner", "department")
    rows = narrowed(rows, asked, request.member, CHOICES)
    if asked.search.strip():
        rows = narrow_leads(rows, asked.search.strip())
    return listed(request, rows, asked, leads_out)


@router.get(
    "/{int:lead_id}",
    response=LeadOut,
    exclude_unset=True,
    auth=Token("leads.view_lead"),
    summary=gettext_lazy("Read a lead"),
)
def read_lead(request: Any, lead_id: int) -> dict[str, Any]:
    """One lead."""
    lead = lead_or_404(request.member, lead_id)
    audit.note_view("leads.lead", lead.pk)
    return whole(request.member, lead)


@router.post(
    "",
    response={201: LeadOut | Brief},
    auth=Token("leads.create_lead", writes=True),
    summary=gettext_lazy("Enter a lead"),
)
def create_lead(request: Any, entry: LeadEntry, response: HttpResponse) -> Status[dict[str, Any]]:
    """Enter a lead. A known client is answered with 409: cards, and how to go on."""
    member, given = request.member, given_facts(entry)
    check_new(member, Lead, given)
    form = LeadForm({**given, "channel": Channel.API, "owner": entry.owner_id}, member=member)
    if entry.owner_id is not None and "owner" not in form.fields:
        raise invalid([("owner_id", _("You may not choose who gets it."))])
    facts = checked(form).facts
    touch = touches.receive(channel=Channel.API, payload={k: str(v) for k, v in given.items()})
    with collisions_told(member, typed=lambda: facts["company_name"]):
        try:
            lead = services.create_lead(
                by=member,
                owner=services.first_owner(member, form.cleaned_data.get("owner")),
                explanation=entry.collision.reason,
                confirmed=entry.collision.confirmed,
                touch=touch,
                origin=CollisionOrigin.API,
                **facts,
            )
        except LikelyDuplicate:
            touches.settle(touch_id=touch.pk, outcome=TouchOutcome.REJECTED, reason=KNOWN)
            raise
    response["Location"] = address(f"leads/{lead.pk}")
    return Status(201, written(member, lead))


@router.patch(
    "/{int:lead_id}",
    response=LeadOut | Brief,
    auth=Token("leads.edit_lead", writes=True),
    summary=gettext_lazy("Change a lead"),
)
def change_lead(request: Any, lead_id: int, change: LeadChange) -> dict[str, Any]:
    """Change some facts of a lead; of two who read the same version, the second is refused."""
    member, given = request.member, given_facts(change)
    lead = lead_or_404(member, lead_id, "leads.edit_lead")
    check_change(member, Lead, given)
    form = LeadForm(given, instance=lead, member=member)
    form.keep(given)
    facts = checked(form).facts
    try:
        with collisions_told(member, typed=lambda: facts.get("company_name", "")):
            lead = services.update_lead(
                lead_id=lead_id,
                by=member,
                version=change.version,
                explanation=change.collision.reason,
                confirmed=change.collision.confirmed,
                origin=CollisionOrigin.API,
                **facts,
            )
    except StaleRecord as refusal:
        raise stale(refusal, written(member, refusal.current)) from None
    return written(member, lead)


@router.post(
    "/{int:lead_id}/follow-ups",
    response={201: FollowUpOut},
    auth=Token("leads.edit_lead", writes=True),
    summary=gettext_lazy("Log a follow-up of a lead"),
)
def follow_up_lead(request: Any, lead_id: int, entry: FollowUpEntry) -> Status[dict[str, Any]]:
    """Log a call or visit. If the client is somebody else's, a collision case opens by itself."""
    lead = lead_or_404(request.member, lead_id, "leads.edit_lead")
    return Status(201, logged(request.member, lead, entry))

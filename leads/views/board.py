"""The board: deals in the columns of their stages, moved by hand, seen moving by everybody."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.people.models import Member
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted
from crm.web.asked import record_id
from crm.web.components import Action, Tab
from leads.enums import StageKind
from leads.forms.opportunities import LostForm
from leads.models import Stage
from leads.selectors.opportunities import (
    board_lanes,
    opportunity_or_404,
    visible_opportunities,
)
from leads.services.opportunities import ReasonNeeded, lose_opportunities, move_opportunity
from leads.services.stages import ensure_default_stages
from leads.tables.opportunities import OpportunityTable
from leads.views.opportunities import new_opportunity


@needs("leads.view_opportunity")
def board(request: TenantRequest) -> HttpResponse:
    """The deals the member may see, or their own, as columns."""
    columns = ensure_default_stages()
    mine = request.GET.get("owner") == "me"
    deals = visible_opportunities(request.member)
    if mine:
        deals = deals.filter(owner=request.member)
    here = reverse("leads:board")
    context = {
        "lanes": board_lanes(request.member, deals, columns),
        "here": f"{here}?owner=me" if mine else here,
        "tabs": [
            Tab("all", _("All"), here, is_active=not mine),
            Tab("mine", _("Mine"), f"{here}?owner=me", is_active=mine),
        ],
        "actions": board_actions(request.member),
        "title": _("Opportunities"),
    }
    return htmx.fragment(request, "leads/board.html#board", context)


def board_actions(member: Member) -> list[Action]:
    """The list view and a new deal."""
    rows = Action(_("List"), reverse("leads:opportunities"), "layout-list")
    return [rows, *new_opportunity(member)]


def _stage_or_404(text: str) -> Stage:
    stage: Stage | None = Stage.objects.filter(pk=record_id(text) or 0).first()
    if stage is None:
        raise Http404
    return stage


@require_POST
@needs("leads.edit_opportunity")
def move(request: TenantRequest, pk: int) -> HttpResponse:
    """Drop a card into a column above another one; losing asks for a reason first."""
    deal = opportunity_or_404(request.member, pk, "leads.edit_opportunity")
    stage = _stage_or_404(request.POST.get("stage", ""))
    before = request.POST.get("before", "")
    try:
        move_opportunity(
            opportunity_id=deal.pk,
            stage_id=stage.pk,
            by=request.member,
            before=record_id(before),
        )
    except ReasonNeeded as reason:
        lose = f"{reverse('leads:lose', args=[pk])}?stage={stage.pk}"
        response = htmx.announce(HttpResponse(status=422), {"tz:open-modal": {"url": lose}})
        return htmx.toast(response, str(reason), tone="info")
    return acted(
        request,
        url=reverse("leads:opportunity", args=[pk]),
        message=_("Moved to %(stage)s.") % {"stage": stage.name},
        trigger="opportunity-moved",
        undo=_undo_url(pk, deal.stage) if stage.pk != deal.stage_id else "",
    )


def _undo_url(pk: int, stage: Stage) -> str:
    """Where undoing a move posts to; a lost deal's reason is not asked for again."""
    if stage.kind == StageKind.LOST:
        return ""
    return reverse("leads:move_back", args=[pk, stage.pk])


@require_POST
@needs("leads.edit_opportunity")
def move_back(request: TenantRequest, pk: int, stage_id: int) -> HttpResponse:
    """Undo a move."""
    opportunity_or_404(request.member, pk, "leads.edit_opportunity")
    stage = _stage_or_404(str(stage_id))
    if stage.kind == StageKind.LOST:
        raise Http404
    move_opportunity(opportunity_id=pk, stage_id=stage.pk, by=request.member)
    return acted(
        request,
        url=reverse("leads:opportunity", args=[pk]),
        message=_("Moved back to %(stage)s.") % {"stage": stage.name},
        trigger="opportunity-moved",
    )


@needs("leads.edit_opportunity")
def lose(request: TenantRequest, pk: int) -> HttpResponse:
    """Close a deal as lost, saying why."""
    deal = opportunity_or_404(request.member, pk, "leads.edit_opportunity")
    stage = _stage_or_404(request.GET.get("stage", ""))
    form = LostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        move_opportunity(
            opportunity_id=pk,
            stage_id=stage.pk,
            by=request.member,
            lost_reason=form.cleaned_data["lost_reason"],
        )
        return htmx.done(
            request,
            url=reverse("leads:opportunity", args=[pk]),
            message=_("Closed as lost."),
            trigger="opportunity-moved",
            undo=_undo_url(pk, deal.stage),
        )
    title = _("%(deal)s is lost") % {"deal": deal.name}
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Close as lost")}
    )


@require_POST
@needs("leads.edit_opportunity")
def bulk_lose(request: TenantRequest) -> HttpResponse:
    """Close the ticked deals as lost with one reason; closed ones are left alone."""
    rows = visible_opportunities(request.member, "leads.edit_opportunity")
    ids = list(OpportunityTable(request, rows).picked.order_by("pk").values_list("pk", flat=True))
    form = LostForm(request.POST if "go" in request.POST else None)
    if "go" in request.POST and form.is_valid():
        number = lose_opportunities(
            opportunity_ids=ids, by=request.member, lost_reason=form.cleaned_data["lost_reason"]
        )
        words = ngettext("%(count)s deal closed.", "%(count)s deals closed.", number)
        return htmx.done(
            request,
            url=reverse("leads:opportunities"),
            message=words % {"count": number},
            trigger="opportunity-moved",
        )
    words = ngettext("Close %(count)s deal", "Close %(count)s deals", len(ids))
    context = {"form": form, "title": words % {"count": len(ids)}, "submit": _("Close as lost")}
    return htmx.form_page(request, "web/form.html", context)

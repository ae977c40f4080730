"""What was merged, and the way back."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.answers import refused
from crm.web.components import Fact
from leads.collision_tabs import tabs_for
from leads.models import Merge
from leads.selectors import merging as selectors
from leads.selectors.addresses import page_of
from leads.selectors.cases import visible_cases
from leads.services import merging as services
from leads.services.merging.undoing import pair_of, why_not
from leads.tables.merges import MergeTable


@needs("leads.merge_lead", "leads.merge_customer")
def merge_list(request: TenantRequest) -> HttpResponseBase:
    """Every merge of records within reach."""
    table = MergeTable(request, selectors.visible_merges(request.member))
    context = {"tabs": tabs_for(request.member, "merges")}
    return table.respond("leads/collisions/list.html", context, title=_("Merges"))


def merge_or_404(member: Member, pk: int) -> Merge:
    found: Merge = get_object_or_404(
        selectors.visible_merges(member).select_related("by", "undone_by"), pk=pk
    )
    return found


@needs("leads.merge_lead", "leads.merge_customer")
def merge_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One merge: who, when, why, what each record said and what moved."""
    found = merge_or_404(request.member, pk)
    return render(request, "leads/merges/detail.html", detail_context(request.member, found))


def detail_context(member: Member, found: Merge) -> dict[str, Any]:
    """Both records as they were, whose values were taken, what moved, and the way back."""
    kept, gone = pair_of(found)
    return {
        "merge": found,
        "lines": selectors.lines_before(found, type(kept), type(gone), member),
        "loads": selectors.steps_of(found),
        "why_not": why_not(found, member) if found.is_in_force else "",
        "stays": selectors.what_stays(found) if found.can_undo else [],
        "kept_url": page_of(found.kept_kind, found.kept_id),
        "gone_url": page_of(found.gone_kind, found.gone_id) if not gone.merged_into_id else "",
        "decides_case": found.case_id if found.can_undo else None,
        "facts": [
            *case_fact(member, found),
            Fact(
                _("Kept as"), markup.link(found.kept_title, page_of(found.kept_kind, found.kept_id))
            ),
            Fact(_("Merged record"), found.gone_title),
            Fact(_("Merged by"), found.by.name if found.by else _("System")),
            Fact(_("When"), markup.moment(found.at)),
            Fact(_("Reason"), found.reason),
            *(
                [
                    Fact(_("Undone by"), found.undone_by.name if found.undone_by else _("System")),
                    Fact(pgettext("merge", "Undone"), markup.moment(found.undone_at)),
                ]
                if found.undone_at
                else [Fact(_("Can be undone until"), markup.deadline(found.undo_until, done=True))]
            ),
        ],
    }


def case_fact(member: Member, found: Merge) -> list[Fact]:
    """The collision case that the merge decided, for whoever may read it."""
    case = visible_cases(member).filter(pk=found.case_id).first() if found.case_id else None
    if case is None:
        return []
    return [
        Fact(_("Collision case"), markup.link(case.number, reverse("leads:case", args=[case.pk])))
    ]


@needs("leads.merge_lead", "leads.merge_customer")
def undo(request: TenantRequest, pk: int) -> HttpResponse:
    """What comes back and what stays, said before it happens; then both records are there again."""
    found = merge_or_404(request.member, pk)
    url = reverse("leads:merged", args=[pk])
    if request.method != "POST":
        context = detail_context(request.member, found) | {"is_asking": True}
        return render(request, "leads/merges/detail.html", context)
    try:
        services.undo(merge_id=pk, by=request.member)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    _kept, gone = pair_of(found)
    noun = "customer" if found.gone_kind == "customer" else "lead"
    if policy.allowed(request.member, f"leads.view_{noun}", gone):
        url = page_of(found.gone_kind, found.gone_id)
    elif not selectors.visible_merges(request.member).filter(pk=pk).exists():
        url = page_of(found.kept_kind, found.kept_id)
    return htmx.done(
        request,
        url=url,
        message=_("“%(name)s” is a record of its own again.") % {"name": found.gone_title},
        trigger={"records-merged": True, "customer-updated": True, "lead-updated": True},
    )

"""Two records side by side: what is kept of each, and what moves."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import carried_out, refused
from crm.web.asked import record_id
from leads.forms.merges import ReasonForm, SeparateForm
from leads.models import CollisionCase, Customer, Lead
from leads.selectors import cases, merging
from leads.selectors.addresses import page_of
from leads.selectors.matching_text import narrow_customers, narrow_leads
from leads.services import merging as services
from leads.services.identity import kind_of
from leads.services.refusals import StaleRecord
from leads.tables.customers import CustomerTable
from leads.tables.leads import LeadTable

MOST_HITS = 8


def pair_or_404(member: Member, kind: str, kept: int, gone: int) -> tuple[Any, Any]:
    """The two records, if the member may merge both."""
    if kind not in merging.MODELS or (kept == gone and kind != merging.ATTACH):
        raise Http404
    stays, goes = merging.MODELS[kind]
    return (
        merging.record_or_404(member, stays, kept),
        merging.record_or_404(member, goes, gone),
    )


def kind_for(kept: Any, gone: Any) -> str:
    """The word in the address for these two."""
    if isinstance(kept, Lead):
        return merging.LEADS
    return merging.CUSTOMERS if isinstance(gone, Customer) else merging.ATTACH


def address(kept: Any, gone: Any, name: str = "merge") -> str:
    """The screen for these two."""
    return reverse(f"leads:{name}", args=[kind_for(kept, gone), kept.pk, gone.pk])


@needs("leads.merge_lead", "leads.merge_customer")
def screen(request: TenantRequest, kind: str, kept: int, gone: int) -> HttpResponse:
    """Field by field; what was read is what is merged, or the screen comes back."""
    stays, goes = pair_or_404(request.member, kind, kept, gone)
    case = case_of(request)
    form = ReasonForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            found = services.merge(
                kept=stays,
                gone=goes,
                picks=picked(request),
                by=request.member,
                case=case,
                reason=form.cleaned_data["reason"],
                versions=(
                    record_id(request.POST.get("kept_version", "")),
                    record_id(request.POST.get("gone_version", "")),
                ),
            )
        except StaleRecord:
            problem = _("Somebody changed one of the two meanwhile. Look again before you merge.")
            stays, goes = pair_or_404(request.member, kind, kept, gone)
        except Refused as reason:
            problem = str(reason)
        else:
            return htmx.done(
                request,
                url=page_of(kind_of(stays), stays.pk),
                message=_("“%(name)s” is part of this record now.") % {"name": found.gone_title},
                trigger={"records-merged": True, "customer-updated": True, "lead-updated": True},
                undo=reverse("leads:undo_merge", args=[found.pk]),
            )
    context = screen_context(request, stays, goes, case, form, problem)
    status = 422 if request.method == "POST" else 200
    return render(request, "leads/merges/screen.html", context, status=status)


def picked(request: TenantRequest) -> dict[str, str]:
    """Whose value was chosen, block by block."""
    return {
        key.removeprefix("pick-"): str(value)
        for key, value in request.POST.items()
        if key.startswith("pick-")
    }


def case_of(request: TenantRequest) -> CollisionCase | None:
    """The collision case that this decides, if the member may read it."""
    pk = record_id(request.GET.get("case", ""))
    return cases.visible_cases(request.member).filter(pk=pk).first() if pk else None


def screen_context(
    request: TenantRequest, kept: Any, gone: Any, case: Any, form: ReasonForm, problem: str
) -> dict[str, Any]:
    """Both records, the choices, what moves, and the two other ways."""
    query = f"?case={case.pk}" if case is not None else ""
    is_attach = kind_for(kept, gone) == merging.ATTACH
    return {
        "kept": kept,
        "gone": gone,
        "case": case,
        "form": form,
        "problem": problem,
        "is_attach": is_attach,
        "preview": merging.preview(kept, gone, request.member, picked(request)),
        "swap_url": "" if is_attach else address(gone, kept) + query,
        "separate_url": address(kept, gone, "keep_separate") + query,
        "kept_url": page_of(kind_of(kept), kept.pk),
        "gone_url": page_of(kind_of(gone), gone.pk),
        "title": _("Merge two records") if not is_attach else _("Attach a lead to its customer"),
    }


@needs("leads.merge_lead", "leads.merge_customer")
def separate(request: TenantRequest, kind: str, kept: int, gone: int) -> HttpResponse:
    """The third way: both stay, in one hand, and nobody is asked about them again."""
    left, right = pair_or_404(request.member, kind, kept, gone)
    owners = list(dict.fromkeys(one.owner for one in (left, right) if one.owner))
    owners = owners or [request.member]
    form = SeparateForm(request.POST or None, owners=owners)

    def keep() -> None:
        owner = next(one for one in owners if str(one.pk) == form.cleaned_data["owner"])
        reason, case = form.cleaned_data["reason"], case_of(request)
        services.keep_separate(
            left=left, right=right, owner=owner, by=request.member, reason=reason, case=case
        )

    if carried_out(form, keep):
        return htmx.done(
            request,
            url=after_separate(request, left),
            message=_("Both stay, in one hand."),
            leaves=True,
        )
    context = {
        "form": form,
        "title": _("Keep both, one owner"),
        "submit": _("Keep both"),
        "hint": _("“%(left)s” and “%(right)s” stay two records and are never reported again.")
        % {"left": left, "right": right},
    }
    return htmx.form_page(request, "web/form.html", context)


def after_separate(request: TenantRequest, left: Any) -> str:
    """The record, if it is still the member's to see; else the list."""
    model = type(left)
    noun = "customer" if model is Customer else "lead"
    rows = model.objects.filter(pk=left.pk)
    if policy.visible(request.member, rows, f"leads.view_{noun}").exists():
        return page_of(kind_of(left), left.pk)
    return reverse("leads:customers" if model is Customer else "leads:list")


@needs("leads.merge_lead", "leads.merge_customer")
def pick(request: TenantRequest, kind: str, pk: int) -> HttpResponse:
    """Which record is it to be merged with? Similar ones first, any other by search."""
    if kind not in (merging.CUSTOMERS, merging.LEADS):
        raise Http404
    model = Customer if kind == merging.CUSTOMERS else Lead
    record = merging.record_or_404(request.member, model, pk)
    text = request.GET.get("q", "").strip()
    found = searched(request.member, record, text) if text else []
    similar = merging.candidates_for(record, request.member)
    context = {
        "record": record,
        "text": text,
        "similar": [choice(record, one) for one in similar],
        "found": [choice(record, one) for one in found if one not in similar],
        "title": _("Merge “%(name)s” with …") % {"name": record},
    }
    return render(request, "leads/merges/pick.html", context)


def choice(record: Any, other: Any) -> tuple[Any, str]:
    """Another record and the screen for both: a customer is kept before a lead."""
    kept, gone = (other, record) if isinstance(other, Customer) else (record, other)
    if isinstance(record, Customer):
        kept, gone = record, other
    return other, address(kept, gone)


def searched(member: Member, record: Any, text: str) -> list[Any]:
    """What the search box found, among what may be merged."""
    found: list[Any] = []
    if policy.reach_of(member, "leads.merge_customer") is not None:
        rows = policy.visible(member, Customer.objects.all(), "leads.merge_customer")
        found += narrow_customers(rows, text).select_related("owner").order_by("-pk")[:MOST_HITS]
    if isinstance(record, Lead):
        leads = policy.visible(member, Lead.objects.all(), "leads.merge_lead")
        found += narrow_leads(leads, text).select_related("owner").order_by("-pk")[:MOST_HITS]
    return [one for one in found if one != record]


@require_POST
@needs("leads.merge_customer")
def ticked_customers(request: TenantRequest) -> HttpResponse:
    """Two ticked customers side by side."""
    rows = policy.visible(request.member, Customer.objects.all(), "leads.merge_customer")
    return ticked(request, CustomerTable(request, rows), "leads:customers")


@require_POST
@needs("leads.merge_lead")
def ticked_leads(request: TenantRequest) -> HttpResponse:
    """Two ticked leads side by side."""
    rows = policy.visible(request.member, Lead.objects.all(), "leads.merge_lead")
    return ticked(request, LeadTable(request, rows), "leads:list")


def ticked(request: TenantRequest, table: Any, back: str) -> HttpResponse:
    """To the screen with exactly two; the older one is kept unless they are exchanged there."""
    found = list(table.picked.order_by("pk")[:3])
    if len(found) != 2:
        message = _("Tick exactly two records that you may merge.")
        return refused(request, url=reverse(back), message=message)
    url = address(found[0], found[1])
    if htmx.is_partial(request):
        return htmx.done(request, url=url)
    return HttpResponseRedirect(url)

"""The hand-over of a leaver: who gets what, a preview, single rows, the undo."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm import refusals
from crm.access.decorators import needs
from crm.people.holdings import Holding, holding_at, holdings_of
from crm.people.models import Member
from crm.sharing.allotment import Allotment, Plan, proposal
from crm.sharing.enums import HandOverState
from crm.sharing.forms import HandOverForm, SingleForm
from crm.sharing.models import HandOver
from crm.sharing.services import hand_over as services
from crm.sharing.tables import HandOverTable, MovementTable
from crm.sharing.views.answers import gone_to
from crm.sharing.views.hand_over_page import draft_page, finished_page
from crm.tenancy.http import TenantRequest
from crm.web.answers import refused
from crm.web.asked import record_ids

PER_PAGE = 50


@needs("sharing.hand_over")
def begin(request: TenantRequest, pk: int) -> HttpResponse:
    """Everything a member holds, and who is to get it."""
    leaver = get_object_or_404(Member.objects.select_related("department"), pk=pk)
    draft = HandOver.objects.filter(leaver=leaver, state=HandOverState.DRAFT).first()
    held = holdings_of(leaver)
    kept = ("reason", "deactivates", "commission_cutoff")
    values = {name: getattr(draft, name) for name in kept} if draft else {}
    form = HandOverForm(
        request.POST or None,
        held=held,
        leaver=leaver,
        proposed=draft.choices if draft else proposal(leaver),
        initial=values,
    )
    if request.method == "POST" and form.is_valid():
        draft = services.prepare(leaver=leaver, by=request.member)
        services.choose(
            hand_over_id=draft.pk,
            choices=form.choices,
            **{name: form.cleaned_data[name] for name in kept},
        )
        return gone_to(request, reverse("sharing:hand_over", args=[draft.pk]))
    context = {
        "leaver": leaver,
        "form": form,
        "held": held,
        "followers": [one for one in held if one.holding.mover is None],
        "latest": services.latest_of(leaver),
        "title": _("Hand over what %(name)s holds") % {"name": leaver.name},
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "sharing/hand_over_begin.html", context, status=status)


@needs("sharing.hand_over")
def hand_over_list(request: TenantRequest) -> HttpResponseBase:
    """Every hand-over, prepared, done or undone."""
    return HandOverTable(request, HandOver.objects.all()).respond(title=_("Hand-overs"))


@needs("sharing.hand_over")
def hand_over_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """While it is prepared: the preview. Afterwards: what moved, and the undo."""
    found = _hand_over_or_404(pk)
    is_draft = found.state == HandOverState.DRAFT
    page = draft_page(found) if is_draft else finished_page(found)
    return render(request, "sharing/hand_over.html", page)


def _hand_over_or_404(pk: int) -> HandOver:
    rows = HandOver.objects.select_related("leaver__department", "done_by", "undone_by")
    found: HandOver = get_object_or_404(rows, pk=pk)
    return found


@require_POST
@needs("sharing.hand_over")
def carry_out(request: TenantRequest, pk: int) -> HttpResponse:
    """Move everything as it was prepared."""
    _hand_over_or_404(pk)
    url = reverse("sharing:hand_over", args=[pk])
    try:
        done = services.hand_over(hand_over_id=pk, by=request.member)
    except refusals.Refused as reason:
        return refused(request, url=url, message=str(reason))
    words = ngettext("%(count)s row handed over.", "%(count)s rows handed over.", done.count)
    return gone_to(request, url, words % {"count": done.count})


@require_POST
@needs("sharing.hand_over")
def undo(request: TenantRequest, pk: int) -> HttpResponse:
    """Give back what has not moved on since."""
    _hand_over_or_404(pk)
    url = reverse("sharing:hand_over", args=[pk])
    try:
        services.undo(hand_over_id=pk, by=request.member)
    except refusals.Refused as reason:
        return refused(request, url=url, message=str(reason))
    return gone_to(request, url, _("Undone."))


@require_POST
@needs("sharing.hand_over")
def discard(request: TenantRequest, pk: int) -> HttpResponse:
    """Forget what was being prepared."""
    found = _hand_over_or_404(pk)
    try:
        services.discard(hand_over_id=pk)
    except refusals.Refused as reason:
        url = reverse("sharing:hand_over", args=[pk])
        return refused(request, url=url, message=str(reason))
    return gone_to(request, reverse("people:handover", args=[found.leaver_id]), _("Discarded."))


def _holding_or_404(slug: str) -> Holding:
    found = holding_at(slug)
    if found is None:
        raise Http404
    return found


@needs("sharing.hand_over")
def single(request: TenantRequest, pk: int, key: str) -> HttpResponse:
    """The rows of one kind with who is to get each; ticked ones go to somebody by name."""
    found, one = _hand_over_or_404(pk), _holding_or_404(key)
    if found.state != HandOverState.DRAFT or one.mover is None:
        raise Http404
    form = SingleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_single(
                hand_over_id=pk,
                key=one.key,
                ids=record_ids(request.POST.getlist("ids")),
                receiver=form.cleaned_data["receiver"],
            )
        except refusals.Refused as reason:
            form.add_error(None, str(reason))
        else:
            return gone_to(request, request.get_full_path(), _("Saved."))
    context = {"form": form, **single_page(request, found, one)}
    status = 422 if request.method == "POST" else 200
    return render(request, "sharing/hand_over_rows.html", context, status=status)


def single_page(request: TenantRequest, found: HandOver, one: Holding) -> dict[str, Any]:
    """A page of rows, each with its receiver; `receiver` in the address narrows it."""
    allotment = Allotment(found.leaver, Plan(found.choices, found.exceptions))
    given = allotment.given.get(one.key, {})
    rows = one.of(found.leaver).select_related(*one.related).order_by("pk")
    wanted = record_ids(request.GET.getlist("receiver"))
    if wanted:
        rows = rows.filter(pk__in=[pk for pk, who in given.items() if who in wanted])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    members = allotment.members
    return {
        "hand_over": found,
        "holding": one,
        "page": page,
        "rows": [
            (row.pk, one.title(row), members.get(given[row.pk]) if row.pk in given else None)
            for row in page.object_list
        ],
        "receiver": wanted[0] if wanted else "",
        "title": f"{found.leaver.name} · {one.label}",
    }


@needs("sharing.hand_over")
def moved(request: TenantRequest, pk: int, key: str) -> HttpResponseBase:
    """The rows of one kind that a hand-over moved."""
    found, one = _hand_over_or_404(pk), _holding_or_404(key)
    rows = found.movements.filter(holding=one.key)
    wanted = record_ids(request.GET.getlist("receiver"))
    if wanted:
        rows = rows.filter(receiver_id__in=wanted)
    title = f"{found.leaver.name} · {one.label}"
    return MovementTable(request, rows).respond(title=title)


@needs("sharing.hand_over")
def held(request: TenantRequest, pk: int, key: str) -> HttpResponse:
    """Rows that a member holds and that have no list of their own."""
    leaver = get_object_or_404(Member, pk=pk)
    one = _holding_or_404(key)
    rows = one.of(leaver).select_related(*one.related).order_by("pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": f"{leaver.name} · {one.label}",
        "rows": [one.title(row) for row in page.object_list],
        "page": page,
        "back_url": reverse("people:handover", args=[pk]),
        "icon": one.icon,
    }
    return render(request, "sharing/held.html", context)

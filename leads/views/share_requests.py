"""Requests to share: the list, and the answer at one press."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.refusals import Refused
from crm.tenancy.clock import organization_today
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, carried_out, refused
from leads.collision_tabs import tabs_for
from leads.enums import ShareAction, ShareState
from leads.forms.entering import DeclineForm, GrantForm
from leads.selectors.share_requests import RequestLine, request_for, requests_for
from leads.services import share_requests as services
from leads.tables.next_steps import add_lead, first_possible

USUAL_DAYS = 90


def line_or_404(request: TenantRequest, pk: int, *, to_answer: bool = False) -> RequestLine:
    """The request, if it is the member's to read or, when asked for, to answer."""
    line = request_for(request.member, pk)
    if line is None or (to_answer and not line.may_answer):
        raise Http404
    return line


@needs(ANY_MEMBER)
def share_requests(request: TenantRequest) -> HttpResponse:
    """What waits for one's answer, and what one has asked for."""
    lines = requests_for(request.member)
    context = {
        "title": _("Requests to share"),
        "tabs": tabs_for(request.member, "requests"),
        "asked": [one for one in lines if one.request.asker_id == request.member.pk],
        "next_step": first_possible(request.member, add_lead()),
        "to_answer": [one for one in lines if one.request.asker_id != request.member.pk],
    }
    return htmx.fragment(request, "leads/collisions/requests.html#requests", context)


@needs(ANY_MEMBER)
def share_request(request: TenantRequest, pk: int) -> HttpResponse:
    """One request: who asks for what, and the answer."""
    line = line_or_404(request, pk)
    is_open = line.may_answer and line.request.state == ShareState.WAITING
    context = {
        "title": _("Request to share"),
        "line": line,
        "is_open": is_open,
        "waits": not is_open and line.request.state == ShareState.WAITING,
        "form": GrantForm(initial={"until": usual_end()}) if is_open else None,
    }
    return render(request, "leads/collisions/request.html", context)


def usual_end() -> date:
    """A share that was asked for ends after a quarter unless its owner says otherwise."""
    return organization_today() + timedelta(days=USUAL_DAYS)


@require_POST
@needs(ANY_MEMBER)
def grant_share_request(request: TenantRequest, pk: int, action: str) -> HttpResponse:
    """Share as asked for, at one press."""
    line_or_404(request, pk, to_answer=True)
    if action not in ShareAction.values:
        raise Http404
    url = reverse("leads:share_request", args=[pk])
    form = GrantForm(request.POST)
    if not form.is_valid():
        return refused(request, url=url, message=" ".join(map(str, form.errors["until"])))
    try:
        services.grant_request(
            request_id=pk,
            by=request.member,
            action=ShareAction(action),
            until=form.cleaned_data["until"],
        )
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Shared."), trigger="share-answered")


@needs(ANY_MEMBER)
def decline_share_request(request: TenantRequest, pk: int) -> HttpResponse:
    """Do not share, saying why."""
    line_or_404(request, pk, to_answer=True)
    form = DeclineForm(request.POST or None)

    def decline() -> None:
        services.decline_request(request_id=pk, by=request.member, **form.cleaned_data)

    if carried_out(form, decline):
        return htmx.done(
            request,
            url=reverse("leads:share_request", args=[pk]),
            message=_("Declined. Whoever asked is told why."),
            trigger="share-answered",
        )
    context = {"form": form, "title": _("Decline to share"), "submit": _("Decline")}
    return htmx.form_page(request, "web/form.html", context)

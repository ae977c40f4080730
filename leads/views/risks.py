"""Early warnings: pairs that may become a collision, before they do."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, refused
from crm.web.components import Action
from crm.web.forms import TenantForm
from leads.collision_tabs import tabs_for
from leads.enums import RecordKind, RiskState
from leads.models import CollisionRisk, Customer, Lead
from leads.selectors.risks import (
    Told,
    cards_of,
    factor_words,
    outcomes,
    risk_or_404,
    visible_risks,
)
from leads.services import risks as services
from leads.services.digest_wishes import set_digest, wants_digest
from leads.tables.risks import RISK_COLOURS, RiskTable, probability_badge

DECIDE = "leads.decide_risks"


class CaseForm(TenantForm):
    """Why both are one client, or will be fought over as one."""

    why = forms.CharField(
        label=gettext_lazy("Why you think that this is one client"), min_length=2, max_length=200
    )
    wide = ("why",)


class DismissForm(TenantForm):
    """Why nothing will come of it."""

    why = forms.CharField(label=gettext_lazy("Reason"), min_length=2, max_length=200)
    wide = ("why",)


@needs("leads.view_risks")
def risk_list(request: TenantRequest) -> HttpResponseBase:
    """The pairs at risk within the member's reach, the likeliest first."""
    actions = []
    if policy.allowed(request.member, DECIDE):
        url = reverse("leads:risk_outcomes")
        actions.append(Action(pgettext("risk", "Outcomes"), url, "chart-dots", frame="drawer"))
        actions.append(digest_action(request))
    context = {"tabs": tabs_for(request.member, "risks")}
    return RiskTable(request, _rows(request)).respond(
        "leads/collisions/list.html", context, title=_("Early warning"), actions=actions
    )


def digest_action(request: TenantRequest) -> Action:
    """Switch one's own daily digest off, or on again."""
    if wants_digest(request.member):
        url = reverse("leads:risk_digest", args=["off"])
        return Action(_("Stop the daily digest"), url, "bell", method="post")
    url = reverse("leads:risk_digest", args=["on"])
    return Action(_("Send me the daily digest"), url, "bell", method="post")


@require_POST
@needs(DECIDE)
def switch_digest(request: TenantRequest, to: str) -> HttpResponse:
    """Whether the member gets the daily mail and line about new warnings."""
    if to not in ("on", "off"):
        raise Http404
    set_digest(request.member, is_wanted=to == "on")
    message = _("You get the digest again.") if to == "on" else _("No digest any more.")
    return htmx.done(request, url=reverse("leads:risks"), message=message)


def _rows(request: TenantRequest) -> QuerySet[CollisionRisk]:
    """Open ones, unless other states are asked for."""
    rows = visible_risks(request.member)
    return rows if "state" in request.GET else rows.filter(state=RiskState.OPEN)


@needs("leads.view_risks")
def risk_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One pair: both cards, each reason with its weight, and what can be done."""
    risk = risk_or_404(request.member, pk)
    told = cards_of(request.member, risk)
    if told is None:
        raise Http404
    context = {
        "risk": risk,
        "cards": [told.left, told.right],
        "why": told.said(risk.why),
        "factors": factor_words(risk.factors, told),
        "probability": probability_badge(risk.probability),
        "colour": RISK_COLOURS[risk.state],
        "actions": _actions(request, risk, told),
    }
    return render(request, "leads/risks/detail.html", context)


def _actions(request: TenantRequest, risk: CollisionRisk, told: Told) -> list[Action]:
    if not policy.allowed(request.member, DECIDE):
        return []
    if risk.case_id:
        return [Action(_("The case"), reverse("leads:case", args=[risk.case_id]), "scale")]
    if not risk.is_open:
        url = reverse("leads:reopen_risk", args=[risk.pk])
        again = Action(pgettext("warning", "Open again"), url, "arrow-back-up", method="post")
        return [again] if risk.state == RiskState.DISMISSED else []
    found = [
        Action(
            _("Ask both reps"), reverse("leads:ask_reps", args=[risk.pk]), "message-2",
            method="post", kind="primary",
        ),
        Action(
            _("Open a case"), reverse("leads:risk_case", args=[risk.pk]), "scale", frame="modal"
        ),
        Action(
            _("Dismiss"), reverse("leads:dismiss_risk", args=[risk.pk]), "eye-off", frame="modal"
        ),
    ]  # fmt: skip
    if told.sees_both:
        found += merge_actions(request.member, risk)
        found.append(
            Action(
                _("Not the same client"), reverse("leads:risk_not_same", args=[risk.pk]), "x",
                method="post",
                confirm=_("Are they different clients? Nobody will be asked about the two again."),
            )
        )  # fmt: skip
    return found


def merge_actions(member: Member, risk: CollisionRisk) -> list[Action]:
    """Make one record of the two, where both are of one kind and the member may."""
    kind = risk.left_kind
    rows: Any = Lead.objects if kind == RecordKind.LEAD else Customer.objects
    pair = rows.filter(pk__in=(risk.left_id, risk.right_id))
    if kind != risk.right_kind or policy.visible(member, pair, f"leads.merge_{kind}").count() < 2:
        return []
    url = reverse("leads:merge", args=[kind, risk.left_id, risk.right_id])
    return [Action(_("Merge…"), url, "git-merge")]


@needs(DECIDE)
def dismiss_risk(request: TenantRequest, pk: int) -> HttpResponse:
    """Nothing will come of one pair."""
    risk = risk_or_404(request.member, pk)
    return _dismiss(request, [risk.pk], sent=request.method == "POST")


@require_POST
@needs(DECIDE)
def dismiss_risks(request: TenantRequest) -> HttpResponse:
    """Nothing will come of the ticked pairs."""
    table = RiskTable(request, _rows(request))
    ids = list(table.picked.order_by("pk").values_list("pk", flat=True))
    return _dismiss(request, ids, sent="go" in request.POST)


def _dismiss(request: TenantRequest, ids: list[int], *, sent: bool) -> HttpResponse:
    form = DismissForm(request.POST if sent else None)
    if sent and form.is_valid():
        number = services.dismiss(risk_ids=ids, by=request.member, why=form.cleaned_data["why"])
        words = ngettext("%(count)s warning dismissed.", "%(count)s warnings dismissed.", number)
        return htmx.done(
            request,
            url=reverse("leads:risks"),
            message=words % {"count": number},
            trigger="risk-changed",
            undo=reverse("leads:reopen_risk", args=ids) if number == len(ids) == 1 else "",
        )
    words = ngettext("Dismiss %(count)s warning", "Dismiss %(count)s warnings", len(ids))
    context: dict[str, Any] = {
        "form": form, "title": words % {"count": len(ids)}, "submit": _("Dismiss"),
    }  # fmt: skip
    return htmx.form_page(request, "web/form.html", context)


@needs(DECIDE)
def risk_case(request: TenantRequest, pk: int) -> HttpResponse:
    """Have it decided before both reps are at the client's door."""
    risk_or_404(request.member, pk)
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = services.open_case(risk_id=pk, by=request.member, **form.cleaned_data)
        except Refused as reason:
            form.add_error("why", str(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:case", args=[case.pk]),
                message=_("Case %(number)s opened.") % {"number": case.number},
                trigger="risk-changed",
            )
    context = {"form": form, "title": _("Open a case"), "submit": _("Open a case")}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs(DECIDE)
def reopen_risk(request: TenantRequest, pk: int) -> HttpResponse:
    """It was dismissed too early."""
    risk_or_404(request.member, pk)
    return _act(request, pk, lambda: services.reopen(risk_id=pk), _("The warning is open again."))


@require_POST
@needs(DECIDE)
def risk_not_same(request: TenantRequest, pk: int) -> HttpResponse:
    """The two are different clients; only who sees both can say so."""
    told = cards_of(request.member, risk_or_404(request.member, pk))
    if told is None or not told.sees_both:
        raise Http404
    return _act(
        request,
        pk,
        lambda: services.judge_not_same(risk_id=pk, by=request.member),
        _("Noted: different clients. They will not be asked about again."),
    )


@require_POST
@needs(DECIDE)
def ask_reps(request: TenantRequest, pk: int) -> HttpResponse:
    """Ask both owners to settle it."""
    risk_or_404(request.member, pk)
    return _act(
        request,
        pk,
        lambda: services.ask_reps(risk_id=pk, by=request.member),
        _("Both reps have been asked."),
    )


def _act(request: TenantRequest, pk: int, work: Any, message: str) -> HttpResponse:
    url = reverse("leads:risk", args=[pk])
    try:
        work()
    except Refused as reason:
        return refused(request, url=url, message=reason)
    return acted(request, url=url, message=message, trigger="risk-changed")


@needs(DECIDE)
def risk_outcomes(request: TenantRequest) -> HttpResponse:
    """What became of past warnings, band by band."""
    return render(
        request,
        "leads/risks/outcomes.html",
        {"bands": outcomes(), "tabs": tabs_for(request.member, "risks")},
    )

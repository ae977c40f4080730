"""Collision cases: the list, the case, what its parties and its decider do."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.refusals import Refused
from crm.teamwork.services import EmptyComment
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted, carried_out, refused
from leads.arbitration import Proposal
from leads.collision_tabs import tabs_for
from leads.enums import RecordKind
from leads.forms.cases import AppealForm, DecideForm, ReportForm, StatementForm
from leads.models import Customer, Lead
from leads.selectors import cases as selectors
from leads.selectors.arbitrations import proposal_for
from leads.selectors.candidates import identity_of
from leads.selectors.case_commission import cutoff_under_appeal, sold_by
from leads.selectors.case_evidence import Dossier, dossier_of
from leads.selectors.case_rights import may_decide
from leads.selectors.case_rows import rows_behind
from leads.selectors.case_story import evidence_labels
from leads.selectors.customers import customer_or_404
from leads.selectors.entering import mark_of
from leads.selectors.identity import Match, find_similar
from leads.selectors.leads import lead_or_404
from leads.services import case_decisions
from leads.services import cases as services
from leads.services.lookups import cards_shown
from leads.tables.cases import CaseTable
from leads.views.case_page import case_page, decide_page, first_shares, ways_to_decide
from leads.views.refusing import case_words

CHANGED = "case-changed"


@needs("leads.view_case")
def case_list(request: TenantRequest) -> HttpResponseBase:
    """Every case the member may read."""
    rows = selectors.with_parties(selectors.visible_cases(request.member))
    context = {"tabs": tabs_for(request.member, "cases")}
    table = CaseTable(request, rows)
    return table.respond("leads/collisions/list.html", context, title=_("Collisions"))


@needs("leads.view_case")
def case_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One case: who claims the client, on what evidence, and what becomes of it."""
    case = selectors.case_or_404(request.member, pk)
    return render(request, "leads/collisions/case.html", case_page(request.member, case))


@needs("leads.view_case")
def case_evidence(request: TenantRequest, pk: int, member_id: int, figure: str) -> HttpResponse:
    """The rows behind one figure of one rep."""
    case = selectors.case_or_404(request.member, pk)
    rows = rows_behind(case, member_id, figure, request.member)
    if rows is None:
        raise Http404
    party = case.parties.select_related("member").get(member_id=member_id)
    context = {
        "case": case,
        "title": f"{party.member.name} · {evidence_labels()[figure]}",
        "hint": _("What you may not read shows when it was and how far it had come, no more."),
        "rows": rows,
    }
    return render(request, "leads/collisions/evidence.html", context)


@needs("leads.decide_case")
def decide_case(request: TenantRequest, pk: int) -> HttpResponse:
    """Decide, with the evidence beside it."""
    case = selectors.case_or_404(request.member, pk)
    url = reverse("leads:case", args=[pk])
    if not may_decide(request.member, case) and request.method == "GET":
        return redirect(url)
    dossier = dossier_of(case)
    proposal, _facts = proposal_for(dossier)
    form = _decide_form(request, dossier, proposal)
    if request.method == "POST" and form.is_valid() and _decided(request, pk, form):
        return htmx.done(request, url=url, message=_("Decided."), trigger=CHANGED)
    context = decide_page(request.member, dossier, proposal)
    context |= {"form": form, "merge_url": merge_url(dossier), "sold": sold_by(dossier)}
    return htmx.form_page(request, "leads/collisions/decide.html", context)


def _decide_form(request: TenantRequest, dossier: Dossier, proposal: Proposal) -> DecideForm:
    """The ways to decide; it begins with what is proposed."""
    ways = ways_to_decide(dossier, proposal)
    first = {
        "version": dossier.case.version,
        "choice": ways[0].value if ways[0].is_proposed else "",
        "commission_cutoff": cutoff_under_appeal(dossier.case),
    }
    return DecideForm(
        request.POST or None,
        ways=ways,
        reps=[rep for rep in dossier.reps if rep.is_active],
        shares=first_shares(dossier, proposal),
        initial=first,
    )


def _decided(request: TenantRequest, pk: int, form: DecideForm) -> bool:
    """Whether it is decided now; a refusal stands in the form."""
    version = form.cleaned_data["version"]
    try:
        case_decisions.decide(case_id=pk, by=request.member, ruling=form.ruling, version=version)
    except Refused as reason:
        form.add_error(None, case_words(pk, again="leads:case_decide")(reason))
    else:
        return True
    return False


def merge_url(dossier: Dossier) -> str:
    """The merge of the held record with the first newcomer's of its kind, "" where none fits."""
    held = dossier.held
    others = [one for one in dossier.records if not one.is_held]
    gone = next((one for one in others if held and one.record_kind == held.record_kind), None)
    if held is None or gone is None:
        return ""
    try:
        url = reverse("leads:merge", args=[held.record_kind, held.record_id, gone.record_id])
    except NoReverseMatch:
        return ""
    return f"{url}?case={dossier.case.pk}"


@needs("leads.view_case")
def appeal_case(request: TenantRequest, pk: int) -> HttpResponse:
    """Ask the next level."""
    case = selectors.case_or_404(request.member, pk)
    form = AppealForm(request.POST or None)

    def appeal() -> None:
        case_decisions.appeal(case_id=pk, by=request.member, **form.cleaned_data)

    if carried_out(form, appeal, words=case_words(pk)):
        url = reverse("leads:case", args=[pk])
        return htmx.done(request, url=url, message=_("Appealed."), trigger=CHANGED)
    context = {
        "form": form,
        "title": " · ".join((_("Appeal"), case.number)),
        "submit": _("Appeal"),
        "hint": _("The next superior decides again; until then the decision stands."),
    }
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("leads.view_case")
def accept_case(request: TenantRequest, pk: int) -> HttpResponse:
    """A rep who lost accepts the decision."""
    selectors.case_or_404(request.member, pk)
    url = reverse("leads:case", args=[pk])
    try:
        case_decisions.accept(case_id=pk, by=request.member)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Accepted."), trigger=CHANGED)


@needs("leads.view_case")
def state_case(request: TenantRequest, pk: int) -> HttpResponse:
    """A rep tells their side."""
    case = selectors.case_or_404(request.member, pk)
    own = case.parties.filter(member=request.member).first()
    form = StatementForm(request.POST or None, initial={"text": own.statement if own else ""})

    def state() -> None:
        services.state_case(case_id=pk, by=request.member, **form.cleaned_data)

    if carried_out(form, state, words=case_words(pk)):
        url = reverse("leads:case", args=[pk])
        return htmx.done(request, url=url, message=_("Saved."), trigger=CHANGED)
    context = {
        "form": form,
        "title": _("My statement"),
        "submit": _("Save"),
        "hint": _("Everybody in the case reads it."),
    }
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("leads.view_case")
def remark(request: TenantRequest, pk: int) -> HttpResponse:
    """A remark in the discussion."""
    case = selectors.case_or_404(request.member, pk)
    url = reverse("leads:case", args=[pk])
    try:
        services.discuss(case=case, by=request.member, text=request.POST.get("text", "")[:4000])
    except EmptyComment:
        return refused(request, url=url, message=_("Write something first."))
    return acted(request, url=url, message=_("Said."), trigger=CHANGED)


@needs("leads.open_case")
def report_lead(request: TenantRequest, pk: int) -> HttpResponse:
    """This lead is somebody else's client too."""
    return _report(request, lead_or_404(request.member, pk))


@needs("leads.open_case")
def report_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """This customer is somebody else's client too."""
    return _report(request, customer_or_404(request.member, pk))


def _report(request: TenantRequest, record: Lead | Customer) -> HttpResponse:
    kind = RecordKind.LEAD if isinstance(record, Lead) else RecordKind.CUSTOMER
    identity = identity_of(record)
    matches = find_similar(identity, excluding=[(kind.value, record.pk)])
    others = [one for one in matches if one.owner_id != record.owner_id or one.owner_id is None]
    cards = cards_shown(others, by=request.member, typed=identity.company)
    form = ReportForm(request.POST or None, cards=[(card.mark, card) for card in cards])
    if request.method == "POST" and form.is_valid():
        other = _meant(request, form.cleaned_data, others)
        if other is None:
            form.add_error("number", _("There is no such lead or customer within your reach."))
        else:
            try:
                case = services.report_by_hand(
                    record=record, other=other, by=request.member, why=form.cleaned_data["why"]
                )
            except Refused as reason:
                form.add_error(None, str(reason))
            else:
                url = reverse("leads:case", args=[case.pk])
                words = _("Collision %(number)s is open.") % {"number": case.number}
                return htmx.done(request, url=url, message=words, trigger=CHANGED)
    context = {
        "form": form,
        "title": " · ".join((_("Report a collision"), str(record))),
        "submit": _("Report"),
        "hint": _("Both reps and their managers are told; the nearest superior of both decides."),
    }
    return htmx.form_page(request, "web/form.html", context)


def _meant(
    request: TenantRequest, data: dict[str, Any], shown: list[Match]
) -> Lead | Customer | None:
    """The record that was chosen: a card that was shown, or a number within reach."""
    for match in shown:
        if data.get("other") and mark_of(match, request.member) == data["other"]:
            return services.record_at(match.pair)
    number = (data.get("number") or "").strip().upper()
    found = _within_reach(request, RecordKind.LEAD, number)
    return found or _within_reach(request, RecordKind.CUSTOMER, number)


def _within_reach(request: TenantRequest, kind: RecordKind, number: str) -> Lead | Customer | None:
    rows: Any = Lead.objects if kind == RecordKind.LEAD else Customer.objects
    permission = "leads.view_lead" if kind == RecordKind.LEAD else "leads.view_customer"
    seen = policy.visible(request.member, rows.select_related("owner"), permission)
    found: Lead | Customer | None = seen.filter(number=number).first()
    return found

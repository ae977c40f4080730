from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.approvals import selectors, services
from crm.approvals.enums import RunState, Verdict
from crm.approvals.errors import ApprovalError
from crm.approvals.forms import DecisionForm
from crm.approvals.models import Run
from crm.approvals.registry import subject_of
from crm.approvals.tables import (
    COLOURS,
    BlockedTable,
    DecidedTable,
    RunTable,
    SubmittedTable,
    WaitingTable,
)
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Tab


@needs("approvals.view_run")
def waiting(request: TenantRequest) -> HttpResponseBase:
    """What waits for my decision."""
    return _inbox(request, "waiting", WaitingTable, selectors.waiting_for(request.member))


@needs("approvals.view_run")
def submitted(request: TenantRequest) -> HttpResponseBase:
    """What I submitted."""
    return _inbox(request, "submitted", SubmittedTable, selectors.submitted_by(request.member))


@needs("approvals.view_run")
def decided(request: TenantRequest) -> HttpResponseBase:
    """What I decided."""
    return _inbox(request, "decided", DecidedTable, selectors.decided_by(request.member))


@needs("approvals.unblock_run")
def blocked(request: TenantRequest) -> HttpResponseBase:
    """What nobody can decide until an administrator puts it right."""
    return _inbox(request, "blocked", BlockedTable, selectors.blocked())


def _inbox(
    request: TenantRequest, name: str, table: type[RunTable], rows: QuerySet[Run]
) -> HttpResponseBase:
    context = {"tabs": _tabs(request, name)}
    return table(request, rows).respond("approvals/inbox.html", context, title=_("Approvals"))


def _tabs(request: TenantRequest, active: str) -> list[Tab]:
    words = {
        "waiting": _("Waiting for me"),
        "submitted": _("Submitted by me"),
        "decided": _("Decided by me"),
    }
    counts = {"waiting": selectors.waiting_count(request.member)}
    if policy.allowed(request.member, "approvals.unblock_run"):
        words["blocked"] = _("Nobody to ask")
        counts["blocked"] = selectors.blocked().count()
    return [
        Tab(key, label, reverse(f"approvals:{key}"), counts.get(key), key == active)
        for key, label in words.items()
    ]


@needs("approvals.view_run")
def run_detail(request: TenantRequest, run_id: int) -> HttpResponse:
    """One approval: what it is about, the risk, who decides, and the decision box."""
    return _page(request, _run_or_404(request, run_id))


@require_POST
@needs("approvals.view_run")
def decide(request: TenantRequest, run_id: int) -> HttpResponse:
    """Approve or send back."""
    run = _run_or_404(request, run_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, run, form=form, status=422)
    verdict = Verdict(form.cleaned_data["verdict"])
    try:
        run = services.decide(
            run_id=run.pk,
            by=request.member,
            verdict=verdict,
            comment=form.cleaned_data["comment"],
        )
    except ApprovalError as reason:
        form.add_error(None, str(reason))
        return _page(request, _run_or_404(request, run_id), form=form, status=422)
    return htmx.done(
        request,
        url=reverse("approvals:waiting"),
        message=f"{run.title} · {verdict.label}",
        trigger="approval-changed",
    )


@require_POST
@needs("approvals.view_run")
def withdraw(request: TenantRequest, run_id: int) -> HttpResponse:
    """Take it back, to change it."""
    run = _run_or_404(request, run_id)
    try:
        services.withdraw(run_id=run.pk, by=request.member)
    except ApprovalError as reason:
        return _refused(request, run, reason)
    return htmx.done(
        request,
        url=reverse("approvals:detail", args=[run.pk]),
        message=_("Withdrawn."),
        trigger="approval-changed",
    )


@require_POST
@needs("approvals.unblock_run")
def look_again(request: TenantRequest, run_id: int) -> HttpResponse:
    """After somebody filled the seat: ask again."""
    run = _run_or_404(request, run_id)
    try:
        run = services.look_again(run_id=run.pk)
    except ApprovalError as reason:
        return _refused(request, run, reason)
    still = run.state == RunState.BLOCKED
    return htmx.done(
        request,
        url=reverse("approvals:detail", args=[run.pk]),
        message=_("Still nobody to ask.") if still else _("On its way again."),
        trigger="approval-changed",
    )


def _run_or_404(request: TenantRequest, run_id: int) -> Run:
    """The run, for its participants, administrators, and whoever may see the record."""
    rows = Run.objects.select_related("submitted_by", "flow")
    run: Run | None = rows.filter(pk=run_id).first()
    if run is None:
        raise Http404
    may_read = selectors.readable_runs(request.member).filter(pk=run_id).exists()
    if not may_read and not selectors.can_read_subject(request.member, run):
        raise Http404
    return run


def _refused(request: TenantRequest, run: Run, reason: ApprovalError) -> HttpResponse:
    form = DecisionForm({"verdict": Verdict.APPROVE})
    form.add_error(None, str(reason))
    return _page(request, run, form=form, status=422)


def _page(
    request: TenantRequest, run: Run, *, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    subject = subject_of(run.subject_kind)
    record = subject.model._default_manager.get(pk=run.subject_id)
    turn = selectors.turn_of(run, request.member)
    context: dict[str, Any] = {
        "run": run,
        "colour": COLOURS[RunState(run.state)],
        "turn": turn,
        "form": form or DecisionForm(),
        "subject": subject,
        "summary": subject.summary(record),
        "record_url": subject.url(record)
        if selectors.can_read_subject(request.member, run)
        else "",
        "can_withdraw": run.is_open and run.submitted_by_id == request.member.pk,
        "can_look_again": run.state == RunState.BLOCKED
        and policy.allowed(request.member, "approvals.unblock_run"),
        "title": pgettext("page", "Approval"),
    }
    if status != 200:
        return htmx.fragment(request, "approvals/run.html#body", context, status=status)
    return render(request, "approvals/run.html", context)

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.access.links import who_can_see
from crm.approvals import selectors as approvals
from crm.approvals.models import Run
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import carried_out
from crm.web.asked import record_id
from crm.web.components import Action
from orders.enums import OrderStatus
from orders.forms.documents import ReasonForm
from orders.models import Order
from orders.panels import panels_for
from orders.selectors.record import actions_of, facts_of
from orders.selectors.summaries import order_summary
from orders.selectors.timeline import order_timeline
from orders.selectors.versions import compare
from orders.selectors.versions import view as view_version
from orders.services import approval, editing
from orders.tables.orders import COLOURS, OrderTable
from orders.views import documents
from orders.views.documents import Pages

PAGES = Pages(
    noun="order",
    model=Order,
    table=OrderTable,
    colours=COLOURS,
    begin=editing.begin_order,
    create="orders:create",
    detail="orders:detail",
    edit="orders:edit",
    comment="orders:comment",
    title=gettext_lazy("Orders"),
    new=gettext_lazy("New order"),
    hint=gettext_lazy("Who is it for? Contact, price book and terms fill in from the last order."),
    choose=gettext_lazy("Write an order"),
)


def order_or_404(request: TenantRequest, order_id: int, permission: str) -> Order:
    """The order with what its page names, if the member may reach it."""
    found: Order = documents.get_or_404(request, PAGES, order_id, permission)
    return found


@needs("orders.view_order")
def order_list(request: TenantRequest) -> HttpResponseBase:
    """The orders this member may see."""
    return documents.listed(request, PAGES)


@needs("orders.create_order")
def create_order(request: TenantRequest) -> HttpResponse:
    """Choose the customer; everything else fills in."""
    return documents.begin_for_customer(request, PAGES)


@needs("orders.view_order")
def order_detail(request: TenantRequest, order_id: int) -> HttpResponse:
    """The order's record: facts, lines, totals, approval, timeline, versions."""
    return _page(request, order_id)


def _page(request: TenantRequest, order_id: int, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _record(request, order_id, **more)
    return render(request, "orders/detail.html", context, status=status)


def _record(request: TenantRequest, order_id: int, **more: Any) -> dict[str, Any]:
    order = order_or_404(request, order_id, "orders.view_order")
    run = approvals.runs_of(order).first()
    turn = approvals.turn_of(run, request.member) if run else None
    return {
        **documents.record(request, PAGES, order),
        "is_open": order.is_editable or order.status == OrderStatus.SUBMITTED,
        "summary": order_summary(order),
        "facts": facts_of(order, request.member),
        "actions": [
            *_decide(run, turn),
            *actions_of(order, request.member),
            *who_can_see(request.member, order),
        ],
        "entries": order_timeline(order),
        "versions": order.versions.select_related("member").order_by("-number"),
        "run": run,
        "turn": turn,
        "panels": panels_for(request, order),
        **more,
    }


def _decide(run: Run | None, turn: approvals.Turn | None) -> list[Action]:
    """On to the approval, for whoever it waits for."""
    if run is None or turn is None or not turn.is_mine:
        return []
    url = reverse("approvals:detail", args=[run.pk])
    return [Action(_("Decide"), url, "clipboard-check", kind="primary")]


@require_POST
@needs("orders.edit_order")
def submit_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """Ask for approval."""
    order = order_or_404(request, order_id, "orders.edit_order")
    try:
        version = request.POST.get("version", "")
        read = record_id(version)
        approval.submit_order(order_id=order.pk, by=request.member, version=read)
    except Refused as reason:
        return documents.refused(request, PAGES, order, reason, _page)
    return documents.changed(request, PAGES, order, _("Submitted for approval."))


@require_POST
@needs("orders.edit_order")
def submit_orders(request: TenantRequest) -> HttpResponse:
    """Ask for approval of all ticked drafts; those that cannot be submitted are counted."""
    rows = policy.visible(request.member, Order.objects.all(), "orders.edit_order")
    done = failed = 0
    for order_id in OrderTable(request, rows, create=None).picked.values_list("pk", flat=True):
        try:
            approval.submit_order(order_id=order_id, by=request.member)
            done += 1
        except Refused:
            failed += 1
    message = ngettext("%(count)s order submitted.", "%(count)s orders submitted.", done)
    message %= {"count": done}
    if failed:
        skipped = ngettext(
            "%(count)s could not be submitted.", "%(count)s could not be submitted.", failed
        )
        message = f"{message} {skipped % {'count': failed}}"
    url = reverse("orders:list")
    return htmx.done(request, url=url, message=message, trigger="order-changed")


@require_POST
@needs("orders.edit_order")
def withdraw_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """Take it back from approval."""
    order = order_or_404(request, order_id, "orders.edit_order")
    try:
        approval.withdraw_order(order_id=order.pk, by=request.member)
    except Refused as reason:
        return documents.refused(request, PAGES, order, reason, _page)
    return documents.changed(request, PAGES, order, _("Withdrawn: you can change it again."))


@needs("orders.edit_order")
def cancel_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """Cancel with a reason."""
    order = order_or_404(request, order_id, "orders.edit_order")
    form = ReasonForm(request.POST or None)
    if carried_out(form, lambda: approval.cancel_order(order_id=order.pk, **form.cleaned_data)):
        return documents.changed(request, PAGES, order, _("Order cancelled."))
    title = _("Cancel order %(number)s") % {"number": order.number}
    context = {"form": form, "title": title, "submit": _("Cancel the order"), "danger": True}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("orders.create_order")
def copy_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """A new draft with the same lines, at today's prices."""
    order = documents.to_copy_or_404(request, PAGES, order_id)
    try:
        copy = editing.copy_order(order=order, by=request.member)
    except Refused as reason:
        return documents.refused(request, PAGES, order, reason, _page)
    return documents.go_to(request, reverse("orders:edit", args=[copy.pk]))


@require_POST
@needs("orders.view_order")
def comment(request: TenantRequest, order_id: int) -> HttpResponse:
    """Write a remark."""
    order = order_or_404(request, order_id, "orders.view_order")
    return documents.comment(request, PAGES, order, _page)


@needs("orders.view_order")
def version_detail(request: TenantRequest, order_id: int, number: int) -> HttpResponse:
    """One kept version, and how it differs from the one before."""
    order = order_or_404(request, order_id, "orders.view_order")
    version = order.versions.select_related("member").filter(number=number).first()
    if version is None:
        raise Http404
    before = order.versions.filter(number__lt=number).order_by("-number").first()
    context = {
        "order": order,
        "version": version,
        "view": view_version(version.snapshot),
        "diff": compare(before, version) if before else None,
        "title": pgettext("order", "Version %(number)s") % {"number": number},
    }
    return render(request, "orders/version.html", context)

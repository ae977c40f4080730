from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.access import policy
from crm.access.decorators import needs
from crm.access.links import who_can_see
from crm.approvals import selectors as approvals
from crm.people.models import Member
from crm.refusals import Refused
from crm.sharing.nouns import noun
from crm.sharing.record import holders_of
from crm.sharing.selectors.transfers import open_transfers_of
from crm.teamwork import services as teamwork
from crm.tenancy.http import TenantRequest
from crm.web import answers, htmx
from crm.web.answers import carried_out
from crm.web.asked import record_id
from crm.web.components import Action
from leads.enums import RecordKind
from leads.models import Customer, Opportunity
from leads.selectors.cases import case_about, contested_until
from leads.selectors.matching_text import narrow_customers
from orders.enums import OrderStatus
from orders.forms.orders import CancelForm, CommentForm
from orders.models import Order
from orders.panels import panels_for
from orders.selectors.record import actions_of, facts_of
from orders.selectors.summaries import order_summary
from orders.selectors.timeline import timeline
from orders.selectors.versions import compare
from orders.selectors.versions import view as view_version
from orders.services import approval, editing
from orders.tables.orders import COLOURS, OrderTable

MOST_HITS = 8
RELATED = ("customer", "opportunity", "contact", "owner", "price_book")


def order_or_404(request: TenantRequest, order_id: int, permission: str) -> Order:
    """The order with what its page names, if the member may reach it."""
    rows = Order.objects.select_related(*RELATED)
    return policy.get_or_404(request.member, rows, permission, order_id)


@needs("orders.view_order")
def order_list(request: TenantRequest) -> HttpResponseBase:
    """The orders this member may see."""
    rows = policy.visible(request.member, Order.objects.all(), "orders.view_order")
    create = None
    if policy.allowed(request.member, "orders.create_order"):
        url, label = reverse("orders:create"), _("New order")
        create = Action(label, url, "plus", kind="primary", frame="drawer", shortcut="n")
    table = OrderTable(request, rows, create=create)
    return table.respond(title=_("Orders"), actions=[create] if create else [])


@needs("orders.create_order")
def create_order(request: TenantRequest) -> HttpResponse:
    """Choose the customer; everything else fills in."""
    own = policy.visible(request.member, Customer.objects.all(), "leads.view_customer")
    if request.method == "POST":
        customer = get_object_or_404(own, pk=record_id(request.POST.get("customer", "")) or 0)
        try:
            order = editing.begin_order(
                customer=customer, by=request.member, opportunity=_opportunity(request, customer)
            )
        except Refused as reason:
            return answers.refused(request, url=reverse("orders:create"), message=str(reason))
        return _go_to_editor(request, order)
    text = request.GET.get("q", "").strip()
    found = narrow_customers(own, text) if text else own
    context = {
        "customers": found.select_related("owner").order_by("-updated_at", "-pk")[:MOST_HITS],
        "text": text,
        "may_enter": text and policy.allowed(request.member, "leads.create_lead"),
        "may_add": not text and policy.allowed(request.member, "leads.create_customer"),
    }
    if htmx.target_of(request) == "customer-hits":
        return htmx.fragment(request, "orders/new.html#hits", context)
    return render(request, "orders/new.html", context)


def _opportunity(request: TenantRequest, customer: Customer) -> Opportunity | None:
    wanted = request.POST.get("opportunity", "")
    if not wanted:
        return None
    own = policy.visible(request.member, Opportunity.objects.all(), "leads.view_opportunity")
    known = record_id(wanted) or 0
    return get_object_or_404(own.select_related("contact"), pk=known, customer=customer)


def _go_to_editor(request: TenantRequest, order: Order) -> HttpResponse:
    url = reverse("orders:edit", args=[order.pk])
    if htmx.is_partial(request):
        return HttpResponseClientRedirect(url)
    return htmx.done(request, url=url)


@needs("orders.view_order")
def order_detail(request: TenantRequest, order_id: int) -> HttpResponse:
    """The order's record: facts, lines, totals, approval, timeline, versions."""
    return render(request, "orders/detail.html", _record(request, order_id))


def _collision(member: Member, customer_id: int) -> dict[str, Any]:
    """The case about the customer; whoever may not read it knows that there is one."""
    case = case_about(member, RecordKind.CUSTOMER, customer_id)
    contested = None if case else contested_until(RecordKind.CUSTOMER, customer_id)
    return {"collision": case, "contested": contested}


def _record(request: TenantRequest, order_id: int, **more: Any) -> dict[str, Any]:
    order = order_or_404(request, order_id, "orders.view_order")
    run = approvals.runs_of(order).first()
    return {
        "order": order,
        "colour": COLOURS[order.status],
        "is_open": order.is_editable or order.status == OrderStatus.SUBMITTED,
        "summary": order_summary(order),
        "facts": facts_of(order, request.member),
        "actions": [*actions_of(order, request.member), *who_can_see(request.member, order)],
        "entries": timeline(order),
        "versions": order.versions.select_related("member").order_by("-number"),
        "run": run,
        "turn": approvals.turn_of(run, request.member) if run else None,
        "panels": panels_for(request, order),
        "comment_form": CommentForm(),
        "holders": holders_of(request.member, noun("orders.order"), order),
        "transfers": open_transfers_of(order),
        **_collision(request.member, order.customer_id),
        **more,
    }


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
        return refused(request, order, reason)
    return changed(request, order, _("Submitted for approval."))


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
        return refused(request, order, reason)
    return changed(request, order, _("Withdrawn: you can change it again."))


@needs("orders.edit_order")
def cancel_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """Cancel with a reason."""
    order = order_or_404(request, order_id, "orders.edit_order")
    form = CancelForm(request.POST or None)
    if carried_out(form, lambda: approval.cancel_order(order_id=order.pk, **form.cleaned_data)):
        return changed(request, order, _("Order cancelled."))
    title = _("Cancel order %(number)s") % {"number": order.number}
    context = {"form": form, "title": title, "submit": _("Cancel the order"), "danger": True}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("orders.create_order")
def copy_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """A new draft with the same lines, at today's prices."""
    order = order_or_404(request, order_id, "orders.view_order")
    try:
        copy = editing.copy_order(order=order, by=request.member)
    except Refused as reason:
        return refused(request, order, reason)
    return _go_to_editor(request, copy)


@require_POST
@needs("orders.view_order")
def comment(request: TenantRequest, order_id: int) -> HttpResponse:
    """Write a remark."""
    order = order_or_404(request, order_id, "orders.view_order")
    form = CommentForm(request.POST)
    if form.is_valid():
        teamwork.add_comment(subject=order, member=request.member, text=form.cleaned_data["text"])
        return changed(request, order, "")
    context = _record(request, order_id, comment_form=form)
    return render(request, "orders/detail.html", context, status=422)


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
        "view": view_version(version),
        "diff": compare(before, version) if before else None,
        "title": pgettext("order", "Version %(number)s") % {"number": number},
    }
    return render(request, "orders/version.html", context)


def changed(request: TenantRequest, order: Order, message: str) -> HttpResponse:
    """The order's page reads itself again; without script it is shown anew."""
    url = reverse("orders:detail", args=[order.pk])
    if not htmx.is_partial(request):
        return htmx.done(request, url=url, message=message)
    response = HttpResponse(status=204)
    htmx.announce(response, {"order-changed": True, "tz:form-saved": True})
    if htmx.frame_of(request) == "modal":
        htmx.announce(response, "tz:close-frame")
    return htmx.toast(response, message) if message else response


def refused(request: TenantRequest, order: Order, reason: Exception) -> HttpResponse:
    """Say why, leave everything as it is."""
    if htmx.is_partial(request):
        response = htmx.announce(HttpResponse(status=422), "order-changed")
        return htmx.toast(response, str(reason), tone="error")
    context = _record(request, order.pk, refusal=str(reason))
    return render(request, "orders/detail.html", context, status=422)

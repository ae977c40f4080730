from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.answers import carried_out
from crm.web.components import Action, Fact
from orders.enums import PaymentTerms
from orders.models import Order
from payments import record_panels
from payments.forms.plans import PlanForm
from payments.models import PaymentPlan
from payments.selectors.plan_story import plan_story
from payments.selectors.plans import PlanView, plan_view, receipts_of
from payments.services import plans as services


def find_plan(request: TenantRequest, pk: int, permission: str) -> PaymentPlan:
    """The plan, if the member may reach its order with this permission."""
    rows = PaymentPlan.objects.select_related("order__customer", "order__owner")
    return policy.get_or_404(request.member, rows, permission, pk)


@needs("payments.view_plan")
@require_GET
def plan_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """A plan with its instalments and the money that came."""
    plan = find_plan(request, pk, "payments.view_plan")
    view = plan_view(plan)
    context = {
        "view": view,
        "order": plan.order,
        "facts": facts_of(view),
        "actions": actions_on(request, view),
        "receipts": receipts_of(plan),
        "entries": plan_story(plan),
    }
    return htmx.fragment(request, "payments/plan.html", context)


def facts_of(view: PlanView) -> list[Fact]:
    plan, order = view.plan, view.plan.order
    money = [
        (_("Order amount"), plan.amount),
        (pgettext("money", "Received"), view.paid),
        (_("Still open"), view.open),
    ]
    terms = PaymentTerms(order.payment_terms).label
    return [
        *(Fact(label, markup.money(amount, plan.currency)) for label, amount in money),
        Fact(_("Payment terms"), terms),
        Fact(_("Contract number"), order.contract_number, copy=order.contract_number),
        Fact(_("Owner"), markup.person(order.owner.name, order.owner_id) if order.owner else ""),
    ]


def actions_on(request: TenantRequest, view: PlanView) -> list[Action]:
    """What this member may do with the plan now."""
    found = [
        Action(_("Open order"), reverse("orders:detail", args=[view.plan.order_id]), "file-text")
    ]
    if not view.is_paid and policy.allowed(request.member, "payments.edit_plan", view.plan):
        found.append(
            Action(
                _("Edit plan"),
                reverse("payments:edit_plan", args=[view.plan.pk]),
                "pencil",
                frame="drawer",
                kind="primary",
            )
        )
    return found


@needs("payments.edit_plan")
@require_http_methods(["GET", "POST"])
def edit_plan(request: TenantRequest, pk: int) -> HttpResponse:
    """Move, split, rename and reschedule the instalments that are not paid."""
    plan = find_plan(request, pk, "payments.edit_plan")
    rows = list(plan.instalments.order_by("position", "pk"))
    form = PlanForm(plan, rows, request.POST if request.method == "POST" else None)

    def save() -> None:
        version = form.cleaned_data["version"]
        services.edit_plan(
            plan_id=plan.pk, version=version, drafts=form.drafts(), by=request.member
        )

    if carried_out(form, save):
        url = reverse("payments:plan", args=[plan.pk])
        return htmx.done(
            request, url=url, message=_("Payment plan saved."), trigger="payment-plan-changed"
        )
    context: dict[str, Any] = {"form": form, "plan": plan, "title": _("Payment plan")}
    return htmx.form_page(request, "payments/plan_form.html", context)


@needs("payments.view_plan")
@require_GET
def order_plan(request: TenantRequest, order_id: int) -> HttpResponse:
    """The panel on an order's page."""
    order = policy.get_or_404(request.member, Order.objects.all(), "payments.view_plan", order_id)
    template, context = record_panels.order_plan(request, order)
    return render(request, template, context)


@require_POST
@needs("payments.edit_plan")
def create_plan(request: TenantRequest, order_id: int) -> HttpResponse:
    """Make the plan that an approved order has not got yet."""
    order = policy.get_or_404(
        request.member,
        Order.objects.filter(status__in=record_panels.PLANNED),
        "payments.edit_plan",
        order_id,
    )
    plan = services.create_plan(order_id=order.pk)
    url = reverse("payments:plan", args=[plan.pk]) if plan else ""
    return htmx.done(
        request,
        url=url or reverse("payments:receivables"),
        message=_("Payment plan made from the terms."),
        trigger="payment-plan-changed",
    )

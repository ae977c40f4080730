"""An order's way through approval: superior, then finance."""

import pytest

from crm.approvals import errors, services
from crm.approvals.enums import RunState, Verdict
from crm.approvals.models import Run
from crm.tenancy.context import acting_as
from orders import hooks
from orders.errors import EmptyOrder, OrderNotEditable, StaleDocument, WrongState
from orders.models import Order, OrderLine
from orders.services import approval, editing
from tests.orders.world import a_customer, a_draft, save, submitted


def decide(order, by, verdict=Verdict.APPROVE, comment=""):
    run = Run.objects.filter(subject_id=order.pk).latest("id")
    with acting_as(by.pk):
        return services.decide(run_id=run.pk, by=by, verdict=verdict, comment=comment)


def test_manager_then_finance_approve(tenant, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "_approved", [lambda order: heard.append(order.number)])
    order = submitted(tenant.agent)
    assert order.status == "submitted"
    assert decide(order, tenant.manager).state == RunState.RUNNING
    assert not heard
    assert decide(order, tenant.finance).state == RunState.APPROVED
    order = Order.objects.get(pk=order.pk)
    assert order.status == "approved"
    assert order.approved_at
    assert heard == [order.number]
    assert list(order.versions.values_list("reason", flat=True).order_by("number")) == [
        "submitted",
        "approved",
    ]


def test_sent_back_orders_can_be_changed_and_submitted_again(tenant):
    order = submitted(tenant.agent)
    decide(order, tenant.manager, Verdict.SEND_BACK, "折扣太大")
    order = Order.objects.get(pk=order.pk)
    assert order.status == "sent_back"
    assert order.is_editable
    approval.submit_order(order_id=order.pk, by=tenant.agent)
    assert Run.objects.filter(subject_id=order.pk).count() == 2


def test_an_order_without_lines_is_not_submitted(tenant):
    order = editing.begin_order(customer=a_customer(tenant.agent), by=tenant.agent)
    with pytest.raises(EmptyOrder):
        approval.submit_order(order_id=order.pk, by=tenant.agent)


def test_submitting_twice_is_refused(tenant):
    order = submitted(tenant.agent)
    with pytest.raises(OrderNotEditable):
        approval.submit_order(order_id=order.pk, by=tenant.agent)


def test_the_submitter_withdraws_and_it_is_a_draft_again(tenant):
    order = submitted(tenant.agent)
    assert approval.withdraw_order(order_id=order.pk, by=tenant.agent).status == "draft"
    assert Run.objects.get(subject_id=order.pk).state == RunState.WITHDRAWN


def test_a_change_under_the_approval_voids_it(tenant):
    """Content is frozen; should something slip past, the decision is refused and nothing counts."""
    order = submitted(tenant.agent)
    OrderLine.objects.filter(order=order).update(quantity=999)
    run = Run.objects.get(subject_id=order.pk)
    with pytest.raises(errors.ContentChanged):
        services.decide(run_id=run.pk, by=tenant.manager, verdict=Verdict.APPROVE)
    assert Run.objects.get(subject_id=order.pk).state == RunState.VOIDED
    assert Order.objects.get(pk=order.pk).status == "draft"


def test_an_order_in_approval_is_not_cancelled(tenant):
    order = submitted(tenant.agent)
    with pytest.raises(WrongState):
        approval.cancel_order(order_id=order.pk, reason="客户取消")


def test_a_draft_is_cancelled_with_its_reason(tenant):
    order = approval.cancel_order(order_id=a_draft(tenant.agent).pk, reason="客户取消")
    assert (order.status, order.cancelled_reason) == ("cancelled", "客户取消")


def test_a_renamed_customer_does_not_void_the_approval(tenant):
    order = submitted(tenant.agent)
    type(order.customer).objects.filter(pk=order.customer_id).update(name="苏州同光精密股份")
    assert decide(order, tenant.manager).state == RunState.RUNNING


def test_submitting_what_somebody_changed_meanwhile_is_refused(tenant):
    order = a_draft(tenant.agent)
    save(order, notes="加急")
    with pytest.raises(StaleDocument):
        approval.submit_order(order_id=order.pk, by=tenant.agent, version=order.version)

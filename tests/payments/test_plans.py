from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from crm.refusals import Refused
from orders import hooks
from payments.models import Instalment, PaymentPlan
from payments.services import plans, posting
from payments.services.plans import InstalmentDraft
from payments.services.refusals import PlanDoesNotTieOut, StalePlan
from tests.payments.conftest import make_order


def drafts_of(plan):
    return [
        InstalmentDraft(row.pk, row.kind, row.label, row.amount, row.due_date)
        for row in plan.instalments.order_by("position")
    ]


def edit(plan, drafts, by, version=None):
    edited = plans.edit_plan(plan_id=plan.pk, version=version or plan.version, drafts=drafts, by=by)
    with connection.cursor() as cursor:  # what the commit would check
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return edited


def test_an_approved_order_gets_its_plan_once(tenant):
    order = make_order(tenant.agent)
    hooks.order_approved(order)
    hooks.order_approved(order)
    plan = PaymentPlan.objects.get(order=order)
    rows = plan.instalments.order_by("position")
    assert [row.amount for row in rows] == [Decimal("3000.00"), Decimal("7000.00")]
    assert [row.percent for row in rows] == [30, 70]


def test_an_order_of_nothing_needs_no_plan(tenant):
    assert plans.create_plan(order_id=make_order(tenant.agent, gross="0.00").pk) is None


def test_a_cancelled_order_loses_its_plan_unless_money_came(tenant, plan, new_line):
    other = make_order(tenant.agent)
    plans.create_plan(order_id=other.pk)
    hooks.order_cancelled(other)
    assert not PaymentPlan.objects.filter(order=other).exists()
    deposit = plan.instalments.get(position=1)
    posting.post_line(
        line_id=new_line("5.00").pk, shares={deposit.pk: Decimal(5)}, by=tenant.finance
    )
    hooks.order_cancelled(plan.order)
    assert PaymentPlan.objects.filter(pk=plan.pk).exists()


def test_instalments_can_be_moved_split_and_renamed(tenant, plan):
    first, second = drafts_of(plan)
    third = InstalmentDraft(None, "retention", "质保金", Decimal("500.00"), date(2027, 11, 1))
    edit(plan, [replace(second, amount=Decimal("6500.00")), first, third], tenant.agent)
    rows = list(plan.instalments.order_by("position"))
    assert [row.amount for row in rows] == [Decimal(6500), Decimal(3000), Decimal(500)]
    assert [row.percent for row in rows] == [65, 30, 5]
    assert rows[2].name == "质保金"
    assert rows[0].history.exists()


def test_instalments_must_make_the_orders_amount(tenant, plan):
    first, second = drafts_of(plan)
    with pytest.raises(PlanDoesNotTieOut, match="¥0.01"):
        edit(plan, [replace(first, amount=Decimal("2999.99")), second], tenant.agent)


def test_a_stale_page_is_refused(tenant, plan):
    edit(plan, drafts_of(plan), tenant.agent)
    with pytest.raises(StalePlan):
        edit(plan, drafts_of(plan), tenant.finance, version=1)


def test_what_is_paid_stays(tenant, plan, new_line):
    first, second = drafts_of(plan)
    posting.post_line(
        line_id=new_line("3000.00").pk, shares={first.id: Decimal(3000)}, by=tenant.finance
    )
    moved = replace(first, amount=Decimal(4000)), replace(second, amount=Decimal(6000))
    with pytest.raises(Refused, match="paid instalment cannot be changed"):
        edit(plan, moved, tenant.finance)
    with pytest.raises(Refused, match="cannot be removed"):
        edit(plan, [replace(second, amount=Decimal(10000))], tenant.finance)
    with pytest.raises(Refused, match="less than what is paid"):
        edit(plan, [replace(first, amount=Decimal(1)), second], tenant.finance)


def test_another_plans_instalment_cannot_be_taken(tenant, plan):
    other = plans.create_plan(order_id=make_order(tenant.agent).pk)
    foreign = other.instalments.get(position=1)
    first, second = drafts_of(plan)
    with pytest.raises(StalePlan):
        edit(plan, [replace(first, id=foreign.pk), second], tenant.agent)
    assert Instalment.objects.get(pk=foreign.pk).plan_id == other.pk

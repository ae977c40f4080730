from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.tenancy.clock import organization_today
from crm.tenancy.context import tenant_context
from payments.models import Instalment
from payments.selectors import figures
from payments.services import plans, posting
from tests.payments.conftest import make_customer, make_order


@pytest.fixture
def late(tenant):
    """An overdue plan of the colleague: ¥500.00 since yesterday."""
    order = make_order(
        tenant.colleague,
        gross="500.00",
        terms="full_advance",
        customer=make_customer(tenant.colleague, "昆山迟付有限公司"),
    )
    plan = plans.create_plan(order_id=order.pk)
    plan.instalments.update(due_date=organization_today() - timedelta(days=1))
    return plan


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_finance_sees_everything_open_with_its_state(tenant, sign_in, plan, late):
    shown = page(sign_in(tenant.finance), "/acme/payments/")
    assert "昆山迟付有限公司" in shown
    assert "Overdue 1 day" in shown
    assert "¥7,000.00" in shown


def test_a_rep_sees_own_plans_and_a_manager_the_departments(tenant, sign_in, plan, late):
    assert "昆山迟付" not in page(sign_in(tenant.agent), "/acme/payments/")
    assert "昆山迟付" in page(sign_in(tenant.manager), "/acme/payments/")
    assert "昆山迟付" not in page(sign_in(tenant.northerner), "/acme/payments/")
    rep = sign_in(tenant.agent)
    assert rep.get(f"/acme/payments/plans/{late.pk}/").status_code == 404
    assert rep.get(f"/acme/payments/plans/{late.pk}/edit/").status_code == 404
    assert rep.get(f"/acme/payments/plans/{plan.pk}/").status_code == 200
    assert sign_in(tenant.marketing).get("/acme/payments/").status_code == 403
    assert sign_in(tenant.legal).get(f"/acme/payments/plans/{plan.pk}/edit/").status_code == 403


def test_another_organisations_plan_does_not_exist(cast, other_cast, sign_in):
    with tenant_context(cast.organization.id):
        plan = plans.create_plan(order_id=make_order(cast.agent).pk)
        customer_id = plan.order.customer_id
    stranger = sign_in(other_cast.owner)
    for path in (f"plans/{plan.pk}/", f"plans/{plan.pk}/edit/", f"orders/{plan.order_id}/plan/"):
        assert stranger.get(f"/globex/payments/{path}").status_code == 404
    assert "同光" not in page(stranger, f"/globex/payments/?customer={customer_id}")


@pytest.mark.parametrize(
    ("query", "sees_late", "sees_plan"),
    [
        ("status=overdue", True, False),
        ("status=due&status=upcoming", False, True),
        ("status=paid", False, False),
        ("q=昆山", True, False),
        ("q=HT-20", False, True),
        ("amount-from=6000", False, True),
        ("open=yes", True, True),
        ("currency=USD", False, False),
    ],
)
def test_filters(tenant, sign_in, plan, late, query, sees_late, sees_plan):
    shown = page(sign_in(tenant.finance), f"/acme/payments/?{query}")
    assert ("昆山迟付" in shown) is sees_late
    assert (plan.order.number in shown) is sees_plan


def test_by_customer(tenant, sign_in, plan, late):
    shown = page(sign_in(tenant.finance), f"/acme/payments/?customer={late.order.customer_id}")
    assert "昆山迟付" in shown
    assert plan.order.number not in shown


def test_figures_and_the_rows_behind_them(tenant, as_member, sign_in, plan, late, new_line):
    today = organization_today()
    line = new_line("3000.00", booking_date=today)
    deposit = plan.instalments.get(position=1)
    posting.post_line(line_id=line.pk, shares={deposit.pk: Decimal(3000)}, by=tenant.finance)
    new_line("8.00", booking_date=today)
    member = tenant.finance
    assert figures.open_receivables(member).value == Decimal("7500.00")
    assert figures.overdue_receivables(member).value == Decimal("500.00")
    assert figures.overdue_receivables(tenant.agent).value == 0
    assert figures.collected_this_month(member).value == Decimal("3000.00")
    assert figures.lines_unexplained(member).value == Decimal("8.00")
    shown = page(sign_in(member), "/acme/payments/received/?booked=month&currency=CNY")
    assert "¥3,000.00" in shown
    posting.undo_line(line_id=line.pk, by=tenant.finance)
    assert figures.collected_this_month(member).value == 0


def test_a_plan_is_edited_with_plain_forms(tenant, sign_in, plan):
    client = sign_in(tenant.agent)
    first, second = plan.instalments.order_by("position")
    values = {
        "version": plan.version,
        "row0-id": first.pk,
        "row0-kind": "deposit",
        "row0-label": "",
        "row0-amount": "4000",
        "row0-due_date": "2026-12-01",
        "row1-id": second.pk,
        "row1-kind": "balance",
        "row1-label": "安装后",
        "row1-amount": "",
        "row1-due_date": "2027-01-15",
        "row2-kind": "retention",
        "row2-amount": "",
        "row2-due_date": "",
    }
    assert client.get(f"/acme/payments/plans/{plan.pk}/edit/").status_code == 200
    response = client.post(f"/acme/payments/plans/{plan.pk}/edit/", values)
    assert response.status_code == 302
    rows = Instalment.objects.filter(plan=plan).order_by("position")
    assert [(row.amount, row.due_date) for row in rows] == [
        (Decimal(4000), date(2026, 12, 1)),
        (Decimal(6000), date(2027, 1, 15)),
    ]
    shown = page(client, f"/acme/payments/plans/{plan.pk}/")
    assert "安装后" in shown
    assert tenant.agent.name in shown
    stale = client.post(f"/acme/payments/plans/{plan.pk}/edit/", values)
    assert stale.status_code == 422
    assert "Somebody else changed this plan" in stale.content.decode()


def test_an_old_order_gets_its_plan_from_its_page(tenant, sign_in):
    order = make_order(tenant.agent)
    client = sign_in(tenant.agent)
    assert "Make the plan" in page(client, f"/acme/payments/orders/{order.pk}/plan/")
    client.post(f"/acme/payments/orders/{order.pk}/plan/create/")
    assert "¥7,000.00" in page(client, f"/acme/payments/orders/{order.pk}/plan/")


def test_the_list_asks_no_more_for_thirty_rows_than_for_three(
    tenant, sign_in, late, django_assert_max_num_queries
):
    client = sign_in(tenant.finance)
    with django_assert_max_num_queries(40) as few:
        client.get("/acme/payments/")
    for _number in range(15):
        plans.create_plan(order_id=make_order(tenant.agent).pk)
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        client.get("/acme/payments/")

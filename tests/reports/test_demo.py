"""The demo must be believable: it is the first thing anybody sees."""

from datetime import timedelta

import pytest
from django.db.models import F, Sum
from django.test import Client
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.people.models import Member
from crm.tenancy.context import tenant_context
from leads.models import AssignmentDecision, CollisionCase, FollowUp, Lead, Opportunity
from leads.selectors.case_names import title_for
from orders.models import Order
from payments.models import Instalment, PaymentPlan, Statement, StatementLine
from reports.demo import OPERATOR, STRANGER, logins
from reports.demo.companies import Inventor
from reports.demo.seed import seed, seed_operator, seed_stranger

pytestmark = pytest.mark.slow
# leads entered by hand although the client is a colleague's: the collision cases; the ninth
# where the rep still has a client that nobody else has reached for
AT_ODDS = (8, 9)


@pytest.fixture
def demo(db):
    organization = seed(lead_count=240)
    seed_stranger()
    seed_operator()
    return organization


def test_the_year_hangs_together(demo):
    with tenant_context(demo.id):
        assert Member.objects.count() == 120
        # decided long ago: each with the lead by which somebody reached for the client
        settled = CollisionCase.objects.filter(due_at=None, state="closed")
        assert Lead.objects.count() - 240 - settled.count() in AT_ODDS
        case = settled.order_by("pk")[0]
        newcomer = case.parties.get(side="newcomer").member
        assert title_for(newcomer, case) == case.title
        assert (
            AssignmentDecision.objects.filter(member__isnull=False, decided_by=None).count() == 240
        )
        assert Lead.objects.filter(status="converted", customer__isnull=True).count() == 0
        closed = Opportunity.objects.filter(stage__kind="won")
        assert closed.filter(closed_at__isnull=True).count() == 0
        for order in Order.objects.exclude(status="draft"):
            lines = order.lines.aggregate(net=Sum("net_amount"), gross=Sum("gross_amount"))
            assert (lines["net"], lines["gross"]) == (order.net_amount, order.gross_amount)
        for plan in PaymentPlan.objects.all():
            assert plan.instalments.aggregate(s=Sum("amount"))["s"] == plan.amount
        assert {s.balance_code for s in Statement.objects.all()} <= {"balanced", "unknown"}
        assert Instalment.objects.filter(paid_amount__gt=F("amount")).count() == 0
        assert StatementLine.objects.exists()
        assert not FollowUp.objects.filter(at__gt=timezone.now()).exists()
        opened = OperationLog.objects.filter(action="case.opened").values_list("subject_id", "at")
        assert len(opened) >= AT_ODDS[0]
        for pk, at in opened:  # the case says what its log says
            assert abs(CollisionCase.objects.get(pk=pk).opened_at - at) < timedelta(minutes=1)
        told = FollowUp.objects.filter(is_effective=True, customer__isnull=False)
        assert not told.filter(at__gt=F("customer__last_follow_up_at")).exists()


def test_everybody_named_on_the_screen_can_sign_in(demo):
    for email, password, _part in logins():
        client = Client()
        response = client.post("/accounts/login/", {"login": email, "password": password})
        assert response.status_code == 302, email
        page = client.get(response.headers["Location"], follow=True)
        assert page.status_code == 200, email
        assert email != OPERATOR[0] or page.redirect_chain[-1][0] == "/operator/"
        seen = client.get("/demo/leads/").status_code
        assert (seen == 404) == (email in (OPERATOR[0], STRANGER[0])), email


def test_one_seed_invents_one_world():
    def first_names(seed_number: int) -> list[str]:
        inventor = Inventor(seed_number)
        return [inventor.company().name for _ in range(20)]

    assert first_names(1) == first_names(1)
    assert first_names(1) != first_names(2)

"""The inbox and the page of one approval."""

import pytest

from crm.approvals.models import Run
from crm.tenancy.context import tenant_context
from orders.models import Order
from tests.orders.world import a_customer, submitted

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def run(cast):
    with tenant_context(cast.organization.id):
        return Run.objects.get(subject_id=submitted(cast.agent).pk)


def state_of(cast, run):
    with tenant_context(cast.organization.id):
        return Run.objects.get(pk=run.pk).state


def test_the_inbox_shows_what_waits_for_whom(cast, run, sign_in):
    manager, agent = sign_in(cast.manager), sign_in(cast.agent)
    link = f'href="/acme/approvals/{run.pk}/"'
    assert link in manager.get("/acme/approvals/").content.decode()
    assert link not in agent.get("/acme/approvals/").content.decode()
    assert link in agent.get("/acme/approvals/submitted/").content.decode()
    manager.post(f"/acme/approvals/{run.pk}/decide/", {"verdict": "approve"})
    assert link not in manager.get("/acme/approvals/").content.decode()
    assert link in manager.get("/acme/approvals/decided/").content.decode()
    assert link in sign_in(cast.finance).get("/acme/approvals/").content.decode()


def test_the_page_says_what_it_is_about_and_who_is_next(cast, run, sign_in):
    page = sign_in(cast.manager).get(f"/acme/approvals/{run.pk}/").content.decode()
    for words in ("¥11,300.00", "苏州同光精密", "Send back", "Their turn", "钱会计", "No discount"):
        assert words in page


def test_the_submitter_sees_no_decision_box(cast, run, sign_in):
    browser = sign_in(cast.agent)
    page = browser.get(f"/acme/approvals/{run.pk}/").content.decode()
    assert "Your decision" not in page
    assert "Withdraw" in page
    answer = browser.post(f"/acme/approvals/{run.pk}/decide/", {"verdict": "approve"})
    assert answer.status_code == 422
    assert "Nobody approves what they submitted themselves." in answer.content.decode()
    assert state_of(cast, run) == "running"


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("agent", 200),
        ("manager", 200),
        ("finance", 200),
        ("legal", 200),
        ("owner", 200),
        ("colleague", 404),
        ("northerner", 404),
        ("marketing", 404),
        ("service", 404),
    ],
)
def test_who_opens_an_approval(cast, run, sign_in, part, status):
    browser = sign_in(cast.members[part])
    assert browser.get(f"/acme/approvals/{run.pk}/").status_code == status
    decision = browser.post(f"/acme/approvals/{run.pk}/decide/", {"verdict": "approve"})
    assert decision.status_code == {"manager": 302}.get(part, 404 if status == 404 else 422)


def test_a_stranger_finds_nothing(cast, other_cast, run, sign_in):
    stranger = sign_in(other_cast.owner)
    assert stranger.get(f"/acme/approvals/{run.pk}/").status_code == 404
    assert stranger.get(f"/globex/approvals/{run.pk}/").status_code == 404


def test_sending_back_without_a_comment_says_so(cast, run, sign_in):
    browser = sign_in(cast.manager)
    url = f"/acme/approvals/{run.pk}/decide/"
    answer = browser.post(url, {"verdict": "send_back", "comment": ""}, **HTMX)
    assert answer.status_code == 422
    assert "Say what has to change" in answer.content.decode()
    browser.post(url, {"verdict": "send_back", "comment": "请补充交期"})
    assert state_of(cast, run) == "sent_back"
    with tenant_context(cast.organization.id):
        order = Order.objects.get()
    page = sign_in(cast.agent).get(f"/acme/orders/{order.pk}/").content.decode()
    assert "马经理 sent it back" in page
    assert "请补充交期" in page


def test_the_submitter_withdraws(cast, run, sign_in):
    browser = sign_in(cast.agent)
    assert browser.post(f"/acme/approvals/{run.pk}/withdraw/").status_code == 302
    assert state_of(cast, run) == "withdrawn"
    assert browser.post(f"/acme/approvals/{run.pk}/withdraw/").status_code == 422


def test_blocked_approvals_are_shown_to_administrators_with_the_reason(cast, sign_in):
    with tenant_context(cast.organization.id):
        order = submitted(cast.northerner, a_customer(cast.northerner))
        run = Run.objects.get(subject_id=order.pk)
    owner = sign_in(cast.owner)
    assert run.title in owner.get("/acme/approvals/blocked/").content.decode()
    page = owner.get(f"/acme/approvals/{run.pk}/").content.decode()
    assert "赵北 has no superior" in page
    assert owner.post(f"/acme/approvals/{run.pk}/look-again/").status_code == 302
    assert state_of(cast, run) == "blocked"
    assert sign_in(cast.agent).get("/acme/approvals/blocked/").status_code == 403

"""An order's page: what it shows, and what can be done from it."""

import pytest

from crm.tenancy.context import tenant_context
from orders.models import Order
from tests.orders.world import a_customer, a_draft, submitted
from tests.support.exports import exported

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def order(cast):
    with tenant_context(cast.organization.id):
        return a_draft(cast.agent)


def status_of(cast, order):
    with tenant_context(cast.organization.id):
        return Order.objects.get(pk=order.pk).status


def test_the_page_shows_lines_totals_and_why(cast, order, sign_in):
    page = sign_in(cast.agent).get(f"/acme/orders/{order.pk}/").content.decode()
    assert "¥11,300.00" in page
    assert "Tax 13% on" in page
    assert "Why this price" in page
    assert "Submit for approval" in page


def test_a_new_order_is_begun_from_the_customer(cast, sign_in):
    with tenant_context(cast.organization.id):
        customer = a_customer(cast.agent)
    browser = sign_in(cast.agent)
    assert "苏州同光精密" in browser.get("/acme/orders/new/").content.decode()
    nobody = browser.get("/acme/orders/new/?q=无锡众业盛").content.decode()
    assert "enter it as a lead" in nobody
    assert "/acme/leads/new/" in nobody
    answer = browser.post("/acme/orders/new/", {"customer": customer.pk}, **HTMX)
    assert "/edit/" in answer.headers["HX-Redirect"]
    assert browser.get(answer.headers["HX-Redirect"]).status_code == 200


def test_submit_withdraw_and_cancel(cast, order, sign_in):
    browser = sign_in(cast.agent)
    base = f"/acme/orders/{order.pk}"
    assert browser.post(f"{base}/submit/").status_code == 302
    assert status_of(cast, order) == "submitted"
    assert "Withdraw" in browser.get(f"{base}/").content.decode()
    assert browser.post(f"{base}/withdraw/").status_code == 302
    assert browser.post(f"{base}/cancel/", {"reason": ""}).status_code == 422
    assert browser.post(f"{base}/cancel/", {"reason": "客户取消"}).status_code == 302
    assert status_of(cast, order) == "cancelled"


def test_a_refusal_says_why_and_changes_nothing(cast, order, sign_in):
    browser = sign_in(cast.agent)
    base = f"/acme/orders/{order.pk}"
    browser.post(f"{base}/submit/")
    answer = browser.post(f"{base}/submit/", **HTMX)
    assert answer.status_code == 422
    assert "tz:toast" in answer.headers["HX-Trigger"]
    assert "not a draft any more" in browser.post(f"{base}/submit/").content.decode()


def test_a_copy_opens_in_the_editor(cast, order, sign_in):
    answer = sign_in(cast.agent).post(f"/acme/orders/{order.pk}/copy/")
    assert answer.status_code == 302
    assert answer.url.endswith("/edit/")


def test_comments_and_versions_are_on_the_timeline(cast, sign_in):
    with tenant_context(cast.organization.id):
        order = submitted(cast.agent)
    browser = sign_in(cast.agent)
    browser.post(f"/acme/orders/{order.pk}/comments/", {"text": "客户要求月底前发货"})
    page = browser.get(f"/acme/orders/{order.pk}/").content.decode()
    assert "客户要求月底前发货" in page
    assert "submitted version 1 for approval" in page
    version = browser.get(f"/acme/orders/{order.pk}/versions/1/").content.decode()
    assert "产品 TZ-100" in version
    assert browser.get(f"/acme/orders/{order.pk}/versions/9/").status_code == 404


@pytest.mark.parametrize(
    ("part", "sees", "edits"),
    [
        ("agent", 200, 200),
        ("manager", 200, 200),
        ("finance", 200, 403),
        ("legal", 200, 403),
        ("owner", 200, 200),
        ("colleague", 404, 404),
        ("northerner", 404, 404),
        ("marketing", 403, 403),
        ("service", 403, 403),
    ],
)
def test_who_sees_and_edits_an_order(cast, order, sign_in, part, sees, edits):
    browser = sign_in(cast.members[part])
    assert browser.get(f"/acme/orders/{order.pk}/").status_code == sees
    assert browser.get(f"/acme/orders/{order.pk}/edit/").status_code == edits
    expected = {200: 302}.get(edits, edits)
    assert browser.post(f"/acme/orders/{order.pk}/submit/").status_code == expected


def test_another_organisation_finds_nothing(cast, other_cast, order, sign_in):
    stranger = sign_in(other_cast.owner)
    assert stranger.get(f"/acme/orders/{order.pk}/").status_code == 404
    assert stranger.get(f"/globex/orders/{order.pk}/").status_code == 404


def test_the_list_is_searched_filtered_and_exported(cast, order, sign_in):
    browser = sign_in(cast.manager)
    for query in (
        {"q": order.number},
        {"q": "苏州同光"},
        {"status": "draft"},
        {"owner": cast.agent.pk},
    ):
        assert order.number in browser.get("/acme/orders/", query).content.decode()
    assert order.number not in browser.get("/acme/orders/", {"status": "approved"}).content.decode()
    export = exported(browser, "/acme/orders/?export=csv")
    assert order.number in b"".join(export.streaming_content).decode()


def test_reps_see_no_orders_of_others_in_the_list(cast, order, sign_in):
    assert order.number not in sign_in(cast.colleague).get("/acme/orders/").content.decode()


def test_ticked_drafts_are_submitted_together(cast, order, sign_in):
    with tenant_context(cast.organization.id):
        other = submitted(cast.agent, a_customer(cast.agent, "无锡精工", "C26-000002"))
    answer = sign_in(cast.agent).post("/acme/orders/submit/", {"ids": [order.pk, other.pk]})
    assert answer.status_code == 302
    assert status_of(cast, order) == "submitted"
    foreign = sign_in(cast.colleague).post("/acme/orders/submit/", {"ids": [order.pk]})
    assert foreign.status_code == 302

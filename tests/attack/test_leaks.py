"""What colleagues, other roles and strangers must not learn or do."""

import pytest

from crm.approvals.models import Run
from crm.money import LARGEST
from crm.tenancy.context import tenant_context
from crm.web.models import SavedView
from leads.models import Customer
from orders.models import Order, Quote
from tests.architecture.test_query_counts import visited
from tests.support.growth import World


@pytest.fixture
def world(cast):
    with tenant_context(cast.organization.id):
        found = World(cast)
        found.grow(2)
    return found


def names_of(member):
    with tenant_context(member.organization_id):
        return {
            name
            for rows, column in ((Customer, "name"), (Order, "number"), (Quote, "number"))
            for name in rows.objects.values_list(column, flat=True)
        }


def test_a_rep_of_another_region_sees_no_name_anywhere(world, cast, sign_in):
    """Nobody's record is the northerner's, so no name may appear on any of their pages."""
    with tenant_context(cast.organization.id):
        paths = visited(world)
    browser, hidden = sign_in(cast.northerner), names_of(cast.agent)
    assert hidden
    shown = []
    for path in paths:
        answer = browser.get(f"/acme/{path}")
        if answer.streaming or answer.status_code != 200:
            continue
        text = answer.content.decode()
        shown += [(path, name) for name in hidden if name and name in text]
    assert shown == []


def test_a_forged_customer_cannot_be_ordered_for(world, cast, sign_in):
    with tenant_context(cast.organization.id):
        customer = Customer.objects.first()
        before = Order.objects.count()
    browser = sign_in(cast.northerner)
    for pk in (customer.pk, "x", "9" * 30, "-1", ""):
        for kind in ("quotes", "orders"):
            assert browser.post(f"/acme/{kind}/new/", {"customer": pk}).status_code == 404
    with tenant_context(cast.organization.id):
        assert Order.objects.count() == before


@pytest.mark.parametrize("part", ["service", "marketing", "legal", "finance"])
def test_roles_without_the_permission_see_no_amounts_of_deals_or_orders(part, world, cast, sign_in):
    member = cast.members[part]
    with tenant_context(cast.organization.id):
        customer, deal, order = world.customer.pk, world.deal.pk, world.order.pk
        quote = world.quote.pk
        scopes = dict(member.scopes)
    browser = sign_in(member)
    page = browser.get(f"/acme/customers/{customer}/").content.decode()
    for permission, path, key in (
        ("leads.view_opportunity", f"opportunities/{deal}/", "opportunities"),
        ("orders.view_quote", f"quotes/{quote}/", "quotes"),
        ("orders.view_quote", f"quotes/{quote}/print/", "quotes"),
        ("orders.view_order", f"orders/{order}/", "orders"),
        ("payments.view_plan", "payments/", "receivables"),
    ):
        if permission not in scopes:
            assert browser.get(f"/acme/{path}").status_code == 403
            if key != "opportunities":
                panel = browser.get(f"/acme/customers/{customer}/panels/{key}/")
                assert panel.status_code == 404
                assert f"/panels/{key}/" not in page


def test_nobody_approves_their_own_order_nor_one_they_are_not_asked_about(world, cast, sign_in):
    with tenant_context(cast.organization.id):
        run = Run.objects.get(pk=world.run.pk)
        by = run.submitted_by
        asked = set(
            run.steps.filter(state="current").values_list("assignees__member_id", flat=True)
        )
    outsiders = [by] + [one for one in cast.members.values() if one.pk not in asked | {by.pk}]
    for member in outsiders:
        sign_in(member).post(f"/acme/approvals/{run.pk}/decide/", {"verdict": "approve"})
    with tenant_context(cast.organization.id):
        assert Run.objects.get(pk=run.pk).state == run.state


def test_a_private_view_of_another_is_neither_offered_nor_deleted(world, cast, sign_in):
    agent, colleague = sign_in(cast.agent), sign_in(cast.colleague)
    agent.post("/acme/lists/views/", {"page": "leads", "name": "mine-only", "query": "q=x"})
    with tenant_context(cast.organization.id):
        view = SavedView.objects.get(name="mine-only")
    assert "mine-only" not in colleague.get("/acme/leads/?panel=views").content.decode()
    colleague.post(f"/acme/lists/views/{view.pk}/delete/")
    with tenant_context(cast.organization.id):
        assert SavedView.objects.filter(pk=view.pk).exists()


def test_an_amount_beyond_the_books_is_said_not_crashed_on(world, cast, sign_in):
    with tenant_context(cast.organization.id):
        order, product = Order.objects.get(pk=world.order.pk), world.product
    browser = sign_in(cast.agent)
    browser.raise_request_exception = False
    posted = {
        "version": order.version, "order_date": "2026-11-01", "currency": order.currency,
        "payment_terms": order.payment_terms, "contract_number": "HT", "line": "",
        "product": product.pk, "description": "", "quantity": "99999999999.999",
        "agreed_price": "999999999999", "discount": "",
    }  # fmt: skip
    answer = browser.post(f"/acme/orders/{order.pk}/edit/?op=save", posted)
    assert answer.status_code == 422, answer
    with tenant_context(cast.organization.id):
        assert Order.objects.get(pk=order.pk).gross_amount <= LARGEST

"""The cut-off of commission: recorded with a change of hands, and who is credited then."""

from datetime import timedelta

import pytest

from crm.audit.selectors import operations_on
from crm.sharing.models import Transfer
from crm.sharing.nouns import noun
from crm.sharing.selectors.transfers import preview
from crm.sharing.services import hand_over as handing
from crm.sharing.services.transfers import Wish, request_transfer, undo_transfer
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.enums import CaseState, CollisionOutcome
from leads.models import CollisionCase
from leads.services.case_decisions import appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from orders.models import Order
from orders.selectors.commission import Credit, credit_of
from orders.services.editing import begin_order
from tests.crm.sharing.conftest import fill, url  # noqa: F401  a fixture


@pytest.fixture
def book(tenant):
    return fill(tenant.agent)


def day(number: int):
    return organization_today() + timedelta(days=number)


def dated(order: Order, number: int) -> Order:
    Order.objects.filter(pk=order.pk).update(order_date=day(number))
    return Order.objects.get(pk=order.pk)


def credited_member(order: Order):
    (share,) = credit_of(order).shares
    return share.member


def give(by, order: Order, receiver, *, cutoff=None, key="orders.order", along=()):
    pk = order.pk if key == "orders.order" else order.customer_id
    wish = Wish(receiver=receiver, reason="调整", commission_cutoff=cutoff, takes_along=along)
    with acting_as(by.pk):
        return request_transfer(of=noun(key), ids=[pk], wish=wish, by=by)[0]


def test_an_order_that_never_changed_hands_is_its_owners(tenant, book):
    assert credited_member(book.orders[0]) == tenant.agent


def test_without_a_day_the_cut_off_is_the_day_it_moves(tenant, book):
    transfer = give(tenant.manager, book.orders[0], tenant.colleague)
    assert transfer.commission_cutoff == organization_today()
    assert credited_member(dated(book.orders[0], -1)) == tenant.agent
    assert credited_member(dated(book.orders[0], 0)) == tenant.colleague


def test_the_cut_off_divides_along_a_chain_of_owners(tenant, book):
    order = book.orders[0]
    give(tenant.manager, order, tenant.colleague, cutoff=day(-20))
    give(tenant.manager, order, tenant.manager, cutoff=day(-10))
    found = [credited_member(dated(order, number)) for number in (-21, -20, -11, -10, 0)]
    assert found == [tenant.agent, *[tenant.colleague] * 2, *[tenant.manager] * 2]


def test_an_order_entered_after_its_customer_moved_but_dated_before(tenant, book):
    old = book.orders[0]
    give(tenant.manager, old, tenant.colleague, cutoff=day(9), key="leads.customer")
    order = Order.objects.create(
        number="SO-new",
        customer=old.customer,
        owner=tenant.colleague,
        department=tenant.colleague.department,
    )
    assert credit_of(dated(order, 8)).cutoff == day(9)
    assert credited_member(dated(order, 8)) == tenant.agent
    assert credited_member(dated(order, 9)) == tenant.colleague


def test_an_owner_changed_otherwise_takes_the_credit_along(tenant, book):
    order = book.orders[0]
    give(tenant.manager, order, tenant.colleague)
    Order.objects.filter(pk=order.pk).update(owner=tenant.manager)
    assert credited_member(dated(order, -1)) == tenant.manager


def test_an_undone_transfer_leaves_no_trace_of_commission(tenant, book):
    order = book.orders[0]
    transfer = give(tenant.manager, order, tenant.colleague)
    with acting_as(tenant.manager.pk):
        undo_transfer(transfer_id=transfer.pk, by=tenant.manager)
    assert credited_member(dated(order, 0)) == tenant.agent


def test_the_preview_counts_what_stays_credited(tenant, book):
    dated(book.orders[0], -5)
    ids = [one.pk for one in book.customers]
    found = preview(of=noun("leads.customer"), ids=ids, by=tenant.manager)
    assert "1" in found.commission(day(0))
    assert found.commission(day(-9)) == ""


def test_the_story_names_the_cut_off(tenant, book):
    give(tenant.manager, book.orders[0], tenant.colleague, cutoff=day(3))
    (entry,) = operations_on(book.orders[0])
    assert entry.details["cutoff"] == day(3).isoformat()


def test_a_hand_over_keeps_the_leavers_orders_credited(tenant, book):
    order, admin = book.orders[0], tenant.owner
    with acting_as(admin.pk):
        draft = handing.prepare(leaver=tenant.agent, by=admin)
        handing.choose(
            hand_over_id=draft.pk,
            choices={"orders.order": str(tenant.colleague.pk)},
            commission_cutoff=day(2),
        )
        done = handing.hand_over(hand_over_id=draft.pk, by=admin)
    assert done.commission_cutoff == day(2)
    assert credited_member(dated(order, 1)) == tenant.agent
    assert credited_member(dated(order, 2)) == tenant.colleague


def test_the_pages_say_it(tenant, book, sign_in):
    order = dated(book.orders[0], -3)
    address = f"/{tenant.organization.slug}/orders/{order.pk}/"
    page = sign_in(tenant.manager).get(f"{address}transfer/")
    assert "is dated before" in page.content.decode()
    give(tenant.manager, order, tenant.colleague)
    page = sign_in(tenant.manager).get(address)
    assert "dated before the commission cut-off" in page.content.decode()


def test_the_previews_count_follows_the_day_that_is_typed(tenant, book, sign_in, url):  # noqa: F811
    for order, number in zip(book.orders, (-5, -1), strict=False):
        dated(order, number)
    pages = [(url("orders:transfer_order", book.orders[0].pk), [])]
    pages.append((url("orders:bulk_transfer_order"), [one.pk for one in book.orders]))
    for page, ids in pages:
        for typed, said in ((day(-3), "is dated before"), (day(-9), ""), ("x", "dated before")):
            sent = {"go": "1", "ids": ids, "commission_cutoff": str(typed), "effective_date": ""}
            answer = sign_in(tenant.manager).post(
                page, sent, headers={"HX-Request": "true", "HX-Target": "transfer-commission"}
            )
            assert answer.status_code == 200
            words = answer.content.decode()
            assert said in words if said else not words.strip()
            assert "<form" not in words
    assert not Transfer.objects.exists()


def decide_for(tenant, customer, winner, **ruling):
    """The colleague reaches for the customer, and the manager gives it to one of the two."""
    with acting_as(tenant.colleague.pk):
        create_lead(
            by=tenant.colleague, owner=tenant.colleague, company_name=customer.name,
            explanation="也在谈",
        )  # fmt: skip
    case = CollisionCase.objects.get(state=CaseState.OPEN)
    outcome = ruling.pop("outcome", CollisionOutcome.REASSIGN)
    with acting_as(tenant.manager.pk):
        return decide(
            case_id=case.pk,
            by=tenant.manager,
            ruling=Ruling(outcome, winner, reason="先来的", **ruling),
        )


@pytest.fixture
def client(tenant):
    with acting_as(tenant.agent.pk):
        return create_customer(by=tenant.agent, name="苏州同光精密机械有限公司")


def order_of(client, by):
    with acting_as(by.pk):
        return begin_order(customer=client, by=by)


def test_a_decided_case_has_a_cut_off_too(tenant, client):
    sold = order_of(client, tenant.agent)
    decided = decide_for(tenant, client, tenant.colleague)
    assert decided.commission_cutoff == organization_today()
    assert credited_member(sold) == tenant.agent
    fresh = order_of(client, tenant.colleague)
    assert credited_member(dated(fresh, -1)) == tenant.agent
    assert credited_member(dated(fresh, 0)) == tenant.colleague
    told = next(one for one in operations_on(client) if one.action == "customer.transferred")
    assert told.details["cutoff"] == organization_today().isoformat()


def test_the_decider_chooses_the_day(tenant, client):
    decide_for(tenant, client, tenant.colleague, cutoff=day(5))
    fresh = order_of(client, tenant.colleague)
    assert credit_of(dated(fresh, 4)) == Credit.whole(tenant.agent, day(5))
    assert credited_member(dated(fresh, 5)) == tenant.colleague


def test_an_overturned_decision_leaves_no_cut_off_and_an_upheld_one_another(tenant, client):
    decide_for(tenant, client, tenant.colleague, cutoff=day(5))
    case = CollisionCase.objects.get()
    appeal(case_id=case.pk, by=tenant.agent, reason="我先来")
    with acting_as(tenant.owner.pk):
        again = Ruling(CollisionOutcome.REASSIGN, tenant.colleague, reason="维持", cutoff=day(9))
        upheld = decide(case_id=case.pk, by=tenant.owner, ruling=again)
    assert (upheld.kind, upheld.commission_cutoff) == ("upheld", day(9))
    fresh = order_of(client, tenant.colleague)
    assert credit_of(dated(fresh, 8)) == Credit.whole(tenant.agent, day(9))


def test_put_back_on_appeal_the_client_never_changed_hands(tenant, client):
    decide_for(tenant, client, tenant.colleague, cutoff=day(5))
    case = CollisionCase.objects.get()
    appeal(case_id=case.pk, by=tenant.agent, reason="我先来")
    with acting_as(tenant.owner.pk):
        back = Ruling(CollisionOutcome.KEEP, tenant.agent, reason="一直在跟")
        assert decide(case_id=case.pk, by=tenant.owner, ruling=back).commission_cutoff is None
    fresh = order_of(client, tenant.agent)
    assert credit_of(dated(fresh, 1)) == Credit.whole(tenant.agent)


def test_the_decision_form_asks_for_the_day_and_the_case_tells_it(
    tenant,
    client,
    sign_in,
    url,  # noqa: F811
):
    order_of(client, tenant.agent)
    Order.objects.update(status="approved")
    with acting_as(tenant.colleague.pk):
        create_lead(by=tenant.colleague, owner=tenant.colleague, company_name=client.name,
                    explanation="也在谈")  # fmt: skip
    case, boss = CollisionCase.objects.get(), sign_in(tenant.manager)
    page = url("leads:case_decide", case.pk)
    html = boss.get(page).content.decode()
    assert "Commission cut-off" in html
    assert f"whoever sold them: {tenant.agent.name} 1" in html
    sent = {"choice": f"reassign:{tenant.colleague.pk}", "version": case.version, "reason": "先来"}
    assert boss.post(page, sent | {"commission_cutoff": "1999-01-01"}).status_code == 422
    assert boss.post(page, sent | {"commission_cutoff": str(day(3))}).status_code == 302
    html = boss.get(url("leads:case", case.pk)).content.decode()
    assert html.count("ommission cut-off") == 2

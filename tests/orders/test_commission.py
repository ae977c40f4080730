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
from orders.models import Order
from orders.selectors.commission import credit_of, credited_member
from tests.crm.sharing.conftest import fill, url  # noqa: F401  a fixture


@pytest.fixture
def book(tenant):
    return fill(tenant.agent)


def day(number: int):
    return organization_today() + timedelta(days=number)


def dated(order: Order, number: int) -> Order:
    Order.objects.filter(pk=order.pk).update(order_date=day(number))
    return Order.objects.get(pk=order.pk)


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

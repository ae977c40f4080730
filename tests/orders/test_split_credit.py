"""A client shared by a decided case: its orders are credited to the parties in their parts."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crm.access import grants
from crm.money import split_money
from crm.sharing.approval_subject import content_hash
from crm.sharing.nouns import noun
from crm.sharing.selectors.transfers import preview
from crm.sharing.services.shares import share, take_back
from crm.sharing.services.transfers import undo_transfer
from crm.tenancy.clock import end_of, organization_today, organization_zone
from crm.tenancy.context import acting_as
from leads.enums import CollisionOutcome
from leads.models import ClientSplit, CollisionCase, Customer, Lead
from leads.selectors.splits import live_splits
from leads.services import merging
from leads.services.case_decisions import appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from orders.models import Order
from orders.selectors.commission import Credit, credit_of
from tests.crm.sharing.conftest import url  # noqa: F401  a fixture
from tests.orders.test_commission import client, dated, day, decide_for, give, order_of  # noqa: F401

SHARE = CollisionOutcome.SHARE


def parts(order: Order) -> dict[str, int]:
    """Percent by name; whatever is asked, it is all of it."""
    credit = credit_of(Order.objects.get(pk=order.pk))
    assert sum(one.percent for one in credit.shares) == 100
    assert sum(credit.amounts(Decimal("100.01"))) == Decimal("100.01")
    return {one.member.name: one.percent for one in credit.shares}


def sixty_forty(tenant, customer, **ruling):
    shares = {tenant.agent.pk: 60, tenant.colleague.pk: 40}
    return decide_for(tenant, customer, tenant.agent, outcome=SHARE, shares=shares, **ruling)


@pytest.fixture
def names(tenant):
    return tenant.agent.name, tenant.colleague.name, tenant.manager.name


@given(
    amount=st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    cuts=st.lists(st.integers(min_value=1, max_value=99), max_size=8, unique=True),
)
def test_parts_sum_to_the_amount_to_the_cent(amount, cuts):
    edges = [0, *sorted(cuts), 100]
    percents = [after - before for before, after in zip(edges, edges[1:], strict=False)]
    found = split_money(amount, percents)
    assert sum(percents) == 100
    assert sum(found) == amount
    exact = [amount * one / 100 for one in percents]
    assert all(abs(one - wish) < Decimal("0.01") for one, wish in zip(found, exact, strict=True))
    assert found == [-one for one in split_money(-amount, percents)]


def test_whoever_enters_it_an_order_of_a_shared_client_is_everybodys(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    sold = order_of(client, tenant.agent)
    decided = sixty_forty(tenant, client)
    assert decided.commission_cutoff == organization_today()
    assert parts(dated(sold, 5)) == {agent: 100}
    for by in (tenant.agent, tenant.colleague, tenant.manager):
        fresh = order_of(client, by)
        assert parts(dated(fresh, 0)) == {agent: 60, colleague: 40}
        assert parts(dated(fresh, -1)) == {by.name: 100}
    assert credit_of(dated(fresh, 0)).split.case == decided.case


def test_the_decider_chooses_the_day_and_who_had_the_client_keeps_what_is_dated_before(
    tenant,
    client,  # noqa: F811
    names,
):
    agent, colleague, _manager = names
    shares = {tenant.agent.pk: 40, tenant.colleague.pk: 60}
    decide_for(
        tenant, client, tenant.colleague, outcome=SHARE, shares=shares, cutoff=day(5)
    )  # fmt: skip
    fresh = order_of(client, tenant.colleague)
    assert credit_of(dated(fresh, 4)) == Credit.whole(tenant.agent, day(5))
    assert parts(dated(fresh, 5)) == {colleague: 60, agent: 40}


def test_a_later_transfer_ends_it_from_its_cut_off_on_and_its_undo_brings_it_back(
    tenant,
    client,  # noqa: F811
    names,
):
    agent, colleague, manager = names
    sixty_forty(tenant, client, cutoff=day(-30))
    moved = give(
        tenant.owner, order_of(client, tenant.agent), tenant.manager,
        cutoff=day(-10), key="leads.customer",
    )  # fmt: skip
    fresh = order_of(client, tenant.manager)
    assert parts(dated(fresh, -11)) == {agent: 60, colleague: 40}
    assert parts(dated(fresh, -10)) == {manager: 100}
    assert parts(dated(fresh, -31)) == {agent: 100}
    with acting_as(tenant.owner.pk):
        undo_transfer(transfer_id=moved.pk, by=tenant.owner)
    assert parts(dated(fresh, 0)) == {agent: 60, colleague: 40}


def test_a_client_that_comes_back_is_not_shared_again(tenant, client, names):  # noqa: F811
    agent, _colleague, _manager = names
    sixty_forty(tenant, client, cutoff=day(-30))
    first = order_of(client, tenant.agent)
    for receiver in (tenant.manager, tenant.agent):
        give(tenant.owner, first, receiver, cutoff=day(-10), key="leads.customer")
    assert parts(order_of(client, tenant.agent)) == {agent: 100}
    found = preview(of=noun("leads.customer"), ids=[client.pk], by=tenant.manager)
    assert not found.parts_ending


def test_an_order_that_is_given_away_takes_the_givers_part_along(tenant, client, names):  # noqa: F811
    agent, colleague, manager = names
    sixty_forty(tenant, client)
    fresh = order_of(client, tenant.agent)
    give(tenant.manager, fresh, tenant.manager, cutoff=day(5))
    assert parts(dated(fresh, 4)) == {agent: 60, colleague: 40}
    assert parts(dated(fresh, 5)) == {manager: 60, colleague: 40}
    give(tenant.owner, fresh, tenant.colleague, cutoff=day(9))
    assert parts(dated(fresh, 9)) == {colleague: 100}


def test_a_share_that_is_taken_back_falls_to_the_main_owner_and_does_not_come_back(
    tenant,
    client,  # noqa: F811
    names,
):
    agent, colleague, _manager = names
    sixty_forty(tenant, client, cutoff=day(-30))
    before = order_of(client, tenant.agent)
    kind, ids = noun("leads.customer"), [client.pk]
    with acting_as(tenant.manager.pk):
        take_back(noun=kind, ids=ids, receiver=tenant.colleague)
        later = order_of(client, tenant.agent)
        share(
            noun=kind, ids=ids, receivers=[tenant.colleague], action=grants.EDIT, by=tenant.manager
        )
    assert parts(dated(before, 3)) == {agent: 60, colleague: 40}
    assert parts(dated(later, 0)) == {agent: 100}
    # dated while it was still shared
    assert parts(dated(later, -1)) == {agent: 60, colleague: 40}
    assert parts(order_of(client, tenant.agent)) == {agent: 100}


def test_the_main_owner_takes_nobodys_part_away(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    sixty_forty(tenant, client)
    kind, ids = noun("leads.customer"), [client.pk]
    with acting_as(tenant.agent.pk):
        share(
            noun=kind, ids=ids, receivers=[tenant.colleague], action=grants.VIEW, by=tenant.agent,
            until=day(1),
        )  # fmt: skip
        take_back(noun=kind, ids=ids, receiver=tenant.colleague)
    assert parts(dated(order_of(client, tenant.agent), 5)) == {agent: 60, colleague: 40}


def test_a_share_to_a_day_ends_that_night(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    sixty_forty(tenant, client, cutoff=day(-30))
    kind = noun("leads.customer")
    with acting_as(tenant.manager.pk):
        share(
            noun=kind, ids=[client.pk], receivers=[tenant.colleague], action=grants.EDIT,
            by=tenant.manager, until=day(3),
        )  # fmt: skip
    split = ClientSplit.objects.get()
    assert split.end_of(tenant.colleague.pk) == end_of(day(3))
    fresh = order_of(client, tenant.agent)
    assert parts(dated(fresh, 30)) == {agent: 60, colleague: 40}
    at_noon = datetime.combine(day(4), time(12), organization_zone())
    Order.objects.filter(pk=fresh.pk).update(created_at=at_noon)
    assert parts(dated(fresh, 30)) == {agent: 100}
    assert parts(dated(fresh, 3)) == {agent: 60, colleague: 40}


def test_overturned_it_never_was_and_upheld_it_begins_on_another_day(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    sixty_forty(tenant, client)
    case = CollisionCase.objects.get()
    fresh = order_of(client, tenant.colleague)
    assert parts(fresh) == {agent: 60, colleague: 40}
    appeal(case_id=case.pk, by=tenant.colleague, reason="都是我谈的")
    assert parts(fresh) == {agent: 60, colleague: 40}
    shares = {tenant.agent.pk: 60, tenant.colleague.pk: 40}
    with acting_as(tenant.owner.pk):
        same = Ruling(SHARE, tenant.agent, shares=shares, reason="维持", cutoff=day(2))
        assert decide(case_id=case.pk, by=tenant.owner, ruling=same).kind == "upheld"
    assert parts(dated(fresh, 1)) == {colleague: 100}
    assert parts(dated(fresh, 2)) == {agent: 60, colleague: 40}


def test_what_is_put_back_on_appeal_was_never_shared(tenant, client, names):  # noqa: F811
    _agent, colleague, _manager = names
    sixty_forty(tenant, client)
    case = CollisionCase.objects.get()
    fresh = order_of(client, tenant.colleague)
    appeal(case_id=case.pk, by=tenant.colleague, reason="都是我谈的")
    with acting_as(tenant.owner.pk):
        mine = Ruling(CollisionOutcome.REASSIGN, tenant.colleague, reason="证据充分")
        decide(case_id=case.pk, by=tenant.owner, ruling=mine)
    assert parts(dated(fresh, 0)) == {colleague: 100}
    assert not ClientSplit.objects.exists()


def test_a_shared_lead_makes_a_shared_customer(tenant, names):
    agent, colleague, _manager = names
    with acting_as(tenant.agent.pk):
        lead = create_lead(by=tenant.agent, owner=tenant.agent, company_name="无锡恒丰机械有限公司")
    customer = Customer(name=lead.company_name)
    sixty_forty(tenant, customer)
    with acting_as(tenant.agent.pk):
        made = convert_lead(lead_id=Lead.objects.get(pk=lead.pk).pk, by=tenant.agent).customer
    assert parts(order_of(made, tenant.colleague)) == {agent: 60, colleague: 40}


def test_a_merge_takes_the_parts_along_and_leaves_each_order_its_history(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    with acting_as(tenant.agent.pk):
        kept = create_customer(by=tenant.agent, name="南通海润机械有限公司")
    sixty_forty(tenant, client, cutoff=day(-30))
    of_gone, of_kept = order_of(client, tenant.agent), order_of(kept, tenant.agent)
    with acting_as(tenant.manager.pk):
        merge = merging.merge(kept=kept, gone=client, by=tenant.manager)
    after = order_of(kept, tenant.agent)
    assert Order.objects.get(pk=of_gone.pk).customer_id == kept.pk
    assert parts(of_gone) == parts(after) == {agent: 60, colleague: 40}
    assert parts(of_kept) == {agent: 100}
    assert parts(dated(after, -1)) == {agent: 100}
    with acting_as(tenant.manager.pk):
        merging.undo(merge_id=merge.pk, by=tenant.manager)
    assert parts(order_of(kept, tenant.agent)) == {agent: 100}
    assert parts(dated(after, 0)) == {agent: 60, colleague: 40}
    assert parts(order_of(client, tenant.agent)) == {agent: 60, colleague: 40}


def test_a_merge_that_gives_the_client_to_somebody_else_ends_it(tenant, client, names):  # noqa: F811
    agent, colleague, manager = names
    sixty_forty(tenant, client, cutoff=day(-30))
    with acting_as(tenant.manager.pk):
        gone = create_customer(by=tenant.manager, name="南通海润机械有限公司")
        merge = merging.merge(
            kept=client, gone=gone, picks={"owner": "gone"}, by=tenant.manager
        )  # fmt: skip
    fresh = order_of(Customer.objects.get(pk=client.pk), tenant.manager)
    assert parts(fresh) == {manager: 100}
    with acting_as(tenant.manager.pk):
        merging.undo(merge_id=merge.pk, by=tenant.manager)
    assert parts(order_of(client, tenant.agent)) == {agent: 60, colleague: 40}


def test_the_pages_say_who_gets_what_and_why(tenant, client, names, sign_in, url):  # noqa: F811
    agent, colleague, _manager = names
    case = sixty_forty(tenant, client).case
    order = order_of(client, tenant.agent)
    Order.objects.filter(pk=order.pk).update(
        net_amount=Decimal("100.01"), gross_amount=Decimal("100.01")
    )
    for who, may_open in ((tenant.manager, True), (tenant.finance, False)):
        html = sign_in(who).get(url("orders:detail", order.pk)).content.decode()
        assert '60% <span class="text-nowrap">¥60.01' in html
        assert '40% <span class="text-nowrap">¥40.00' in html
        assert case.number in html
        assert (url("leads:case", case.pk) in html) == may_open
    html = sign_in(tenant.manager).get(url("leads:case", case.pk)).content.decode()
    assert f"are credited to {agent} 60% · {colleague} 40%" in html
    html = sign_in(tenant.manager).get(url("leads:customer", client.pk)).content.decode()
    assert f"{agent} 60% · {colleague} 40%" in html


def test_a_transfer_says_before_that_it_ends_the_parts(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    case = sixty_forty(tenant, client).case
    found = preview(of=noun("leads.customer"), ids=[client.pk], by=tenant.manager)
    said = found.commission(day(0))
    assert case.number in said
    assert f"{agent} 60% · {colleague} 40%" in said


def test_a_bulk_transfer_asks_no_more_for_many_shared_clients_than_for_few(tenant):
    names = ["苏州同光精密", "无锡恒丰纺织", "常熟宏达化工", "南通海润船舶", "扬州金陵药业"]
    with acting_as(tenant.agent.pk):
        clients = [create_customer(by=tenant.agent, name=f"{one}有限公司") for one in names]
    for one in clients:
        sixty_forty(tenant, one)
    ids = [one.pk for one in clients]
    give(tenant.owner, order_of(clients[0], tenant.agent), tenant.manager, key="leads.customer")
    give(tenant.owner, order_of(clients[0], tenant.agent), tenant.agent, key="leads.customer")
    counts = []
    for some in (ids[:2], ids):
        with CaptureQueriesContext(connection) as queries:
            found = live_splits("customer", some)
        assert set(found) == set(some) - {clients[0].pk}
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_approval_of_a_transfer_knows_whose_parts_it_ends(tenant, client):  # noqa: F811
    waiting = give(tenant.manager, order_of(client, tenant.agent), tenant.colleague,
                   key="leads.customer")  # fmt: skip
    with acting_as(tenant.manager.pk):
        undo_transfer(transfer_id=waiting.pk, by=tenant.manager)
    before = content_hash(waiting)
    sixty_forty(tenant, client)
    assert content_hash(waiting) != before
    assert timezone.now() - timedelta(days=1) < ClientSplit.objects.get().began_at

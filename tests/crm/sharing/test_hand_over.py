"""The hand-over of a leaver: proposed, split, moved at once, undone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.access import grants
from crm.approvals.models import StepAssignee
from crm.approvals.sweeping import sweep
from crm.people.holdings import holding, holdings_of
from crm.people.models import Member
from crm.people.services.activity import deactivate_member
from crm.sharing.allotment import ALONG, LEAVE, REGION, SPLIT, Allotment, Plan, proposal
from crm.sharing.enums import HandOverState, Outcome
from crm.sharing.errors import CannotReceive, Refused
from crm.sharing.models import HandOver, Movement
from crm.sharing.services import hand_over as services
from crm.teamwork.models import Task
from crm.tenancy.context import acting_as
from leads.models import Customer, Lead, Opportunity
from orders.models import Order, Quote
from tests.crm.sharing.conftest import fill
from tests.support.cast import add_person


def hand(tenant, choices, leaver=None, **more) -> HandOver:
    """Prepare and carry out."""
    draft = services.prepare(leaver=leaver or tenant.agent, by=tenant.owner)
    services.choose(hand_over_id=draft.pk, choices=choices, **more)
    return services.hand_over(hand_over_id=draft.pk, by=tenant.owner)


def everything_to(member) -> dict[str, str]:
    return {
        "leads.customer": str(member.pk),
        "leads.lead": str(member.pk),
        "leads.opportunity": ALONG,
        "orders.quote": ALONG,
        "orders.order": ALONG,
        "teamwork.task": ALONG,
    }


def owners(model) -> set[int]:
    return set(model.objects.values_list("owner_id", flat=True))


def test_everything_held_is_listed_with_its_rows(tenant, book):
    found = {one.holding.key: one.count for one in holdings_of(tenant.agent)}
    assert found == {
        "leads.customer": 2,
        "leads.lead": 2,
        "leads.opportunity": 2,
        "orders.quote": 2,
        "orders.order": 2,
        "teamwork.task": 2,
    }


def test_the_superior_is_proposed_and_what_hangs_on_a_record_goes_along(tenant, book):
    found = proposal(tenant.agent)
    assert found["leads.customer"] == str(tenant.manager.pk)
    assert found["orders.order"] == ALONG


def test_it_moves_at_once_and_comes_back(tenant, book):
    done = hand(tenant, everything_to(tenant.colleague), reason="离职")
    for model in (Customer, Lead, Opportunity, Quote, Order, Task):
        assert owners(model) == {tenant.colleague.pk}
    assert done.count == 12
    assert not Member.objects.get(pk=tenant.agent.pk).is_active
    undone = services.undo(hand_over_id=done.pk, by=tenant.owner)
    assert undone.state == HandOverState.UNDONE
    for model in (Customer, Lead, Opportunity, Quote, Order, Task):
        assert owners(model) == {tenant.agent.pk}
    assert Member.objects.get(pk=tenant.agent.pk).is_active


def test_what_moved_on_since_stays_there_and_is_listed(tenant, book):
    done = hand(tenant, everything_to(tenant.colleague))
    first, second = book.customers
    Customer.objects.filter(pk=first.pk).update(owner=tenant.manager)
    services.undo(hand_over_id=done.pk, by=tenant.owner)
    assert Customer.objects.get(pk=first.pk).owner_id == tenant.manager.pk
    assert Customer.objects.get(pk=second.pk).owner_id == tenant.agent.pk
    rows = Movement.objects.filter(holding="leads.customer").order_by("record_id")
    outcomes = list(rows.values_list("outcome", flat=True))
    assert outcomes == [Outcome.MOVED_ON, Outcome.RESTORED]


def test_after_seven_days_it_stays(tenant, book):
    done = hand(tenant, everything_to(tenant.colleague))
    HandOver.objects.update(done_at=timezone.now() - timedelta(days=7, seconds=1))
    with pytest.raises(Refused):
        services.undo(hand_over_id=done.pk, by=tenant.owner)


def test_it_is_handed_over_once(tenant, book):
    draft = services.prepare(leaver=tenant.agent, by=tenant.owner)
    assert services.prepare(leaver=tenant.agent, by=tenant.manager).pk == draft.pk
    services.hand_over(hand_over_id=draft.pk, by=tenant.owner)
    with pytest.raises(Refused):
        services.hand_over(hand_over_id=draft.pk, by=tenant.owner)


def test_in_turn_each_gets_as_many_give_or_take_one(tenant):
    fill(tenant.agent, 5)
    plan = Plan({"leads.customer": SPLIT, "orders.order": ALONG}, {})
    another = add_person(tenant, "another", department="east", role="rep")
    found = Allotment(tenant.agent, plan)
    lots = {who: len(ids) for who, ids in found.receivers("leads.customer").items()}
    assert lots == {tenant.colleague.pk: 3, another.pk: 2}
    for order in Order.objects.all():
        assert (
            found.given["orders.order"][order.pk]
            == (found.given["leads.customer"][order.customer_id])
        )


def test_by_region_the_one_who_serves_it_gets_it(tenant, book):
    another = add_person(tenant, "another", department="east", role="rep")
    Member.objects.filter(pk=another.pk).update(provinces=["31"])
    found = Allotment(tenant.agent, Plan({"leads.customer": REGION}, {}))
    assert list(found.receivers("leads.customer")) == [another.pk]


def test_single_rows_go_to_somebody_by_name(tenant, book):
    draft = services.prepare(leaver=tenant.agent, by=tenant.owner)
    first, second = book.customers
    services.choose(hand_over_id=draft.pk, choices=everything_to(tenant.colleague))
    services.give_single(
        hand_over_id=draft.pk, key="leads.customer", ids=[first.pk], receiver=tenant.northerner
    )
    services.hand_over(hand_over_id=draft.pk, by=tenant.owner)
    assert Customer.objects.get(pk=first.pk).owner_id == tenant.northerner.pk
    assert Customer.objects.get(pk=second.pk).owner_id == tenant.colleague.pk
    assert Order.objects.get(customer=first).owner_id == tenant.northerner.pk


def test_who_cannot_see_such_records_does_not_get_them(tenant, book):
    with pytest.raises(CannotReceive):
        hand(tenant, {"leads.lead": str(tenant.finance.pk)})
    assert owners(Lead) == {tenant.agent.pk}


def test_seats_shares_and_subordinates_are_handed_over_too(tenant):
    book = fill(tenant.colleague, 1)
    customer = book.customers[0]
    grants.grant(tenant.agent, "view", customer)
    Member.objects.filter(pk=tenant.colleague.pk).update(superior=tenant.agent)
    east = tenant.departments["east"]
    east.head = tenant.agent
    east.save(update_fields=["head"])
    to = str(tenant.colleague.pk)
    keys = ["share.customer", "people.head", "people.superior"]
    held = {one.holding.key for one in holdings_of(tenant.agent)}
    assert held == set(keys)
    done = hand(tenant, dict.fromkeys(keys, to), deactivates=False)
    assert done.count == 2  # nobody becomes their own superior
    east.refresh_from_db()
    assert east.head_id == tenant.colleague.pk
    services.undo(hand_over_id=done.pk, by=tenant.owner)
    east.refresh_from_db()
    assert east.head_id == tenant.agent.pk
    assert holding("share.customer").of(tenant.agent).count() == 1


@pytest.fixture
def asked(tenant) -> StepAssignee:
    """An order that waits for the manager."""
    from tests.support.growth import World

    World(tenant)
    return StepAssignee.objects.get(member=tenant.manager, is_open=True)


def test_a_leavers_approvals_are_swept_to_the_superior(tenant, asked):
    Member.objects.filter(pk=tenant.manager.pk).update(superior=tenant.owner)
    with acting_as(tenant.owner.pk):
        deactivate_member(member_id=tenant.manager.pk, by=tenant.owner)
    asked.refresh_from_db()
    assert not asked.is_open
    assert StepAssignee.objects.get(step=asked.step, is_open=True).member == tenant.owner


def test_undone_the_swept_question_comes_back_too(tenant, asked):
    """Nobody was chosen for it: it went up with the deactivation."""
    Member.objects.filter(pk=tenant.manager.pk).update(superior=tenant.owner)
    StepAssignee.objects.create(step=asked.step, member=tenant.finance)
    done = hand(tenant, {}, leaver=tenant.manager)
    open_now = StepAssignee.objects.filter(step=asked.step, is_open=True)
    assert set(open_now.values_list("member", flat=True)) == {tenant.owner.pk, tenant.finance.pk}
    services.undo(hand_over_id=done.pk, by=tenant.owner)
    assert set(open_now.values_list("member", flat=True)) == {tenant.manager.pk, tenant.finance.pk}
    assert Member.objects.get(pk=tenant.manager.pk).is_active


def test_a_question_never_goes_to_who_submitted_it(tenant, asked):
    tenant.agent.superior = None
    sweep(leaver=tenant.manager, receiver=tenant.agent)
    open_now = StepAssignee.objects.filter(step=asked.step, is_open=True)
    assert tenant.agent.pk not in set(open_now.values_list("member_id", flat=True))


def test_undone_the_question_comes_back(tenant, asked):
    draft = services.prepare(leaver=tenant.manager, by=tenant.owner)
    services.choose(
        hand_over_id=draft.pk,
        choices={"approvals.assignee": str(tenant.owner.pk)},
        deactivates=False,
    )
    services.hand_over(hand_over_id=draft.pk, by=tenant.owner)
    assert StepAssignee.objects.get(step=asked.step, is_open=True).member == tenant.owner
    services.undo(hand_over_id=draft.pk, by=tenant.owner)
    assert StepAssignee.objects.get(step=asked.step, is_open=True).member == tenant.manager


def test_as_many_queries_for_thirty_as_for_three(tenant):
    counts = []
    for number in (3, 30):
        fill(tenant.agent, number) if number == 3 else None
        if number == 30:
            for one in range(27):
                Customer.objects.create(number=f"X{one}", name=f"X{one}", owner=tenant.agent)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            done = hand(tenant, everything_to(tenant.colleague), deactivates=False)
        counts.append(len(queries))
        services.undo(hand_over_id=done.pk, by=tenant.owner)
    assert counts[1] <= counts[0]


def test_what_stays_stays(tenant, book):
    done = hand(tenant, {"leads.customer": LEAVE})
    assert done.count == 0
    assert owners(Customer) == {tenant.agent.pk}

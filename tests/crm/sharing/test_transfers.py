"""Transfers: what moves along, who agrees, when, and what happens when owners change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.access import policy
from crm.approvals import services as approvals
from crm.approvals.enums import Verdict
from crm.approvals.models import Run, StepAssignee
from crm.audit.selectors import changes_of, operations_on
from crm.jobs.models import Job
from crm.people.holdings import holding
from crm.people.models import Member
from crm.sharing.enums import Outcome, TransferState
from crm.sharing.errors import CannotReceive, OwnerMeanwhile, Refused
from crm.sharing.models import Transfer
from crm.sharing.nouns import noun
from crm.sharing.selectors.transfers import TASKS, preview
from crm.sharing.services.transfers import (
    Wish,
    carry_out,
    request_transfer,
    undo_transfer,
    withdraw_transfer,
)
from crm.teamwork.models import Notification, Task
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.models import Customer

CUSTOMER = "leads.customer"
EVERYTHING = ("leads.opportunity", "orders.quote", "orders.order", TASKS)


def ask(book, by, receiver, *, seen=None, ids=None, **more) -> list[Transfer]:
    wish = Wish(receiver=receiver, reason="区域调整", **more)
    ids = ids or [one.pk for one in book.customers]
    with acting_as(by.pk):
        return request_transfer(of=noun(CUSTOMER), ids=ids, wish=wish, by=by, seen=seen)


def owners(records) -> set[int]:
    return {type(one).objects.get(pk=one.pk).owner_id for one in records}


def test_within_a_department_everything_moves_at_once(tenant, book):
    (transfer,) = ask(book, tenant.manager, tenant.colleague, takes_along=EVERYTHING)
    assert transfer.state == TransferState.DONE
    moved = [*book.customers, *book.deals, *book.quotes, *book.orders]
    assert owners(moved) == {tenant.colleague.pk}
    assert set(Task.objects.values_list("owner_id", flat=True)) == {tenant.colleague.pk}
    assert owners(book.leads) == {tenant.agent.pk}
    (entry,) = operations_on(book.customers[0])
    assert (entry.action, entry.details["why"]) == ("customer.transferred", "区域调整")
    change = changes_of(Customer.objects.get(pk=book.customers[0].pk))[0]
    assert (change.member_id, "区域调整" in change.reason) == (tenant.manager.pk, True)
    assert Notification.objects.filter(member=tenant.colleague).count() == 1
    assert Notification.objects.filter(member=tenant.agent).count() == 1


def test_only_what_is_ticked_and_the_givers_goes_along(tenant, book):
    order = book.orders[0]
    order.owner = tenant.northerner
    order.save(update_fields=["owner"])
    ask(book, tenant.manager, tenant.colleague, takes_along=["orders.order"])
    assert owners([order]) == {tenant.northerner.pk}
    assert owners([book.orders[1]]) == {tenant.colleague.pk}
    assert owners(book.deals) == {tenant.agent.pk}


def test_the_preview_says_what_would_move(tenant, book):
    found = preview(of=noun(CUSTOMER), ids=[one.pk for one in book.customers], by=tenant.manager)
    assert {part.key: part.count for part in found.parts} == {
        "leads.opportunity": 2,
        "leads.lead": 0,
        "orders.quote": 2,
        "orders.order": 2,
        TASKS: 2,
    }
    assert [(one.member, one.count) for one in found.givers] == [(tenant.agent, 2)]


def test_another_department_needs_the_superior_of_the_present_owner(tenant, book):
    (transfer,) = ask(book, tenant.agent, tenant.northerner)
    assert transfer.state == TransferState.WAITING
    assert owners(book.customers) == {tenant.agent.pk}
    asked = StepAssignee.objects.get(is_open=True)
    assert asked.member == tenant.manager
    with acting_as(tenant.manager.pk):
        approvals.decide(run_id=Run.objects.get().pk, by=tenant.manager, verdict=Verdict.APPROVE)
    transfer = Transfer.objects.get(pk=transfer.pk)
    assert transfer.state == TransferState.DONE
    assert owners(book.customers) == {tenant.northerner.pk}
    assert Customer.objects.first().department_id == tenant.northerner.department_id


def test_the_administrator_asks_too_but_the_superior_agrees_by_asking(tenant, book):
    (transfer,) = ask(book, tenant.owner, tenant.northerner, ids=[book.customers[0].pk])
    assert transfer.state == TransferState.WAITING
    (transfer,) = ask(book, tenant.manager, tenant.northerner, ids=[book.customers[1].pk])
    assert transfer.state == TransferState.DONE


def test_a_refused_transfer_moves_nothing(tenant, book):
    (transfer,) = ask(book, tenant.agent, tenant.northerner)
    with acting_as(tenant.manager.pk):
        approvals.decide(
            run_id=Run.objects.get().pk,
            by=tenant.manager,
            verdict=Verdict.SEND_BACK,
            comment="不行",
        )
    transfer = Transfer.objects.get(pk=transfer.pk)
    assert transfer.state == TransferState.REFUSED
    assert owners(book.customers) == {tenant.agent.pk}


def test_a_transfer_waits_for_its_day_and_can_be_taken_back(tenant, book):
    day = organization_today() + timedelta(days=3)
    (transfer,) = ask(book, tenant.manager, tenant.colleague, effective_date=day)
    assert transfer.state == TransferState.SCHEDULED
    assert Job.objects.get(name="sharing.carry_out").arguments == {"transfer_id": transfer.pk}
    carry_out(transfer_id=transfer.pk)
    assert owners(book.customers) == {tenant.agent.pk}
    with pytest.raises(Refused):
        withdraw_transfer(transfer_id=transfer.pk, by=tenant.colleague)
    withdraw_transfer(transfer_id=transfer.pk, by=tenant.manager)
    Transfer.objects.update(effective_date=organization_today())
    carry_out(transfer_id=transfer.pk)
    assert owners(book.customers) == {tenant.agent.pk}


def test_on_its_day_it_moves_what_is_still_the_givers(tenant, book):
    day = organization_today() + timedelta(days=3)
    (transfer,) = ask(book, tenant.manager, tenant.colleague, effective_date=day)
    Customer.objects.filter(pk=book.customers[0].pk).update(owner=tenant.northerner)
    Transfer.objects.update(effective_date=organization_today())
    carry_out(transfer_id=transfer.pk)
    carry_out(transfer_id=transfer.pk)
    transfer = Transfer.objects.get(pk=transfer.pk)
    assert transfer.state == TransferState.DONE
    assert owners(book.customers) == {tenant.northerner.pk, tenant.colleague.pk}
    outcomes = transfer.movements.order_by("record_id").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.SKIPPED, Outcome.MOVED]


def test_when_nothing_is_the_givers_any_more_it_fails(tenant, book):
    day = organization_today() + timedelta(days=3)
    (transfer,) = ask(book, tenant.manager, tenant.colleague, effective_date=day)
    Customer.objects.update(owner=tenant.northerner)
    Transfer.objects.update(effective_date=organization_today())
    carry_out(transfer_id=transfer.pk)
    transfer = Transfer.objects.get(pk=transfer.pk)
    assert transfer.state == TransferState.FAILED
    assert Notification.objects.filter(member=tenant.manager, kind="transfer-failed").exists()


def test_a_stale_page_moves_nothing(tenant, book):
    of, ids = noun(CUSTOMER), [one.pk for one in book.customers]
    seen = preview(of=of, ids=ids, by=tenant.manager).seen
    Customer.objects.filter(pk=ids[0]).update(owner=tenant.colleague)
    with pytest.raises(OwnerMeanwhile):
        ask(book, tenant.manager, tenant.colleague, seen=seen)
    assert Transfer.objects.count() == 0


def test_the_old_owner_may_keep_reading_until_a_day(tenant, book):
    day = organization_today() + timedelta(days=30)
    ask(
        book,
        tenant.manager,
        tenant.colleague,
        keeps_reading=True,
        reads_until=day,
        takes_along=EVERYTHING,
    )
    for permission, one in (
        ("leads.view_customer", book.customers[0]),
        ("orders.view_order", book.orders[0]),
    ):
        assert policy.allowed(tenant.agent, permission, one)
        assert not policy.allowed(tenant.agent, permission.replace("view", "edit"), one)


def test_only_active_members_with_the_right_roles_receive(tenant, book):
    with pytest.raises(CannotReceive):
        ask(book, tenant.manager, tenant.service, takes_along=["orders.order"])
    tenant.colleague.is_active = False
    with pytest.raises(CannotReceive):
        ask(book, tenant.manager, tenant.colleague)


def test_nobody_gives_away_what_is_out_of_their_reach(tenant, book):
    with pytest.raises(Refused):
        ask(book, tenant.colleague, tenant.colleague)
    with pytest.raises(Refused):
        ask(book, tenant.northerner, tenant.northerner)


def test_records_of_several_owners_are_a_transfer_each(tenant, book):
    Customer.objects.filter(pk=book.customers[0].pk).update(owner=tenant.manager)
    found = ask(book, tenant.owner, tenant.colleague)
    assert {one.giver for one in found} == {tenant.agent, tenant.manager}


def undo(tenant, transfer, by=None) -> Transfer:
    by = by or tenant.manager
    with acting_as(by.pk):
        return undo_transfer(transfer_id=transfer.pk, by=by)


def test_undone_everything_goes_back_that_has_not_moved_on(tenant, book):
    (transfer,) = ask(
        book, tenant.manager, tenant.colleague, takes_along=EVERYTHING, keeps_reading=True
    )
    first, second = book.customers
    Customer.objects.filter(pk=second.pk).update(owner=tenant.northerner)
    undone = undo(tenant, transfer)
    assert undone.state == TransferState.UNDONE
    assert owners([first, *book.deals, *book.quotes, *book.orders]) == {tenant.agent.pk}
    assert owners([second]) == {tenant.northerner.pk}
    assert set(Task.objects.values_list("owner_id", flat=True)) == {tenant.agent.pk}
    rows = dict(transfer.movements.filter(is_chosen=True).values_list("record_id", "outcome"))
    assert rows == {first.pk: Outcome.RESTORED, second.pk: Outcome.MOVED_ON}
    assert not holding("share.customer").of(tenant.agent).filter(content_object=first).exists()
    heard = Notification.objects.filter(kind="record-given", member=tenant.colleague)
    assert heard.exists()
    assert operations_on(first)[-1].details["why"]


def test_only_who_asked_or_sees_all_undoes_and_only_for_a_week(tenant, book):
    (transfer,) = ask(book, tenant.manager, tenant.colleague)
    for by in (tenant.agent, tenant.colleague, tenant.northerner):
        with pytest.raises(Refused):
            undo(tenant, transfer, by)
    Transfer.objects.update(finished_at=timezone.now() - timedelta(days=7, minutes=1))
    with pytest.raises(Refused):
        undo(tenant, transfer)
    Transfer.objects.update(finished_at=timezone.now())
    undo(tenant, transfer, tenant.owner)
    with pytest.raises(Refused):
        undo(tenant, transfer, tenant.owner)
    assert owners(book.customers) == {tenant.agent.pk}


def test_nobody_gets_back_what_they_could_not_hold_or_never_had(tenant, book):
    (transfer,) = ask(book, tenant.manager, tenant.colleague)
    Member.objects.filter(pk=tenant.agent.pk).update(is_active=False)
    with pytest.raises(Refused):
        undo(tenant, transfer)
    Customer.objects.update(owner=None)
    (unowned,) = ask(book, tenant.owner, tenant.colleague)
    assert unowned.state == TransferState.DONE
    with pytest.raises(Refused):
        undo(tenant, unowned, tenant.owner)


def test_the_page_undoes_it(tenant, book, sign_in, url):
    (transfer,) = ask(book, tenant.manager, tenant.colleague)
    browser = sign_in(tenant.manager)
    assert "Undo the transfer" in browser.get(url("sharing:transfer", transfer.pk)).content.decode()
    assert browser.post(url("sharing:undo", transfer.pk)).status_code == 302
    page = browser.get(url("sharing:transfer", transfer.pk)).content.decode()
    assert "Undo the transfer" not in page
    assert "Given back" in page

"""Two people, or one twice, at the same moment: exactly one counts."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from crm.approvals import errors, services
from crm.approvals.enums import RunState, Verdict
from crm.approvals.models import Decision, Run
from crm.tenancy.context import tenant_context
from orders.errors import OrderNotEditable
from orders.models import Order
from orders.services import approval
from tests.orders.world import a_draft, submitted
from tests.support.cast import add_person, build_cast

pytestmark = pytest.mark.slow


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    found: list[object] = [None] * len(calls)

    def attempt(index: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=120)
            found[index] = call()
        except Exception as error:
            found[index] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=attempt, args=(index, call)) for index, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return found


def test_submitting_twice_at_once_starts_one_run(real_transactions):
    cast = build_cast("acme")
    organization = cast.organization.id
    with tenant_context(organization):
        order = a_draft(cast.agent)

    def submit() -> Run:
        with tenant_context(organization, member_id=cast.agent.pk):
            return approval.submit_order(order_id=order.pk, by=cast.agent)

    found = at_once(submit, submit)
    assert {type(one) for one in found} == {Run, OrderNotEditable}
    with tenant_context(organization):
        assert Run.objects.count() == 1
        assert order.versions.count() == 1


def test_two_in_finance_approve_at_once_and_one_counts(real_transactions):
    cast = build_cast("acme")
    organization = cast.organization.id
    with tenant_context(organization):
        second = add_person(cast, "cashier", department="office", role="finance", name="冯出纳")
        run = Run.objects.get(subject_id=submitted(cast.agent).pk)
        services.decide(run_id=run.pk, by=cast.manager, verdict=Verdict.APPROVE)

    def approve(member) -> Callable[[], Run]:
        def call() -> Run:
            with tenant_context(organization, member_id=member.pk):
                return services.decide(run_id=run.pk, by=member, verdict=Verdict.APPROVE)

        return call

    found = at_once(approve(cast.finance), approve(second))
    assert {type(one) for one in found} == {Run, errors.AlreadyDecided}
    with tenant_context(organization):
        assert Run.objects.get().state == RunState.APPROVED
        assert Decision.objects.count() == 2
        assert Order.objects.get().status == "approved"


def test_withdrawing_and_approving_at_once_agree_on_one_outcome(real_transactions):
    cast = build_cast("acme")
    organization = cast.organization.id
    with tenant_context(organization):
        run = Run.objects.get(subject_id=submitted(cast.agent).pk)

    def withdraw() -> Run:
        with tenant_context(organization, member_id=cast.agent.pk):
            return services.withdraw(run_id=run.pk, by=cast.agent)

    def send_back() -> Run:
        with tenant_context(organization, member_id=cast.manager.pk):
            return services.decide(
                run_id=run.pk, by=cast.manager, verdict=Verdict.SEND_BACK, comment="再议"
            )

    found = at_once(withdraw, send_back)
    assert {type(one) for one in found} == {Run, errors.AlreadyDecided}
    with tenant_context(organization):
        outcome = (Run.objects.get().state, Order.objects.get().status)
    assert outcome in {("withdrawn", "draft"), ("sent_back", "sent_back")}

"""The approval engine, tried on orders: who is asked, what is refused, what blocks."""

import pytest

from crm.approvals import errors, flows, resolution, selectors, services
from crm.approvals.enums import RunState, Verdict
from crm.approvals.models import Decision, Run, StepAssignee
from crm.approvals.registry import subject_of
from crm.people.models import Department, Member
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from orders.services import approval
from tests.orders.world import a_customer, a_draft, submitted


def run_of(order):
    return Run.objects.filter(subject_id=order.pk).latest("id")


def asked(run):
    return [one.member for one in StepAssignee.objects.filter(step__run=run, is_open=True)]


def decide(run, by, verdict=Verdict.APPROVE, comment=""):
    with acting_as(by.pk):
        return services.decide(run_id=run.pk, by=by, verdict=verdict, comment=comment)


def head(department, member):
    Department.objects.filter(pk=department.pk).update(head=member)


def test_the_head_of_the_department_is_asked_first_then_finance(tenant):
    run = run_of(submitted(tenant.agent))
    assert asked(run) == [tenant.manager]
    assert list(selectors.waiting_for(tenant.manager)) == [run]
    decide(run, tenant.manager)
    assert asked(run) == [tenant.finance]
    assert selectors.waiting_count(tenant.manager) == 0


def test_a_head_asks_the_head_above(tenant):
    head(tenant.departments["office"], tenant.owner)
    assert asked(run_of(submitted(tenant.manager))) == [tenant.owner]


def test_an_empty_seat_is_climbed_over(tenant):
    head(tenant.departments["office"], tenant.owner)
    assert resolution.superior_of(tenant.northerner) == tenant.owner
    Member.objects.filter(pk=tenant.manager.pk).update(is_active=False)
    assert resolution.superior_of(tenant.agent) == tenant.owner


def test_nobody_found_blocks_and_tells_administrators_never_approves(tenant):
    order = submitted(tenant.northerner, a_customer(tenant.northerner))
    run = run_of(order)
    assert run.state == RunState.BLOCKED
    assert "赵北" in selectors.turn_of(run, tenant.owner).blocked
    assert order.status == "submitted"
    assert list(selectors.blocked()) == [run]
    notice = Notification.objects.get(member=tenant.owner)
    assert notice.kind == "approval-blocked"
    head(tenant.departments["office"], tenant.manager)
    assert services.look_again(run_id=run.pk).state == RunState.RUNNING
    assert asked(run) == [tenant.manager]


def test_looking_again_in_vain_stays_blocked(tenant):
    run = run_of(submitted(tenant.northerner, a_customer(tenant.northerner)))
    assert services.look_again(run_id=run.pk).state == RunState.BLOCKED
    with pytest.raises(errors.NotBlocked):
        services.look_again(
            run_id=run_of(
                submitted(tenant.agent, a_customer(tenant.agent, "无锡", "C26-000002"))
            ).pk
        )


def test_nobody_approves_their_own(tenant):
    head(tenant.departments["office"], tenant.owner)
    run = run_of(submitted(tenant.manager))
    with pytest.raises(errors.OwnSubmission):
        decide(run, tenant.manager)
    assert not Decision.objects.exists()


def test_the_only_one_in_the_role_cannot_approve_their_own(tenant):
    subject = subject_of("orders.order")
    flows.publish_flow(subject=subject, steps=[{"kind": "role", "role": "manager"}])
    run = run_of(submitted(tenant.manager))
    assert run.state == RunState.BLOCKED


def test_who_is_not_asked_cannot_decide(tenant):
    run = run_of(submitted(tenant.agent))
    with pytest.raises(errors.NotYourTurn):
        decide(run, tenant.colleague)
    with pytest.raises(errors.NotYourTurn):
        decide(run, tenant.finance)


def test_deciding_twice_is_refused(tenant):
    run = run_of(submitted(tenant.agent))
    decide(run, tenant.manager)
    with pytest.raises(errors.AlreadyDecided):
        decide(run, tenant.manager)


def test_sending_back_needs_a_comment(tenant):
    run = run_of(submitted(tenant.agent))
    with pytest.raises(errors.CommentMissing):
        decide(run, tenant.manager, Verdict.SEND_BACK, "  ")
    assert decide(run, tenant.manager, Verdict.SEND_BACK, "单价？").state == RunState.SENT_BACK
    assert not asked(run)
    notice = Notification.objects.get(member=tenant.agent)
    assert notice.kind == "approval-decided"


def test_only_the_submitter_withdraws(tenant):
    run = run_of(submitted(tenant.agent))
    with pytest.raises(errors.NotTheSubmitter):
        services.withdraw(run_id=run.pk, by=tenant.manager)
    assert services.withdraw(run_id=run.pk, by=tenant.agent).state == RunState.WITHDRAWN
    with pytest.raises(errors.AlreadyDecided):
        decide(run, tenant.manager)


def test_a_run_keeps_the_flow_version_it_began_with(tenant):
    subject = subject_of("orders.order")
    first = run_of(submitted(tenant.agent))
    flows.publish_flow(subject=subject, steps=[{"kind": "role", "role": "legal"}])
    decide(first, tenant.manager)
    assert asked(first) == [tenant.finance]
    second = run_of(submitted(tenant.agent, a_customer(tenant.agent, "无锡精工", "C26-000002")))
    assert (first.flow.version, second.flow.version) == (1, 2)
    assert asked(second) == [tenant.legal]


def test_a_named_member_is_asked(tenant):
    subject = subject_of("orders.order")
    flows.publish_flow(subject=subject, steps=[{"kind": "member", "member": tenant.legal.pk}])
    assert asked(run_of(submitted(tenant.agent))) == [tenant.legal]


@pytest.mark.parametrize("steps", [[], [{"kind": "oracle"}], [{"kind": "role"}]])
def test_a_flow_that_asks_nobody_is_refused(tenant, steps):
    with pytest.raises(flows.FaultyFlow):
        flows.publish_flow(subject=subject_of("orders.order"), steps=steps)


def test_one_open_run_per_record(tenant):
    order = a_draft(tenant.agent)
    approval.submit_order(order_id=order.pk, by=tenant.agent)
    with pytest.raises(errors.AlreadyInApproval):
        services.submit(record=order, by=tenant.agent)


def test_who_may_read_an_approval(tenant):
    run = run_of(submitted(tenant.agent))
    readers = {
        part
        for part, member in tenant.members.items()
        if selectors.readable_runs(member).filter(pk=run.pk).exists()
    }
    assert readers == {"agent", "manager", "owner"}

"""Taking back what nobody has decided on: a reported case, a claim, an appeal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.refusals import Refused
from crm.teamwork.models import Notification
from crm.tenancy.context import tenant_context
from leads.enums import CaseState, CollisionOutcome, LeadStatus
from leads.models import CollisionAppeal, CollisionCase, CollisionDecision, Customer, Lead
from leads.services.case_clock import due_cases, tick
from leads.services.case_decisions import AppealRefused, appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.case_withdrawal import give_way, withdraw_appeal, withdraw_case
from leads.services.cases import report_by_hand
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from tests.leads.cases.conftest import enter
from tests.leads.cases.test_appeals import decided, objected
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once

KEEP, SHARE = CollisionOutcome.KEEP, CollisionOutcome.SHARE


def fresh(case: CollisionCase) -> CollisionCase:
    return CollisionCase.objects.get(pk=case.pk)


def told(member, kind) -> int:
    return Notification.objects.filter(member=member, kind=kind).count()


@pytest.fixture
def reported(tenant, lead, as_member) -> CollisionCase:
    """The manager says that two records of their reps are one client."""
    mine = create_lead(by=None, owner=tenant.colleague, company_name="无锡恒丰机械有限公司")
    with as_member(tenant.manager):
        return report_by_hand(record=mine, other=lead, by=tenant.manager, why="同一位采购")


def test_whoever_reported_it_withdraws_it_and_everything_stays(tenant, reported, lead, as_member):
    assert reported.opened_by == tenant.manager
    for part in ("agent", "colleague", "owner"):
        with as_member(tenant.members[part]), pytest.raises(Refused):
            withdraw_case(case_id=reported.pk, by=tenant.members[part], reason="不用了")
    with as_member(tenant.manager):
        with pytest.raises(Refused):
            withdraw_case(case_id=reported.pk, by=tenant.manager, reason=" ")
        withdraw_case(case_id=reported.pk, by=tenant.manager, reason="核实过，不是同一家")
    case = fresh(reported)
    assert (case.state, case.outcome) == (CaseState.WITHDRAWN, "")
    assert {one.status for one in Lead.objects.all()} == {LeadStatus.NEW}
    assert told(tenant.agent, "case-withdrawn") == told(tenant.colleague, "case-withdrawn") == 1
    CollisionCase.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert case.pk not in due_cases()
    assert not tick(case_id=case.pk)
    log = OperationLog.objects.get(action="case.withdrawn")
    assert log.details["why"] == "核实过，不是同一家"


def test_not_once_another_rep_has_come_or_somebody_decided(tenant, reported, as_member):
    enter(tenant.northerner)
    assert CollisionCase.objects.count() == 1
    with as_member(tenant.manager), pytest.raises(Refused):
        withdraw_case(case_id=reported.pk, by=tenant.manager, reason="不用了")


def test_what_came_up_by_entry_is_not_withdrawn_by_who_entered(tenant, case, as_member):
    with as_member(tenant.colleague), pytest.raises(Refused):
        withdraw_case(case_id=case.pk, by=tenant.colleague, reason="不用了")


def test_a_newcomer_who_gives_way_leaves_the_client_to_its_owner(
    tenant, case, newcomers_lead, lead, as_member
):
    for part in ("agent", "manager"):
        with as_member(tenant.members[part]), pytest.raises(Refused):
            give_way(case_id=case.pk, by=tenant.members[part])
    with as_member(tenant.colleague):
        give_way(case_id=case.pk, by=tenant.colleague, reason="确实是他先谈的")
    now = fresh(case)
    assert now.state == CaseState.WITHDRAWN
    mine = Lead.objects.get(pk=newcomers_lead.pk)
    assert mine.status == LeadStatus.INVALID
    assert Lead.objects.get(pk=lead.pk).owner == tenant.agent
    assert told(tenant.manager, "case-withdrawn") == 1
    with as_member(tenant.manager), pytest.raises(Refused):
        decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(KEEP, tenant.agent))
    again = enter(tenant.colleague)
    assert CollisionCase.objects.exclude(pk=case.pk).get().records.filter(record_id=again.pk)


def test_with_further_newcomers_the_case_goes_on_without_them(
    tenant, director, wide_case, as_member
):
    enter(tenant.colleague)
    with as_member(tenant.northerner):
        give_way(case_id=wide_case.pk, by=tenant.northerner)
    now = fresh(wide_case)
    assert now.state == CaseState.OPEN
    assert told(director, "case-gave-way") == 1
    with as_member(director), pytest.raises(Refused):
        decide(
            case_id=now.pk, by=director, version=wide_case.version,
            ruling=Ruling(KEEP, tenant.agent, reason="先来"),
        )  # fmt: skip
    gone = Ruling(CollisionOutcome.REASSIGN, tenant.northerner, reason="他的")
    with as_member(director), pytest.raises(Refused):
        decide(case_id=now.pk, by=director, ruling=gone)
    enter(tenant.northerner)
    assert now.parties.get(member=tenant.northerner).side == "newcomer"


def test_a_customer_of_a_newcomer_goes_over(tenant, lead, as_member):
    with as_member(tenant.colleague):
        mine = create_customer(by=tenant.colleague, name=COMPANY, explanation="也在谈")
        give_way(case_id=CollisionCase.objects.get().pk, by=tenant.colleague)
    assert Customer.objects.get(pk=mine.pk).owner == tenant.agent


def test_an_appeal_taken_back_leaves_the_decision(tenant, director, case, as_member):
    decided(case, tenant.manager, tenant.agent, as_member)
    objected(case, tenant.colleague, as_member)
    for part in ("agent", "manager"):
        with as_member(tenant.members[part]), pytest.raises(Refused):
            withdraw_appeal(case_id=case.pk, by=tenant.members[part])
    with as_member(tenant.colleague):
        withdraw_appeal(case_id=case.pk, by=tenant.colleague, reason="看过证据了")
    now = fresh(case)
    # nobody else lost: final
    assert (now.state, now.level, now.decider) == (CaseState.CLOSED, 1, tenant.manager)
    assert told(director, "appeal-withdrawn") == told(tenant.agent, "appeal-withdrawn") == 1
    with as_member(director), pytest.raises(Refused):
        decide(case_id=case.pk, by=director, ruling=Ruling(KEEP, tenant.agent, reason="x"))


def test_the_others_who_lost_may_still_appeal_and_who_took_back_may_not(
    tenant, director, case, as_member
):
    shares = {tenant.agent.pk: 60, tenant.colleague.pk: 40}
    with as_member(tenant.manager):
        ruling = Ruling(SHARE, tenant.agent, shares=shares, reason="两人都在做")
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    objected(case, tenant.colleague, as_member)
    with as_member(tenant.colleague):
        withdraw_appeal(case_id=case.pk, by=tenant.colleague)
        assert fresh(case).state == CaseState.DECIDED
        with pytest.raises(AppealRefused):
            appeal(case_id=case.pk, by=tenant.colleague, reason="还是不服")
    again = objected(case, tenant.agent, as_member)
    assert (again.state, again.level, again.decider) == (CaseState.APPEALED, 2, director)
    decided(case, director, tenant.agent, as_member)
    assert fresh(case).decisions.count() == 2


def test_the_buttons_are_there_for_whom_they_are(tenant, director, case, sign_in, url, as_member):
    page = url("leads:case", case.pk)
    give = url("leads:case_give_way", case.pk)
    newcomer = sign_in(tenant.colleague)
    assert give in newcomer.get(page).content.decode()
    assert give not in sign_in(tenant.agent).get(page).content.decode()
    assert "closed as a duplicate" in newcomer.get(give).content.decode()
    assert sign_in(tenant.agent).post(give, {"reason": ""}).status_code == 422
    decided(case, tenant.manager, tenant.agent, as_member)
    objected(case, tenant.colleague, as_member)
    back = url("leads:case_withdraw_appeal", case.pk)
    assert back in newcomer.get(page).content.decode()
    assert newcomer.post(back, {"reason": "看过证据了"}).status_code == 302
    html = newcomer.get(page).content.decode()
    assert "Taken back" in html
    assert "看过证据了" in html
    assert back not in html


def test_a_reported_case_through_its_button(tenant, reported, sign_in, url):
    client, page = sign_in(tenant.manager), url("leads:case", reported.pk)
    back = url("leads:case_withdraw", reported.pk)
    assert back in client.get(page).content.decode()
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "不是同一家"}).status_code == 302
    assert "nothing was decided" in client.get(page).content.decode()
    rows = client.get(f"{url('leads:cases')}?state=withdrawn").content.decode()
    assert reported.number in rows


@pytest.mark.slow
@pytest.mark.usefixtures("real_transactions")
def test_taken_back_and_decided_in_one_moment(cast_committed):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        create_lead(by=cast.agent, owner=cast.agent, company_name=COMPANY)
        create_lead(by=cast.colleague, owner=cast.colleague, company_name=COMPANY, explanation="x")
        case = CollisionCase.objects.get()
    keep = Ruling(KEEP, cast.agent, reason="先来")
    calls = [
        lambda: give_way(case_id=case.pk, by=cast.colleague),
        lambda: decide(case_id=case.pk, by=cast.manager, ruling=keep, version=case.version),
        lambda: give_way(case_id=case.pk, by=cast.colleague),
    ]
    found = at_once(cast, calls, refusals=Refused)
    with tenant_context(cast.organization.id):
        now = CollisionCase.objects.get()
        was_decided = isinstance(found[1], CollisionDecision)
        assert sum(isinstance(one, Refused) for one in found) == 2
        assert (now.state == CaseState.WITHDRAWN) == (not was_decided)
        assert now.decisions.count() == was_decided


@pytest.mark.slow
@pytest.mark.usefixtures("real_transactions")
def test_an_appeal_taken_back_and_decided_in_one_moment(cast_committed):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        create_lead(by=cast.agent, owner=cast.agent, company_name=COMPANY)
        create_lead(by=cast.colleague, owner=cast.colleague, company_name=COMPANY, explanation="x")
        case = CollisionCase.objects.get()
        keep = Ruling(KEEP, cast.agent, reason="先来")
        decide(case_id=case.pk, by=cast.manager, ruling=keep)
        appeal(case_id=case.pk, by=cast.colleague, reason="不对")
    calls = [
        lambda: withdraw_appeal(case_id=case.pk, by=cast.colleague),
        lambda: decide(case_id=case.pk, by=cast.owner, ruling=keep),
    ]
    found = at_once(cast, calls, refusals=Refused)
    assert sum(isinstance(one, Refused) for one in found) == 1
    with tenant_context(cast.organization.id):
        was_decided = isinstance(found[1], CollisionDecision)
        assert fresh(case).decisions.count() == 1 + was_decided
        assert CollisionAppeal.objects.exclude(withdrawals=None).exists() == (not was_decided)

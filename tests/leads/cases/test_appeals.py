from datetime import timedelta

import pytest
from django.utils import timezone

from crm.audit.models import OperationLog
from crm.teamwork.models import Notification
from leads.enums import CaseState, CollisionOutcome, LeadStatus
from leads.models import CollisionCase, Lead, Merge
from leads.selectors.cases import with_parties
from leads.services import case_clock, merging
from leads.services.case_clock import due_cases, tick
from leads.services.case_decisions import AppealRefused, NotForYou, appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.case_withdrawal import withdraw_appeal
from leads.services.cases import CaseMovedOn
from leads.services.leads import create_lead, invalidate_lead, reopen_lead
from leads.services.refusals import WrongState
from tests.leads.cases.conftest import enter

KEEP, REASSIGN = CollisionOutcome.KEEP, CollisionOutcome.REASSIGN


def decided(case, by, winner, as_member, outcome=KEEP):
    with as_member(by):
        return decide(case_id=case.pk, by=by, ruling=Ruling(outcome, winner, reason="看证据"))


def objected(case, by, as_member):
    with as_member(by):
        appeal(case_id=case.pk, by=by, reason="他从没联系过客户")
    return CollisionCase.objects.get(pk=case.pk)


@pytest.fixture
def case(tenant, director, lead) -> CollisionCase:
    enter(tenant.colleague)
    return CollisionCase.objects.get()


def test_an_appeal_climbs_level_by_level_and_ends_at_the_top(case, tenant, director, as_member):
    decided(case, tenant.manager, tenant.agent, as_member)
    case = objected(case, tenant.colleague, as_member)
    assert (case.state, case.level, case.decider) == (CaseState.APPEALED, 2, director)
    with as_member(tenant.manager), pytest.raises(NotForYou):
        decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(KEEP, tenant.agent))
    again = decided(case, director, tenant.agent, as_member)
    assert again.kind == "upheld"
    case = objected(case, tenant.colleague, as_member)
    assert (case.level, case.decider) == (3, None)
    last = decided(case, tenant.owner, tenant.colleague, as_member, REASSIGN)
    case = CollisionCase.objects.get(pk=case.pk)
    assert (last.kind, case.state) == ("overturned", CaseState.CLOSED)
    with as_member(tenant.agent), pytest.raises(AppealRefused):
        appeal(case_id=case.pk, by=tenant.agent, reason="还要申诉")


def test_overturned_means_the_first_enforcement_is_gone(case, tenant, director, lead, as_member):
    mine = Lead.objects.get(owner=tenant.colleague)
    decided(case, tenant.manager, tenant.agent, as_member)
    objected(case, tenant.colleague, as_member)
    decided(case, director, tenant.colleague, as_member, REASSIGN)
    mine = Lead.objects.get(pk=mine.pk)
    assert (mine.status, mine.invalid_reason) == (LeadStatus.NEW, "")
    assert Lead.objects.get(pk=lead.pk).owner == tenant.colleague


def test_only_a_loser_in_time_and_once(case, tenant, director, as_member):
    decided(case, tenant.manager, tenant.agent, as_member)
    for part in ("agent", "manager", "northerner"):
        with as_member(tenant.members[part]), pytest.raises(AppealRefused):
            appeal(case_id=case.pk, by=tenant.members[part], reason="x")
    CollisionCase.objects.filter(pk=case.pk).update(
        appeal_until=timezone.now() - timedelta(hours=1)
    )
    with as_member(tenant.colleague), pytest.raises(AppealRefused):
        appeal(case_id=case.pk, by=tenant.colleague, reason="x")
    assert tick(case_id=case.pk)
    case = CollisionCase.objects.get(pk=case.pk)
    assert case.state == CaseState.CLOSED


def test_a_passed_deadline_asks_the_next_superior(case, tenant, director):
    CollisionCase.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert tick(case_id=case.pk)
    case = CollisionCase.objects.get(pk=case.pk)
    assert (case.decider, case.escalations) == (director, 1)
    assert case.due_at > timezone.now()
    CollisionCase.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    tick(case_id=case.pk)
    case = CollisionCase.objects.get(pk=case.pk)
    assert case.decider is None
    told = Notification.objects.filter(member=tenant.owner, kind="case-to-decide")
    assert told.exists()


def test_a_reminder_comes_once_before_the_deadline(case, tenant):
    CollisionCase.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    assert tick(case_id=case.pk)
    assert not tick(case_id=case.pk)
    assert Notification.objects.filter(member=tenant.manager, kind="case-due").count() == 1


def test_a_merge_that_is_overturned_is_taken_back(case, tenant, director, lead, as_member):
    mine = Lead.objects.get(owner=tenant.colleague)
    with as_member(tenant.manager):
        merging.merge(kept=lead, gone=mine, by=tenant.manager, case=case, reason="同一家")
    assert list(Lead.objects.all()) == [lead]
    objected(case, tenant.colleague, as_member)
    last = decided(case, director, tenant.colleague, as_member, REASSIGN)
    assert last.kind == "overturned"
    taken_back = Merge.objects.get()
    assert (taken_back.undone_by, taken_back.undone_at is None) == (director, False)
    owners = dict(Lead.objects.values_list("pk", "owner_id"))
    assert owners == {lead.pk: tenant.colleague.pk, mine.pk: tenant.colleague.pk}
    assert not OperationLog.objects.filter(action="case.partly_reversed").exists()


def test_a_deadline_is_shown_while_something_is_due(case, tenant, director, as_member):
    def due():
        return with_parties(CollisionCase.objects.all()).get().due

    assert due() == CollisionCase.objects.get().due_at is not None
    decided(case, tenant.manager, tenant.agent, as_member)
    assert due() is None
    objected(case, tenant.colleague, as_member)
    assert due() is not None


def test_who_comes_while_an_appeal_waits_is_ruled_on_too(case, tenant, director, as_member):
    decided(case, tenant.manager, tenant.agent, as_member)
    objected(case, tenant.colleague, as_member)
    late = enter(tenant.northerner)
    assert CollisionCase.objects.count() == 1
    again = decided(case, director, tenant.agent, as_member)
    assert (again.kind, Lead.objects.get(pk=late.pk).status) == ("upheld", LeadStatus.INVALID)
    objected(case, tenant.northerner, as_member)
    decided(case, tenant.owner, None, as_member, CollisionOutcome.NOT_SAME)
    assert not Lead.objects.filter(status=LeadStatus.INVALID).exists()


def test_an_appeal_is_not_taken_back_over_the_head_of_who_came_since(
    case, tenant, director, as_member, sign_in, url
):
    decided(case, tenant.manager, tenant.agent, as_member)
    objected(case, tenant.colleague, as_member)
    button = url("leads:case_withdraw_appeal", case.pk)
    page = url("leads:case", case.pk)
    assert button in sign_in(tenant.colleague).get(page).content.decode()
    enter(tenant.northerner)
    with as_member(tenant.colleague), pytest.raises(CaseMovedOn):
        withdraw_appeal(case_id=case.pk, by=tenant.colleague)
    assert button not in sign_in(tenant.colleague).get(page).content.decode()
    assert CollisionCase.objects.get().state == CaseState.APPEALED


def test_cases_with_the_administrators_leave_room_for_the_others(case, monkeypatch):
    monkeypatch.setattr(case_clock, "BATCH", 1)
    past = timezone.now() - timedelta(hours=5)
    CollisionCase.objects.filter(pk=case.pk).update(decider=None, due_at=past)
    assert due_cases() == [case.pk]
    assert tick(case_id=case.pk)
    assert due_cases() == []


def test_a_closed_duplicate_that_is_merged_away_does_not_bar_an_appeal(
    case, tenant, director, lead, as_member
):
    mine = Lead.objects.get(owner=tenant.colleague)
    decided(case, tenant.manager, tenant.agent, as_member)
    with as_member(tenant.owner):
        name = "哈尔滨北国电机厂"
        other = create_lead(by=tenant.owner, owner=tenant.owner, company_name=name)
        merging.merge(kept=other, gone=Lead.objects.get(pk=mine.pk), by=tenant.owner)
    objected(case, tenant.colleague, as_member)
    assert decided(case, director, tenant.colleague, as_member, REASSIGN).kind == "overturned"
    assert Lead.objects.get(pk=lead.pk).owner == tenant.colleague
    assert OperationLog.objects.filter(action="case.partly_reversed").exists()


def test_a_lead_its_rep_has_closed_is_closed_by_the_decision_too(case, tenant, director, as_member):
    mine = Lead.objects.get(owner=tenant.colleague)
    with as_member(tenant.colleague):
        invalidate_lead(lead_id=mine.pk, reason="没有需求")
    decided(case, tenant.manager, tenant.agent, as_member)
    with as_member(tenant.colleague), pytest.raises(WrongState):
        reopen_lead(lead_id=mine.pk, by=tenant.colleague)
    objected(case, tenant.colleague, as_member)
    decided(case, director, None, as_member, CollisionOutcome.NOT_SAME)
    mine = Lead.objects.get(pk=mine.pk)
    assert (mine.status, mine.invalid_reason) == (LeadStatus.INVALID, "没有需求")
    with as_member(tenant.colleague):
        assert reopen_lead(lead_id=mine.pk, by=tenant.colleague).status == LeadStatus.NEW

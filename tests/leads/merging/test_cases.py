# ruff: noqa: F811
"""A merge that decides a collision case."""

import pytest

from crm.audit.models import OperationLog
from crm.jobs.models import Job
from crm.refusals import Refused
from leads.enums import CaseState, CollisionOutcome
from leads.models import CollisionCase, CollisionParty, CollisionRecord, Lead, Merge
from leads.selectors.case_story import reason_typed
from leads.selectors.merging import preview, steps_of, what_stays
from leads.services import case_hands, merging
from leads.services.case_decisions import appeal, decide
from leads.services.case_enforcement import Ruling
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from tests.leads.cases.conftest import (  # noqa: F401  fixtures
    case,
    director,
    lead,
    newcomers_lead,
    url,
)


def test_it_is_the_cases_decision(tenant, case, lead, newcomers_lead):
    merging.merge(kept=lead, gone=newcomers_lead, by=tenant.manager, case=case, reason="同一家")
    found = CollisionCase.objects.get()
    assert found.outcome == CollisionOutcome.MERGE
    assert found.decisions.get().winner == tenant.agent
    assert Lead.objects.get() == lead


def test_only_whoever_decides_the_case_may_merge_for_it(
    tenant,
    case,
    lead,
    newcomers_lead,
):
    with pytest.raises(Refused):
        merging.merge(kept=lead, gone=newcomers_lead, by=tenant.colleague, case=case)
    assert Merge.objects.count() == 0
    assert Lead.objects.count() == 2


def test_undone_on_its_own_page_the_case_says_so_and_a_new_one_asks(
    tenant, case, lead, newcomers_lead, as_member
):
    merged = merging.merge(kept=lead, gone=newcomers_lead, by=tenant.manager, case=case)
    with as_member(tenant.agent):
        merging.undo(merge_id=merged.pk, by=tenant.agent)
    old, new = CollisionCase.objects.order_by("id")
    assert (old.pk, old.state, old.outcome) == (case.pk, CaseState.CLOSED, CollisionOutcome.MERGE)
    assert OperationLog.objects.filter(action="case.merge_undone", subject_id=old.pk).exists()
    assert (new.state, new.subject_id, new.decider) == (CaseState.OPEN, lead.pk, tenant.manager)
    again = merging.merge(kept=lead, gone=newcomers_lead, by=tenant.manager, case=new)
    assert again.is_in_force


def test_undone_while_an_appeal_waits_the_case_goes_on(
    tenant, case, lead, newcomers_lead, director, as_member
):
    merged = merging.merge(kept=lead, gone=newcomers_lead, by=tenant.manager, case=case)
    with as_member(tenant.colleague):
        appeal(case_id=case.pk, by=tenant.colleague, reason="两家公司")
    merging.undo(merge_id=merged.pk, by=tenant.manager)
    assert CollisionCase.objects.get().state == CaseState.APPEALED
    with as_member(director):
        ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
        decide(case_id=case.pk, by=director, ruling=ruling)
    assert Lead.objects.count() == 2


def test_attached_and_taken_back_every_row_of_the_case_is_there(tenant, lead, as_member):
    """The lead was there first, and the customer it is attached to is a newcomer's in its case."""
    with as_member(tenant.colleague):
        customer = create_customer(
            by=tenant.colleague, name=lead.company_name, explanation="老客户推荐"
        )
    rows = list(CollisionRecord.objects.order_by("id").values())
    assert len(rows) == 2
    merged = merging.merge(kept=customer, gone=lead, by=tenant.manager)
    assert CollisionRecord.objects.count() == 1
    assert steps_of(merged) == []
    assert all(one.label for one in what_stays(merged))
    merging.undo(merge_id=merged.pk, by=tenant.manager)
    assert list(CollisionRecord.objects.order_by("id").values()) == rows


def test_without_a_reason_none_is_kept(tenant, case, lead, newcomers_lead, sign_in, url):
    """What nobody typed is not made up in the language of whoever decided."""
    before = preview(newcomers_lead, lead, tenant.manager)
    found = merging.merge(kept=newcomers_lead, gone=lead, by=tenant.manager, case=case)
    decision = case.decisions.get()
    assert (decision.reason, decision.followed_proposal) == ("", False)
    page = sign_in(tenant.manager).get(url("leads:case", case.pk)).content.decode()
    assert "Merged into one record" in page
    assert reason_typed("merge", "已合并") == reason_typed("merge", "Merged") == ""
    assert reason_typed("keep", "Merged") == "Merged"
    # the case has both: its row of the one that went is needless and moves nowhere
    assert before.total == found.count == sum(one.count for one in steps_of(found))


def test_no_other_merge_is_the_decision_of_a_case(tenant, case, lead, newcomers_lead, as_member):
    with as_member(tenant.agent):
        others = [
            create_lead(by=tenant.agent, owner=tenant.agent, company_name=name)
            for name in ("杭州云帆软件有限公司", "宁波海天塑机集团")
        ]
    for kept, gone in (others, (lead, others[0])):
        with pytest.raises(Refused):
            merging.merge(kept=kept, gone=gone, by=tenant.manager, case=case)
    assert not Merge.objects.exists()
    assert CollisionCase.objects.get().state == CaseState.OPEN


@pytest.mark.parametrize("way", ["merged", "kept apart"])
def test_a_record_of_a_case_that_comes_into_other_hands_by_it(
    tenant, director, case, lead, as_member, way
):
    with as_member(tenant.northerner):
        name = "哈尔滨北国电机厂"
        other = create_lead(by=tenant.northerner, owner=tenant.northerner, company_name=name)
    with as_member(tenant.owner):
        if way == "merged":
            picks = {"owner": "gone"}
            merging.merge(kept=lead, gone=other, by=tenant.owner, picks=picks)
        else:
            owner = tenant.northerner
            merging.keep_separate(left=lead, right=other, owner=owner, by=tenant.owner)
        for job in Job.objects.filter(name="leads.follow_hands"):
            case_hands.follow(**job.arguments)
    sides = dict(CollisionParty.objects.filter(case=case).values_list("member", "side"))
    assert sides[tenant.northerner.pk] == "holder"
    assert sides[tenant.agent.pk] == "gave_way"

"""Leads find their reps by the rules, fairly, and each decision says why."""

from collections import Counter

import pytest

from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as, tenant_context
from leads.models import AssignmentDecision, AssignmentRule, AssignmentShare, Lead
from leads.services import assignment
from leads.services.assignment_rules import ensure_rules, move_rule, save_rule, switch_rule

pytestmark = pytest.mark.django_db


def add_leads(count: int, *, province: str = "32", start: int = 0) -> list[int]:
    leads = Lead.objects.bulk_create(
        Lead(number=f"T-{start + n:06d}", company_name=f"苏州第{start + n}公司", province=province)
        for n in range(count)
    )
    return [lead.pk for lead in leads]


def owners_of(lead_ids: list[int]) -> Counter[int]:
    rows = Lead.objects.filter(pk__in=lead_ids).values_list("owner_id", flat=True)
    return Counter(rows)


def test_each_region_gets_a_rule_of_its_own(tenant):
    ensure_rules()
    rules = list(AssignmentRule.objects.order_by("position").values_list("name", "conditions"))
    assert [name for name, _conditions in rules] == ["华东", "华北"]
    assert rules[0][1] == [{"field": "province", "op": "in", "value": ["31", "32", "33"]}]


def test_reps_of_the_region_take_turns(tenant):
    east, north = add_leads(10), add_leads(3, province="11", start=10)
    outcome = assignment.assign_leads(lead_ids=[*east, *north])
    assert outcome == assignment.Outcome(assigned=13, waiting=0)
    assert owners_of(east) == {tenant.agent.pk: 5, tenant.colleague.pk: 5}
    assert owners_of(north) == {tenant.northerner.pk: 3}


def test_the_owner_brings_their_department_and_the_moment(tenant):
    [pk] = add_leads(1, province="11")
    assignment.assign_leads(lead_ids=[pk])
    lead = Lead.objects.get(pk=pk)
    assert lead.department_id == tenant.departments["north"].pk
    assert lead.assigned_at is not None


def test_turns_are_remembered_between_arrivals(tenant):
    ids = [add_leads(1, start=n)[0] for n in range(7)]
    for pk in ids:
        assignment.assign_leads(lead_ids=[pk])
    assert sorted(owners_of(ids).values()) == [3, 4]
    assert sum(AssignmentShare.objects.values_list("count", flat=True)) == 7


def test_assigning_twice_changes_nothing(tenant):
    ids = add_leads(4)
    assignment.assign_leads(lead_ids=ids)
    before = owners_of(ids)
    assert assignment.assign_leads(lead_ids=ids) == assignment.Outcome()
    assert owners_of(ids) == before
    assert AssignmentDecision.objects.count() == 4


def test_nobody_eligible_is_said_and_kept(tenant):
    [pk] = add_leads(1, province="44")
    outcome = assignment.assign_leads(lead_ids=[pk])
    assert outcome == assignment.Outcome(assigned=0, waiting=1)
    assert Lead.objects.get(pk=pk).unassigned_reason == "condition_failed"
    assert AssignmentDecision.objects.get(lead_id=pk).member_id is None


def test_a_full_rep_is_passed_over(tenant):
    tenant.agent.capacity = 1
    tenant.agent.save(update_fields=["capacity"])
    ids = add_leads(4)
    assignment.assign_leads(lead_ids=ids)
    assert owners_of(ids) == {tenant.agent.pk: 1, tenant.colleague.pk: 3}


def test_everybody_full_waits_with_that_reason(tenant):
    for rep in (tenant.agent, tenant.colleague):
        rep.capacity = 1
        rep.save(update_fields=["capacity"])
    ids = add_leads(3)
    assignment.assign_leads(lead_ids=ids)
    waiting = Lead.objects.filter(pk__in=ids, owner=None).values_list(
        "unassigned_reason", flat=True
    )
    assert list(waiting) == ["pool_exhausted"]


def test_who_takes_no_leads_gets_none(tenant):
    tenant.agent.is_receiving_leads = False
    tenant.agent.save(update_fields=["is_receiving_leads"])
    ids = add_leads(3)
    assignment.assign_leads(lead_ids=ids)
    assert owners_of(ids) == {tenant.colleague.pk: 3}


def test_a_rule_switched_off_is_not_asked(tenant):
    ensure_rules()
    switch_rule(rule_id=AssignmentRule.objects.get(name="华东").pk, is_active=False)
    [pk] = add_leads(1)
    assignment.assign_leads(lead_ids=[pk])
    assert Lead.objects.get(pk=pk).owner_id is None


def test_an_earlier_rule_goes_first(tenant):
    ensure_rules()
    rule = save_rule(
        name="展会",
        conditions=[{"field": "channel", "op": "in", "value": ["manual"]}],
        pool={"members": [tenant.northerner.pk]},
    )
    move_rule(rule_id=rule.pk, steps=-5)
    [pk] = add_leads(1)
    assignment.assign_leads(lead_ids=[pk])
    assert Lead.objects.get(pk=pk).owner_id == tenant.northerner.pk


def test_waiting_leads_are_asked_for_again(tenant):
    [pk] = add_leads(1, province="44")
    assignment.assign_leads(lead_ids=[pk])
    assert assignment.retry_unassigned() == 1


def test_the_rep_finds_one_line_in_the_inbox(tenant):
    assignment.assign_leads(lead_ids=add_leads(4))
    mine = Notification.objects.get(member=tenant.agent)
    assert mine.title.endswith("+1")


def test_a_manager_hands_leads_over(tenant):
    ids = add_leads(2)
    assignment.assign_leads(lead_ids=ids)
    with acting_as(tenant.manager.pk):
        moved = assignment.assign_to(
            lead_ids=ids, member=tenant.northerner, by=tenant.manager, reason="休假"
        )
    assert moved == 2
    decision = AssignmentDecision.objects.filter(lead_id=ids[0]).order_by("-id").first()
    assert decision.decided_by_id == tenant.manager.pk
    assert decision.reasons[0]["params"] == {"by": "马经理", "reason": "休假"}
    assert Lead.objects.get(pk=ids[0]).department_id == tenant.departments["north"].pk


def test_leads_are_not_handed_to_who_has_left(tenant):
    tenant.agent.is_active = False
    tenant.agent.save(update_fields=["is_active"])
    with pytest.raises(assignment.CannotTakeLeads):
        assignment.assign_to(lead_ids=add_leads(1), member=tenant.agent, by=tenant.manager)


def test_another_organisations_leads_are_out_of_reach(cast, other_cast):
    with tenant_context(other_cast.organization.id):
        [foreign] = add_leads(1)
    with tenant_context(cast.organization.id):
        assert assignment.assign_leads(lead_ids=[foreign]) == assignment.Outcome()
        assert assignment.assign_to(lead_ids=[foreign], member=cast.agent, by=cast.owner) == 0

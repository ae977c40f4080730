from datetime import timedelta

import pytest
from django.utils import timezone, translation

from crm.access import policy
from crm.audit import wording
from crm.audit.models import OperationLog
from crm.people.models import Absence
from crm.refusals import Refused
from leads.api.answers import leads_out
from leads.enums import CaseState, CollisionOutcome, IdentityVerdict, LeadStatus
from leads.models import (
    CollisionCase,
    CollisionParty,
    Customer,
    FollowUp,
    IdentityJudgement,
    Lead,
    Opportunity,
)
from leads.selectors.arbitrations import proposal_for
from leads.selectors.case_evidence import dossier_of
from leads.selectors.case_rights import may_decide
from leads.services.case_clock import tick
from leads.services.case_decisions import (
    CaseMovedOn,
    DecidedMeanwhile,
    NotForYou,
    accept,
    appeal,
    decide,
)
from leads.services.case_enforcement import Ruling
from leads.services.cases import add_party
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from tests.leads.cases.conftest import enter

KEEP, REASSIGN = CollisionOutcome.KEEP, CollisionOutcome.REASSIGN


def state_of(*records):
    """Everything a decision may change about these records."""
    found = []
    for record in records:
        model = type(record)
        fields = ["owner_id", "department_id"]
        if model is Lead:
            fields += ["status", "invalid_reason", "assigned_at"]
        found.append(model.objects.values_list(*fields).get(pk=record.pk))
    return found


def test_the_proposal_names_who_followed_up_first(case, tenant, newcomers_lead, as_member):
    with as_member(tenant.colleague):
        log_follow_up(
            subject=newcomers_lead, by=tenant.colleague, outcome="interested", next_step="报价"
        )
    FollowUp.objects.update(created_at=case.opened_at - timedelta(minutes=1))
    proposal, facts = proposal_for(dossier_of(case))
    assert (proposal.outcome, proposal.winner, proposal.rule) == (
        "reassign",
        tenant.colleague.pk,
        "follow_up",
    )
    assert len(facts.sides) == 2


@pytest.mark.parametrize(("language", "words"), [("en", "Collision"), ("zh-hans", "撞单")])
def test_each_reads_in_their_language_why_a_lead_was_closed(
    case, tenant, newcomers_lead, as_member, sign_in, language, words
):
    with as_member(tenant.manager), translation.override("zh-hans" if language == "en" else "en"):
        decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(KEEP, tenant.agent))
    page = sign_in(tenant.colleague, language=language).get(f"/acme/leads/{newcomers_lead.pk}/")
    text = page.content.decode()
    assert f"{words} {case.number}" in text
    assert "collision:" not in text
    line = OperationLog.objects.get(action="lead.invalidated")
    with translation.override(language):
        told = dict(wording.other_details(line.details))
        assert f"{words} {case.number}" in told.values()
        assert leads_out(tenant.colleague, [newcomers_lead])[0]["invalid_reason"] == ""
        closed = Lead.objects.get(pk=newcomers_lead.pk)
        told = leads_out(tenant.colleague, [closed])[0]
        assert told["invalid_reason"] == f"{words} {case.number}"


def test_keeping_closes_the_newcomers_lead(case, tenant, lead, newcomers_lead, as_member):
    with as_member(tenant.manager):
        made = decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(KEEP, tenant.agent))
    case = CollisionCase.objects.get(pk=case.pk)
    assert (case.state, case.outcome) == (CaseState.DECIDED, "keep")
    assert made.followed_proposal
    assert Lead.objects.get(pk=newcomers_lead.pk).status == LeadStatus.INVALID
    assert Lead.objects.get(pk=newcomers_lead.pk).invalid_reason == f"collision:{case.number}"
    assert Lead.objects.get(pk=lead.pk).owner == tenant.agent


def test_another_way_than_proposed_wants_a_reason(case, tenant, lead, as_member):
    with as_member(tenant.manager):
        with pytest.raises(Refused):
            decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(REASSIGN, tenant.colleague))
        made = decide(
            case_id=case.pk,
            by=tenant.manager,
            ruling=Ruling(REASSIGN, tenant.colleague, reason="客户点名要她"),
        )
    assert not made.followed_proposal
    assert Lead.objects.get(pk=lead.pk).owner == tenant.colleague
    assert made.evidence["sides"]


def test_only_the_decider_decides_and_never_a_party(case, tenant, as_member):
    for part in ("agent", "colleague", "owner", "northerner"):
        with as_member(tenant.members[part]), pytest.raises(NotForYou):
            decide(case_id=case.pk, by=tenant.members[part], ruling=Ruling(KEEP, tenant.agent))


def test_the_deputy_decides_for_who_is_away(case, tenant, director, as_member):
    assert not may_decide(director, case)
    now = timezone.now()
    Absence.objects.create(
        member=tenant.manager,
        start_at=now - timedelta(hours=1),
        end_at=now + timedelta(days=2),
        deputy=director,
    )
    assert may_decide(director, case)
    assert tick(case_id=case.pk) is False
    assert case.parties.filter(member=director).exists()
    with as_member(director):
        decide(case_id=case.pk, by=director, ruling=Ruling(KEEP, tenant.agent))


def test_a_page_that_was_overtaken_decides_nothing(case, tenant, director, lead, as_member):
    seen = case.version
    enter(tenant.northerner)
    with as_member(director), pytest.raises(CaseMovedOn):
        decide(case_id=case.pk, by=director, ruling=Ruling(KEEP, tenant.agent), version=seen)


def test_the_second_to_decide_is_told(case, tenant, as_member):
    with as_member(tenant.manager):
        decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(KEEP, tenant.agent))
        with pytest.raises(DecidedMeanwhile, match="马经理"):
            decide(case_id=case.pk, by=tenant.manager, ruling=Ruling(KEEP, tenant.agent))


def test_not_the_same_is_never_asked_again(case, tenant, lead, newcomers_lead, as_member):
    ruling = Ruling(CollisionOutcome.NOT_SAME, reason="两家公司")
    with as_member(tenant.manager):
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    judged = IdentityJudgement.objects.get()
    assert (judged.verdict, judged.case_id) == (IdentityVerdict.NOT_SAME, case.pk)
    assert Lead.objects.get(pk=newcomers_lead.pk).status == LeadStatus.NEW


@pytest.fixture
def customer_case(tenant, customer, deal):
    """The agent's customer with a deal, and the colleague's of the same name."""
    from crm.tenancy.context import acting_as

    with acting_as(tenant.colleague.pk):
        create_customer(
            by=tenant.colleague, name=customer.name, phone="0571-88886666", explanation="展会"
        )
    return CollisionCase.objects.get()


def test_sharing_opens_the_client_to_the_co_owner(customer_case, tenant, customer, as_member):
    shares = {tenant.agent.pk: 70, tenant.colleague.pk: 30}
    ruling = Ruling(CollisionOutcome.SHARE, tenant.agent, shares, "一起做")
    assert not policy.allowed(tenant.colleague, "leads.edit_customer", customer)
    with as_member(tenant.manager):
        decide(case_id=customer_case.pk, by=tenant.manager, ruling=ruling)
    tenant.colleague.granted.clear()
    assert policy.allowed(tenant.colleague, "leads.edit_customer", customer)
    held = CollisionParty.objects.filter(case=customer_case, share__isnull=False)
    assert dict(held.values_list("member_id", "share")) == shares


def test_sharing_a_lead_opens_it_to_the_co_owner(
    case, newcomers_lead, tenant, lead, as_member, sign_in, url
):
    shares = {tenant.agent.pk: 60, tenant.colleague.pk: 40}
    ruling = Ruling(CollisionOutcome.SHARE, tenant.agent, shares, "一起做")
    with as_member(tenant.manager):
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    tenant.colleague.granted.clear()
    assert policy.allowed(tenant.colleague, "leads.edit_lead", lead)
    assert not policy.allowed(tenant.colleague, "leads.transfer_lead", lead)
    assert Lead.objects.get(pk=newcomers_lead.pk).status == LeadStatus.INVALID
    rep = sign_in(tenant.colleague)
    assert rep.get(url("leads:detail", lead.pk)).status_code == 200
    assert url("leads:detail", lead.pk) in rep.get(url("leads:list")).content.decode()


def test_the_co_owner_of_a_lead_is_one_of_the_customer_it_becomes(case, tenant, lead, as_member):
    shares = {tenant.agent.pk: 60, tenant.colleague.pk: 40}
    ruling = Ruling(CollisionOutcome.SHARE, tenant.agent, shares, "一起做")
    with as_member(tenant.manager):
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    with as_member(tenant.agent):
        became = convert_lead(lead_id=lead.pk, by=tenant.agent).customer
    tenant.colleague.granted.clear()
    assert became.owner == tenant.agent
    assert policy.allowed(tenant.colleague, "leads.edit_customer", became)


def test_shares_add_up_to_a_hundred(customer_case, tenant, as_member):
    for shares in ({}, {tenant.agent.pk: 100}, {tenant.agent.pk: 60, tenant.colleague.pk: 41}):
        ruling = Ruling(CollisionOutcome.SHARE, tenant.agent, shares, "一起做")
        with as_member(tenant.manager), pytest.raises(Refused):
            decide(case_id=customer_case.pk, by=tenant.manager, ruling=ruling)


def test_reassigning_takes_the_open_deals_along(customer_case, tenant, customer, deal, as_member):
    ruling = Ruling(REASSIGN, tenant.colleague, reason="客户要求")
    with as_member(tenant.manager):
        decide(case_id=customer_case.pk, by=tenant.manager, ruling=ruling)
    assert Customer.objects.get(pk=customer.pk).owner == tenant.colleague
    assert Opportunity.objects.get(pk=deal.pk).owner == tenant.colleague


@pytest.mark.parametrize("outcome", ["keep", "reassign", "share", "separate", "not_same"])
def test_an_overturned_decision_leaves_no_trace(
    outcome, tenant, director, customer, deal, as_member
):
    with as_member(tenant.northerner):
        theirs = create_customer(
            by=tenant.northerner, name=customer.name, phone="0571-88886666", explanation="展会"
        )
    leads = enter(tenant.agent), enter(tenant.northerner)
    before = state_of(customer, deal, theirs, *leads)
    for case in CollisionCase.objects.order_by("id"):
        add_party(case, director, "decider")
        CollisionCase.objects.filter(pk=case.pk).update(decider=director)
        held = case.records.get(is_held=True)
        reps = {tenant.agent.pk: 60, tenant.northerner.pk: 40}
        other = next(pk for pk in reps if pk != held.owner_id)
        winner = {"keep": held.owner_id, "not_same": None}.get(outcome, other)
        members = {tenant.agent.pk: tenant.agent, tenant.northerner.pk: tenant.northerner}
        shares = reps if outcome == "share" else {}
        first = Ruling(CollisionOutcome(outcome), members.get(winner), shares, "先这样")
        with as_member(director):
            decide(case_id=case.pk, by=director, ruling=first)
        loser = tenant.northerner if winner == tenant.agent.pk else tenant.agent
        with as_member(loser):
            appeal(case_id=case.pk, by=loser, reason="不服")
        second = Ruling(CollisionOutcome.NOT_SAME, reason="其实是两家")
        if outcome == "not_same":
            second = Ruling(KEEP, members[held.owner_id], reason="其实是一家")
        with as_member(tenant.owner):
            made = decide(case_id=case.pk, by=tenant.owner, ruling=second)
        assert made.kind == "overturned"
        case = CollisionCase.objects.get(pk=case.pk)
        assert case.state == CaseState.CLOSED
    if outcome != "not_same":
        assert state_of(customer, deal, theirs, *leads) == before
        assert not policy.allowed(tenant.northerner, "leads.edit_customer", customer)


def test_accepting_closes_before_the_time(wide_case, tenant, director, as_member):
    with as_member(director):
        decide(case_id=wide_case.pk, by=director, ruling=Ruling(KEEP, tenant.agent))
    with as_member(tenant.northerner):
        accept(case_id=wide_case.pk, by=tenant.northerner)
    wide_case = CollisionCase.objects.get(pk=wide_case.pk)
    assert wide_case.state == CaseState.CLOSED

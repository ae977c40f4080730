"""What is written down while others decide is told in the case and claims nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.tenancy.clock import organization_today
from leads.enums import Channel, StageKind
from leads.models import CollisionCase, Customer, FollowUp, Lead, Merge
from leads.selectors.arbitrations import proposal_for
from leads.selectors.case_evidence import dossier_of
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead, update_lead
from leads.services.merging.doing import merge
from leads.services.opportunities import move_opportunity
from leads.services.protection import protect_customer
from tests.leads.cases.conftest import enter

SAID = {"outcome": "interested", "next_step": "周三再谈"}


def side_of(case, member):
    _proposal, facts = proposal_for(dossier_of(CollisionCase.objects.get(pk=case.pk)))
    return next(one for one in facts.sides if one.member == member.pk)


@pytest.fixture
def own_client(tenant, customer, as_member):
    """The agent's customer, which a colleague enters: `own_client()` opens the case."""

    def opened():
        with as_member(tenant.colleague):
            create_lead(
                by=tenant.colleague, owner=tenant.colleague, company_name=customer.name,
                explanation="客户找来的",
            )  # fmt: skip
        return CollisionCase.objects.get()

    return opened


def test_a_follow_up_dated_back_claims_nothing(case, tenant, newcomers_lead, as_member):
    early = timezone.now() - timedelta(days=6)
    with as_member(tenant.colleague):
        log_follow_up(subject=newcomers_lead, by=tenant.colleague, at=early, **SAID)
    assert side_of(case, tenant.colleague).follow_ups == ()
    proposal, _facts = proposal_for(dossier_of(case))
    assert (proposal.outcome, proposal.winner) == ("keep", tenant.agent.pk)


def test_one_logged_before_counts_whatever_is_logged_since(tenant, lead, as_member):
    with as_member(tenant.agent):
        log_follow_up(subject=lead, by=tenant.agent, **SAID)
    enter(tenant.colleague)
    case = CollisionCase.objects.get()
    with as_member(tenant.agent):
        log_follow_up(subject=lead, by=tenant.agent, **SAID)
    assert len(side_of(case, tenant.agent).follow_ups) == 1


@pytest.mark.parametrize(
    ("language", "mark", "told"),
    [
        ("en", "logged since the case came up", "told as of"),
        ("zh-hans", "撞单发生后才录入", "所填日期"),
    ],
)
def test_the_story_tells_it_with_a_mark(
    language, mark, told, case, lead, tenant, as_member, sign_in, url
):
    with as_member(tenant.agent):
        early = timezone.now() - timedelta(days=3)
        log_follow_up(subject=lead, by=tenant.agent, at=early, **SAID)
    page = url("leads:case", case.pk)
    boss, rival = (
        sign_in(one, language=language).get(page).content.decode()
        for one in (tenant.manager, tenant.colleague)
    )
    assert mark in boss
    assert mark in rival
    assert told in boss
    assert SAID["next_step"] in boss
    assert SAID["next_step"] not in rival


def test_the_source_of_a_lead_is_what_it_was(case, tenant, newcomers_lead, lead, as_member):
    with as_member(tenant.colleague):
        update_lead(
            lead_id=newcomers_lead.pk, by=tenant.colleague, channel=Channel.REFERRAL,
            explanation="转介绍",
        )  # fmt: skip
    assert Lead.objects.get(pk=newcomers_lead.pk).channel == Channel.REFERRAL
    assert side_of(case, tenant.colleague).referred_at is None


def test_a_referral_that_brought_the_case_up_counts_and_a_later_one_does_not(tenant, lead):
    enter(tenant.colleague, channel=Channel.REFERRAL)
    case = CollisionCase.objects.get()
    enter(tenant.northerner, channel=Channel.REFERRAL)
    assert side_of(case, tenant.colleague).referred_at is not None
    assert side_of(case, tenant.northerner).referred_at is None


def test_a_protection_taken_since_decides_nothing(own_client, customer, tenant, as_member):
    case = own_client()
    with as_member(tenant.agent):
        day = organization_today() + timedelta(days=5)
        protect_customer(customer_id=customer.pk, by=tenant.agent, reason="在谈", until=day)
    assert side_of(case, tenant.agent).protected_until is None


def test_a_lost_deal_opened_again_since_is_no_claim(own_client, deal, stages, tenant, as_member):
    with as_member(tenant.agent):
        log_follow_up(subject=deal, by=tenant.agent, **SAID)
        lost = next(one for one in stages.values() if one.kind == StageKind.LOST)
        first = next(one for one in stages.values() if one.kind == StageKind.OPEN)
        move_opportunity(
            opportunity_id=deal.pk, stage_id=lost.pk, by=tenant.agent, lost_reason="没预算"
        )
    case = own_client()
    assert side_of(case, tenant.agent).open_deals == 0
    with as_member(tenant.agent):
        move_opportunity(opportunity_id=deal.pk, stage_id=first.pk, by=tenant.agent)
    assert side_of(case, tenant.agent).open_deals == 0


@pytest.mark.parametrize("way", ["merged", "converted", "attached"])
def test_what_another_record_brings_since_is_no_claim(way, own_client, customer, tenant, as_member):
    with as_member(tenant.agent):
        if way == "merged":
            other = create_customer(by=tenant.agent, name="宁波海越船舶配件有限公司")
        else:
            other = create_lead(
                by=tenant.agent, owner=tenant.agent, company_name="宁波海越船舶配件有限公司",
                channel=Channel.REFERRAL,
            )  # fmt: skip
        log_follow_up(subject=other, by=tenant.agent, **SAID)
    case = own_client()
    with as_member(tenant.agent):
        if way == "converted":
            convert_lead(lead_id=other.pk, by=tenant.agent, customer_id=customer.pk)
        else:
            merge(kept=Customer.objects.get(pk=customer.pk), gone=other, by=tenant.agent)
    assert FollowUp.objects.filter(customer=customer).exists()
    mine = side_of(case, tenant.agent)
    assert (mine.follow_ups, mine.referred_at) == ((), None)
    if way != "converted":
        assert Merge.objects.exists()


def test_a_record_of_the_case_brings_along_what_it_had(tenant, lead, as_member):
    """The owner converts the client in dispute: their follow-ups stay theirs."""
    with as_member(tenant.agent):
        log_follow_up(subject=lead, by=tenant.agent, **SAID)
    enter(tenant.colleague)
    case = CollisionCase.objects.get()
    with as_member(tenant.agent):
        convert_lead(lead_id=lead.pk, by=tenant.agent, explanation="我的客户")
    assert len(side_of(case, tenant.agent).follow_ups) == 1

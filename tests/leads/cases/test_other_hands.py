"""A record of an open case is given to somebody else: the case goes on with them."""

from crm.jobs.models import Job
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from leads.enums import CollisionOutcome
from leads.models import CollisionCase, CollisionParty
from leads.selectors.case_evidence import dossier_of, side_of
from leads.selectors.cases import visible_cases
from leads.services import case_hands
from leads.services.assignment import assign_to
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.leads import create_lead
from tests.leads.cases.conftest import COMPANY


def given(lead, member, tenant) -> CollisionCase:
    """The lead goes to a member, and the job that follows has run."""
    with acting_as(tenant.owner.pk):
        assign_to(lead_ids=[lead.pk], member=member, by=tenant.owner)
        for job in Job.objects.filter(name="leads.follow_hands"):
            case_hands.follow(**job.arguments)
    return CollisionCase.objects.get()


def sides(case) -> dict[str, str]:
    rows = CollisionParty.objects.filter(case=case)
    return {str(name): side for name, side in rows.values_list("member__name", "side")}


def test_who_is_given_what_marketing_brought_comes_into_the_case(tenant, director, lead):
    with acting_as(tenant.marketing.pk):
        brought = create_lead(by=tenant.marketing, company_name=COMPANY, explanation="展会")
    case = given(brought, tenant.northerner, tenant)
    assert sides(case)["赵北"] == "newcomer"
    assert case.decider == director
    assert sides(case)["北区经理"] == "manager"
    told = Notification.objects.filter(path=f"collisions/{case.pk}/", member=tenant.northerner)
    assert told.count() == 1
    assert case_hands.follow(case_id=case.pk) == 0


def test_a_newcomers_lead_in_other_hands(tenant, director, case, newcomers_lead):
    case = given(newcomers_lead, tenant.northerner, tenant)
    assert (sides(case)["李娜"], sides(case)["赵北"]) == ("gave_way", "newcomer")
    assert visible_cases(tenant.colleague).exists()
    with acting_as(director.pk):
        decide(
            case_id=case.pk,
            by=director,
            ruling=Ruling(CollisionOutcome.REASSIGN, tenant.northerner, reason="北区客户"),
        )


def test_the_owners_record_in_other_hands(tenant, director, case, lead):
    case = given(lead, tenant.northerner, tenant)
    assert (sides(case)["王磊"], sides(case)["赵北"]) == ("gave_way", "holder")
    dossier = dossier_of(case)
    assert side_of(dossier.held) == tenant.northerner.pk
    assert dossier.sides[tenant.northerner.pk].registered is not None


def test_what_is_decided_stays_as_it_is(tenant, case, lead):
    with acting_as(tenant.manager.pk):
        ruling = Ruling(CollisionOutcome.KEEP, tenant.agent, reason="先到")
        decide(case_id=case.pk, by=tenant.manager, ruling=ruling)
    given(lead, tenant.northerner, tenant)
    assert "赵北" not in sides(case)


def test_where_no_case_is_open_nothing_is_asked_for(tenant, lead):
    with acting_as(tenant.owner.pk):
        assign_to(lead_ids=[lead.pk], member=tenant.colleague, by=tenant.owner)
    assert not Job.objects.filter(name="leads.follow_hands").exists()

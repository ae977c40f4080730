"""One record may reach for the clients of several reps: each of them is told, in a case."""

import pytest

from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from leads.enums import CollisionOutcome, CollisionSide
from leads.models import CollisionCase, CollisionParty, Customer, Lead
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.contacts import create_contact
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from tests.leads.cases.conftest import COMPANY

OTHER, PHONE = "杭州明远新材料有限公司", "13812345678"


@pytest.fixture
def clients(tenant) -> list[Customer]:
    """One of the agent's by name, one of the colleague's by phone."""
    with acting_as(tenant.agent.pk):
        mine = create_customer(by=tenant.agent, name=COMPANY)
    with acting_as(tenant.colleague.pk):
        other = create_customer(by=tenant.colleague, name=OTHER, phone=PHONE)
    return [mine, other]


def entered(member, **facts) -> Lead:
    with acting_as(member.pk):
        facts = {"company_name": COMPANY, "explanation": "展会", **facts}
        return create_lead(by=member, owner=member, **facts)


def holders() -> dict[int, int]:
    """Whose clients are in dispute, and in which case."""
    rows = CollisionParty.objects.filter(side=CollisionSide.HOLDER)
    return dict(rows.values_list("member_id", "case_id"))


def test_two_owners_are_told_in_two_cases(tenant, clients):
    lead = entered(tenant.northerner, phone=PHONE)
    assert holders().keys() == {tenant.agent.pk, tenant.colleague.pk}
    for case in CollisionCase.objects.all():
        assert case.records.get(is_held=False).record_id == lead.pk
    told = set(Notification.objects.values_list("member_id", flat=True))
    assert {tenant.agent.pk, tenant.colleague.pk} <= told


def test_one_owner_of_both_is_asked_once(tenant, clients):
    Customer.objects.filter(pk=clients[1].pk).update(owner=tenant.agent)
    entered(tenant.northerner, phone=PHONE)
    assert CollisionCase.objects.count() == 1


def test_a_number_entered_while_the_first_case_waits_tells_its_owner_too(tenant, clients):
    with acting_as(tenant.northerner.pk):
        record = create_customer(by=tenant.northerner, name=COMPANY, explanation="展会")
        assert holders().keys() == {tenant.agent.pk}
        for name in ("李四", "李思"):
            create_contact(
                customer_id=record.pk, by=tenant.northerner, name=name, phone=PHONE,
                explanation="换了工作",
            )  # fmt: skip
    assert holders().keys() == {tenant.agent.pk, tenant.colleague.pk}
    case = CollisionCase.objects.get(pk=holders()[tenant.colleague.pk])
    assert case.records.get(is_held=False).explanation == "换了工作"
    assert CollisionCase.objects.count() == 2


def test_what_one_case_decides_leaves_the_other_to_be_decided(tenant, clients):
    lead = entered(tenant.northerner, phone=PHONE)
    found = holders()
    for holder in (tenant.agent, tenant.colleague):
        case = CollisionCase.objects.get(pk=found[holder.pk])
        ruling = Ruling(CollisionOutcome.KEEP, winner=holder, reason="先来")
        decider = case.decider or tenant.owner
        with acting_as(decider.pk):
            decide(case_id=case.pk, by=decider, ruling=ruling, version=case.version)
    assert Lead.objects.get(pk=lead.pk).status == "invalid"
    assert [one.owner_id for one in Customer.objects.order_by("pk")] == [
        tenant.agent.pk, tenant.colleague.pk,
    ]  # fmt: skip


def test_who_gets_one_client_may_still_lose_the_record_to_the_other(tenant, clients):
    lead = entered(tenant.northerner, phone=PHONE)
    found = holders()
    verdicts = {
        tenant.agent: Ruling(CollisionOutcome.REASSIGN, winner=tenant.northerner, reason="他"),
        tenant.colleague: Ruling(CollisionOutcome.KEEP, winner=tenant.colleague, reason="先来"),
    }
    for holder, ruling in verdicts.items():
        case = CollisionCase.objects.get(pk=found[holder.pk])
        decider = case.decider or tenant.owner
        with acting_as(decider.pk):
            decide(case_id=case.pk, by=decider, ruling=ruling, version=case.version)
    assert Lead.objects.get(pk=lead.pk).status == "invalid"
    assert [one.owner_id for one in Customer.objects.order_by("pk")] == [
        tenant.northerner.pk, tenant.colleague.pk,
    ]  # fmt: skip

"""Two people at once: real transactions in threads."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from crm.tenancy.context import tenant_context
from leads.enums import AliasSource, RecordKind
from leads.models import Customer, Lead, Opportunity, StageChange
from leads.services.conversion import Deal, convert_lead
from leads.services.customers import create_customer, update_customer
from leads.services.identity import learn_alias
from leads.services.leads import create_lead
from leads.services.opportunities import create_opportunity, move_opportunity
from leads.services.refusals import LikelyDuplicate
from leads.services.reindexing import compare_batch, rebuild, settle
from leads.services.stages import ensure_default_stages
from tests.leads.records.conftest import COMPANY
from tests.support.at_once import at_once
from tests.support.cast import Cast, build_cast

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]


@pytest.fixture
def company(real_transactions) -> Cast:
    return build_cast("acme")


def test_two_conversions_at_once_make_one_customer(company):
    with tenant_context(company.organization.id, member_id=company.agent.pk):
        lead = create_lead(by=company.agent, owner=company.agent, company_name=COMPANY)
        ensure_default_stages()
    results = at_once(
        company,
        [lambda: convert_lead(lead_id=lead.pk, by=company.agent, deal=Deal("首单"))] * 2,
    )
    assert sorted(result.is_new for result in results) == [False, True]
    with tenant_context(company.organization.id):
        assert Customer.objects.count() == Opportunity.objects.count() == 1


def test_five_reps_entering_one_company_at_once_are_told_of_the_first(company):
    parts = ["agent", "colleague", "northerner", "manager", "owner"]

    def enter(part: str) -> Callable[[], Any]:
        member = getattr(company, part)
        return lambda: create_lead(by=member, owner=member, company_name=COMPANY)

    results = at_once(company, [enter(part) for part in parts], refusals=LikelyDuplicate)
    assert sum(isinstance(result, LikelyDuplicate) for result in results) == 4
    with tenant_context(company.organization.id):
        assert Lead.objects.count() == 1


def test_customers_with_different_names_do_not_wait_for_each_other(company):
    results = at_once(
        company,
        [
            lambda: create_customer(by=company.agent, name="杭州云帆软件有限公司"),
            lambda: create_customer(by=company.agent, name="宁波海曙贸易有限公司"),
        ],
    )
    assert len({customer.number for customer in results}) == 2


def test_cards_dropped_into_one_place_at_once_all_arrive(company):
    with tenant_context(company.organization.id, member_id=company.agent.pk):
        stages = ensure_default_stages()
        customer = create_customer(by=company.agent, name="杭州云帆软件有限公司")
        deals = [
            create_opportunity(customer_id=customer.pk, by=company.agent, name=str(number))
            for number in range(6)
        ]
        target = create_opportunity(
            customer_id=customer.pk, by=company.agent, name="t", stage=stages[1]
        )

    def drop(pk: int) -> Callable[[], Any]:
        return lambda: move_opportunity(
            opportunity_id=pk, stage_id=stages[1].pk, by=company.agent, before=target.pk
        )

    at_once(company, [drop(deal.pk) for deal in deals])
    with tenant_context(company.organization.id):
        column = Opportunity.objects.filter(stage=stages[1]).order_by("position", "id")
        positions = list(column.values_list("position", flat=True))
        assert len(set(positions)) == 7
        assert column.last() == target
        assert StageChange.objects.filter(to_stage=stages[1]).count() == 7


def test_two_drags_of_one_card_end_in_one_place(company):
    with tenant_context(company.organization.id, member_id=company.agent.pk):
        stages = ensure_default_stages()
        customer = create_customer(by=company.agent, name="杭州云帆软件有限公司")
        deal = create_opportunity(customer_id=customer.pk, by=company.agent, name="d")

    def drag(stage: Any) -> Callable[[], Any]:
        return lambda: move_opportunity(opportunity_id=deal.pk, stage_id=stage.pk, by=company.agent)

    at_once(company, [drag(stages[1]), drag(stages[2])])
    with tenant_context(company.organization.id):
        last = StageChange.objects.order_by("-id").first()
        assert Opportunity.objects.get(pk=deal.pk).stage_id == last.to_stage_id
        assert StageChange.objects.count() == 3


def test_the_index_is_right_after_changes_and_a_rebuild_at_once(company):
    with tenant_context(company.organization.id):
        agent = company.agent
        customer = create_customer(by=agent, name=COMPANY)

    def rename() -> None:
        update_customer(customer_id=customer.pk, by=agent, name="苏州同光精密仪器有限公司")

    def teach(name: str) -> None:
        learn_alias(customer_id=customer.pk, text=name, source=AliasSource.TYPED)

    def rebuild_index() -> None:
        for kind in (RecordKind.CUSTOMER, RecordKind.LEAD):
            settle(compare_batch(kind, after=0))

    at_once(
        company,
        [rename, rebuild_index, partial(teach, "东海智算"), partial(teach, "东海智算公司")],
    )
    assert sum(found.count for found in rebuild(company.organization.pk, is_check=True)) == 0
    with tenant_context(company.organization.id):
        assert [alias.text[:4] for alias in customer.aliases.all()] == ["东海智算"]

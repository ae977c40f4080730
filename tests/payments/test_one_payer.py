"""Two customers paid for from one bank account are named before they collide, the account never."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from crm.jobs.models import Job
from crm.tenancy.context import acting_as
from leads.models import CollisionRisk
from leads.selectors.risks import visible_risks
from leads.services.customers import create_customer
from leads.services.forewarning import look_at
from leads.tasks import foresee_customers
from payments.models import PayerAlias
from payments.services.aliases import learn, unlearn

ACCOUNT = "6222021001116245702"


@dataclass
class Line:
    pk: int
    counterparty_name: str
    counterparty_account: str = ACCOUNT
    amount: Decimal = Decimal(1)


@pytest.fixture
def pair(tenant):
    def customer(member, name):
        with acting_as(member.pk):
            return create_customer(by=member, name=name)

    return (
        customer(tenant.agent, "苏州同光精密机械有限公司"),
        customer(tenant.northerner, "天津远航仪器有限公司"),
    )


@pytest.fixture
def run_jobs(tenant):
    """What is asked for in the background is done; returns about whom."""

    def run():
        asked = Job.objects.filter(name="leads.foresee_customers")
        found = list(asked.order_by("pk").values_list("arguments", flat=True))
        asked.delete()
        for one in found:
            foresee_customers(**one)
        return [one["customer_ids"] for one in found]

    return run


def look(pair):
    look_at([("customer", one.pk) for one in pair])
    return list(CollisionRisk.objects.filter(state="open"))


def test_one_account_is_evidence_and_stays_unread(tenant, pair, sign_in):
    assert look(pair) == []
    paid = [(Line(1, "王小明"), pair[0].pk), (Line(2, "财付通"), pair[1].pk)]
    learn(paid)
    (risk,) = look(pair)
    assert risk.main_factor == "account"
    assert ACCOUNT not in str([risk.factors, risk.reasons])
    page = sign_in(tenant.owner).get(f"/acme/collisions/risks/{risk.pk}/").content.decode()
    assert "Paid from the same bank account" in page
    assert ACCOUNT[-4:] not in page
    assert not visible_risks(tenant.colleague).exists()
    stored = PayerAlias.objects.extra(select={"raw": "key"}).values_list("raw", flat=True)
    assert not any(ACCOUNT in str(value) for value in stored)
    unlearn(paid[1:])
    assert look(pair) == []


def test_one_payers_name_is_no_account(pair):
    learn([(Line(1, "王小明", ""), pair[0].pk), (Line(2, "王小明", ""), pair[1].pk)])
    assert look(pair) == []


def test_an_account_that_pays_for_many_says_less(tenant, pair):
    more = []
    for number, name in enumerate(("甲辰", "乙巳", "丙午", "丁未")):
        with acting_as(tenant.colleague.pk):
            more.append(create_customer(by=tenant.colleague, name=f"无锡{name}物流有限公司"))
        assert number < len(more)
    learn([(Line(one.pk, "财付通"), one.pk) for one in (*pair, *more)])
    weights = {risk.factors[0]["weight"] for risk in look(pair)}
    assert not weights or max(weights) < 50


def test_the_warning_comes_with_the_posting_and_goes_with_its_undoing(tenant, pair, run_jobs):
    learn([(Line(1, "王小明"), pair[0].pk)])
    assert run_jobs() == []
    paid = [(Line(2, "财付通"), pair[1].pk)]
    learn(paid)
    assert run_jobs() == [sorted(one.pk for one in pair)]
    (risk,) = CollisionRisk.objects.filter(state="open")
    assert risk.main_factor == "account"
    unlearn(paid)
    run_jobs()
    assert not CollisionRisk.objects.filter(state="open").exists()


def test_one_name_without_an_account_asks_nobody(pair, run_jobs):
    learn([(Line(number, "王小明", ""), one.pk) for number, one in enumerate(pair)])
    assert run_jobs() == []

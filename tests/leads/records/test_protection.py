"""A protected customer locks its duplicates in other hands."""

from datetime import timedelta

import pytest

from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.models import CollisionCase, CollisionSettings, CustomerProtection
from leads.services.cases import HeldBack
from leads.services.conversion import convert_lead
from leads.services.customers import create_customer, update_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead, update_lead
from leads.services.opportunities import create_opportunity
from leads.services.protection import (
    ProtectionRefused,
    end_protections,
    is_locked,
    protect_customer,
    unprotect_customer,
)
from leads.services.refusals import ProtectedClient
from orders.services.editing import begin_order

NAME = "杭州云帆软件有限公司"


def protect(customer, by, *, days=30):
    until = organization_today() + timedelta(days=days)
    return protect_customer(customer_id=customer.pk, by=by, reason="年度框架", until=until)


@pytest.fixture
def duplicates(customer, tenant):
    """The same client as a lead and as a customer of another region's rep."""
    with acting_as(tenant.northerner.pk):
        who = {"by": tenant.northerner, "owner": tenant.northerner, "explanation": "北方"}
        return create_lead(company_name=NAME, **who), create_customer(name=NAME, **who)


def test_every_way_of_working_on_a_duplicate_is_refused(customer, duplicates, tenant):
    lead, other = duplicates
    north = tenant.northerner
    protect(customer, tenant.agent)
    ways = [
        lambda: update_lead(lead_id=lead.pk, by=north, city="北京"),
        lambda: convert_lead(lead_id=lead.pk, by=north, explanation="x"),
        lambda: log_follow_up(subject=lead, by=north, content="打过"),
        lambda: log_follow_up(subject=other, by=north, content="打过"),
        lambda: update_customer(customer_id=other.pk, by=north, city="北京"),
        lambda: create_opportunity(customer_id=other.pk, by=north, name="一期"),
        lambda: begin_order(customer=other, by=north),
    ]
    for way in ways:
        # the collision case of the entry may hold it back before the protection is asked
        with acting_as(north.pk), pytest.raises((ProtectedClient, HeldBack)) as refused:
            way()
        assert isinstance(refused.value, HeldBack) or "王磊" in str(refused.value)


def test_the_page_of_a_locked_duplicate_offers_no_work_that_would_be_refused(
    customer, duplicates, tenant, sign_in, url
):
    lead, other = duplicates
    pages = [url("leads:detail", lead.pk), url("leads:customer", other.pk)]
    browser = sign_in(tenant.northerner)
    free = [browser.get(page).context for page in pages]
    protect(customer, tenant.agent)
    locked = [browser.get(page).context for page in pages]
    assert all(page["composer"] for page in free)
    assert not any(page["composer"] for page in locked)
    edit, deal = "pencil", "plus"
    assert not any(one.icon in (edit, deal) for page in locked for one in page["actions"])
    assert {edit, deal} <= {one.icon for one in free[1]["actions"]}


def test_the_protected_customer_itself_is_worked_on(customer, duplicates, tenant):
    protect(customer, tenant.agent)
    assert is_locked(customer, tenant.agent) is None
    log_follow_up(subject=customer, by=tenant.agent, content="打过")


def test_ones_own_second_record_is_not_locked(customer, tenant):
    with acting_as(tenant.agent.pk):
        own = create_customer(by=tenant.agent, name=NAME, explanation="分部")
        protect(customer, tenant.agent)
        assert is_locked(own, tenant.agent) is None


def test_released_or_over_nothing_is_locked(customer, duplicates, tenant):
    lead, _other = duplicates
    protect(customer, tenant.agent)
    assert is_locked(lead, tenant.northerner)
    assert unprotect_customer(customer_id=customer.pk, by=tenant.agent)
    assert not unprotect_customer(customer_id=customer.pk, by=tenant.agent)
    assert is_locked(lead, tenant.northerner) is None
    protection = protect(customer, tenant.agent)
    yesterday = organization_today() - timedelta(days=1)
    CustomerProtection.objects.filter(pk=protection.pk).update(until=yesterday)
    assert is_locked(lead, tenant.northerner) is None
    assert end_protections() == 1
    assert end_protections() == 0


def test_a_rep_protects_so_many_so_long_and_no_more(customer, tenant):
    CollisionSettings.objects.create(protect_limit=1, protect_days=10)
    with pytest.raises(ProtectionRefused, match="10"):
        protect(customer, tenant.agent, days=11)
    protect(customer, tenant.agent, days=5)
    protect(customer, tenant.agent, days=10)  # the same one again: new terms
    assert CustomerProtection.objects.get().until == organization_today() + timedelta(days=10)
    other = create_customer(by=tenant.agent, name="宁波海曙贸易有限公司")
    with pytest.raises(ProtectionRefused):
        protect(other, tenant.agent, days=5)


def test_the_page_says_it_and_lets_the_owner_release(customer, duplicates, tenant, sign_in, url):
    lead, _other = duplicates
    owner = sign_in(tenant.agent)
    until = (organization_today() + timedelta(days=9)).isoformat()
    page = url("leads:protect_customer", customer.pk)
    assert owner.get(page).status_code == 200
    assert owner.post(page, {"until": until, "reason": "年度框架"}).status_code == 302
    html = owner.get(url("leads:customer", customer.pk)).content.decode()
    assert "Protected for 王磊" in html
    locked = sign_in(tenant.northerner).get(url("leads:detail", lead.pk)).content.decode()
    assert "Its duplicates are locked" in locked
    assert owner.post(url("leads:unprotect_customer", customer.pk)).status_code == 302
    assert "Protected for" not in owner.get(url("leads:customer", customer.pk)).content.decode()
    stranger = sign_in(tenant.northerner).post(page, {"until": until, "reason": "x"})
    assert stranger.status_code == 404


def test_a_refused_change_of_a_lead_says_why(customer, duplicates, tenant, sign_in, url):
    lead, _other = duplicates
    protect(customer, tenant.agent)
    page = url("leads:edit", lead.pk)
    north = sign_in(tenant.northerner)
    answer = north.post(page, {"company_name": NAME, "channel": "manual", "need": "两台"})
    assert answer.status_code == 422
    assert "Its duplicates are locked" in answer.content.decode()


def test_a_locked_lead_offers_the_case_and_no_conversion(tenant, sign_in, url):
    agent, north = tenant.agent, tenant.northerner
    with acting_as(north.pk):
        lead = create_lead(by=north, owner=north, company_name=NAME)
    with acting_as(agent.pk):
        customer = create_customer(by=agent, owner=agent, name=NAME, explanation="先签约")
    visitor, page = sign_in(north), url("leads:detail", lead.pk)
    convert, case = url("leads:convert", lead.pk), url("leads:case", CollisionCase.objects.get().pk)
    assert convert in visitor.get(page).content.decode()
    protect(customer, agent)
    html = visitor.get(page).content.decode()
    assert convert not in html
    assert case in html


def test_a_refused_follow_up_says_why(customer, duplicates, tenant, sign_in, url):
    lead, _other = duplicates
    protect(customer, tenant.agent)
    answer = sign_in(tenant.northerner).post(
        url("leads:follow_up_lead", lead.pk), {"kind": "call", "content": "打过"}
    )
    assert answer.status_code == 422
    assert "Its duplicates are locked" in answer.content.decode()

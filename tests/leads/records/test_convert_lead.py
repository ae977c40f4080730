from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.access import grants
from crm.audit.models import OperationLog
from crm.audit.selectors import operations_on
from crm.sharing.selectors.shares import shares_of
from leads.enums import LeadStatus
from leads.models import CollisionRecord, Contact, Customer, FollowUp, Lead, Opportunity
from leads.numbers import numbers_kept, other_numbers
from leads.services.contacts import create_contact
from leads.services.conversion import Deal, convert_lead
from leads.services.customers import create_customer
from leads.services.follow_ups import log_follow_up
from leads.services.leads import create_lead, invalidate_lead
from leads.services.refusals import LikelyDuplicate, WrongState
from tests.leads.records.conftest import COMPANY

DEAL = Deal("加工中心两台", Decimal("860000.00"), date(2027, 3, 1))


def test_a_lead_becomes_customer_contact_and_deal(lead, tenant, as_member):
    with as_member(tenant.agent):
        result = convert_lead(lead_id=lead.pk, by=tenant.agent, deal=DEAL)
    assert result.customer.name == COMPANY
    assert result.customer.owner_id == tenant.agent.pk
    assert (result.contact.name, result.contact.is_primary) == ("李敏", True)
    assert result.opportunity.amount == Decimal("860000.00")
    assert result.opportunity.lead_id == lead.pk
    stored = Lead.objects.get(pk=lead.pk)
    assert (stored.status, stored.customer_id) == (LeadStatus.CONVERTED, result.customer.pk)


def test_follow_ups_carry_over(lead, tenant, as_member):
    with as_member(tenant.agent):
        log_follow_up(subject=lead, by=tenant.agent, outcome="interested", next_step="报价")
        result = convert_lead(lead_id=lead.pk, by=tenant.agent, deal=DEAL)
    told = FollowUp.objects.get()
    assert (told.customer_id, told.opportunity_id) == (result.customer.pk, result.opportunity.pk)
    assert Customer.objects.get().last_follow_up_at == told.at
    assert (result.customer.next_step, result.opportunity.next_step) == ("报价", "报价")


def test_a_second_time_gives_the_first_result(lead, tenant, as_member):
    with as_member(tenant.agent):
        first = convert_lead(lead_id=lead.pk, by=tenant.agent, deal=DEAL)
        again = convert_lead(lead_id=lead.pk, by=tenant.agent, deal=DEAL)
    assert (again.customer, again.contact, again.opportunity) == (
        first.customer,
        first.contact,
        first.opportunity,
    )
    assert (first.is_new, again.is_new) == (True, False)
    assert Customer.objects.count() == Opportunity.objects.count() == Contact.objects.count() == 1


def test_it_can_be_attached_to_a_customer(lead, customer, tenant, as_member):
    with as_member(tenant.agent):
        result = convert_lead(lead_id=lead.pk, by=tenant.agent, customer_id=customer.pk)
    assert result.customer == customer
    assert result.contact.customer_id == customer.pk
    assert Customer.objects.count() == 1


def test_the_same_person_is_not_entered_twice(lead, customer, tenant, as_member):
    with as_member(tenant.agent):
        known = Contact.objects.create(
            customer=customer, name="李经理", phone="13812345678", phone_key="+8613812345678"
        )
        result = convert_lead(lead_id=lead.pk, by=tenant.agent, customer_id=customer.pk)
    assert result.contact == known


def test_the_same_person_learns_what_only_the_lead_knew(lead, customer, tenant, as_member):
    Lead.objects.filter(pk=lead.pk).update(
        other_phones="13622220001、13622220002", email="limin@new.example", wechat="limin88"
    )
    with as_member(tenant.agent):
        facts = {"name": lead.contact_name, "phone": "13933334444", "email": "limin@old.example"}
        known = create_contact(customer_id=customer.pk, by=None, **facts)
        result = convert_lead(lead_id=lead.pk, by=tenant.agent, customer_id=customer.pk)
    found = Contact.objects.get()
    assert result.contact == found == known
    assert (found.phone, found.email, found.wechat) == (
        "13933334444", "limin@old.example", "limin88",
    )  # fmt: skip
    further = numbers_kept(found.other_phones)
    assert [lead.phone, "13622220001", "13622220002"] == further
    told = OperationLog.objects.get(action="record.changed", subject_kind="leads.contact")
    assert set(told.details["fields"]) >= {"wechat", "other_phones"}


def test_numbers_that_no_longer_fit_stay_with_the_lead(lead, customer, tenant, as_member):
    many = other_numbers(f"1362222{number:04d}" for number in range(20))
    Lead.objects.filter(pk=lead.pk).update(other_phones=many, wechat="limin88")
    with as_member(tenant.agent):
        facts = {"name": lead.contact_name, "phone": lead.phone, "other_phones": "13711112222"}
        create_contact(customer_id=customer.pk, by=None, **facts)
        convert_lead(lead_id=lead.pk, by=tenant.agent, customer_id=customer.pk)
    found = Contact.objects.get()
    assert (found.other_phones, found.wechat) == ("13711112222", "limin88")


def test_a_colleagues_customer_asks_for_a_reason(lead, tenant, as_member):
    with as_member(tenant.northerner):
        create_customer(by=tenant.northerner, name=COMPANY, explanation="总部在北京")
    with as_member(tenant.agent):
        with pytest.raises(LikelyDuplicate):
            convert_lead(lead_id=lead.pk, by=tenant.agent)
        assert Lead.objects.get(pk=lead.pk).status == LeadStatus.NEW
        convert_lead(lead_id=lead.pk, by=tenant.agent, explanation="分厂单独采购")
    assert CollisionRecord.objects.filter(explanation="分厂单独采购").count() == 1


def test_an_invalid_lead_is_refused(lead, tenant):
    invalidate_lead(lead_id=lead.pk, reason="空号")
    with pytest.raises(WrongState):
        convert_lead(lead_id=lead.pk, by=tenant.agent)


def test_the_form_offers_customers_one_may_change(lead, tenant, as_member, sign_in, url):
    with as_member(tenant.colleague):
        theirs = create_customer(by=tenant.colleague, name=COMPANY, explanation="x")
    page, offered = url("leads:convert", lead.pk), f'name="customer" value="{theirs.pk}"'
    assert offered not in sign_in(tenant.agent).get(page).content.decode()
    grants.grant(tenant.agent, "view", theirs)
    grants.grant(tenant.agent, "edit", theirs)
    assert offered in sign_in(tenant.agent).get(page).content.decode()


def test_a_forged_customer_is_refused(lead, tenant, as_member, sign_in, url):
    with as_member(tenant.northerner):
        theirs = create_customer(by=tenant.northerner, name="北京远航科技有限公司")
    answer = sign_in(tenant.agent).post(url("leads:convert", lead.pk), {"customer": str(theirs.pk)})
    assert answer.status_code == 422
    assert Lead.objects.get(pk=lead.pk).status == LeadStatus.NEW


def test_the_form_converts(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:convert", lead.pk),
        {"customer": "new", "with_deal": "on", "deal_name": "首单", "amount": "12.5万"},
    )
    customer = Customer.objects.get()
    assert answer.headers["Location"] == url("leads:customer", customer.pk)
    assert Opportunity.objects.get().amount == Decimal("125000.00")


def test_the_refused_form_shows_who_and_asks_why(lead, tenant, as_member, sign_in, url):
    with as_member(tenant.northerner):
        create_customer(by=tenant.northerner, name=COMPANY, phone="13500000000", explanation="x")
    answer = sign_in(tenant.agent).post(url("leads:convert", lead.pk), {"customer": "new"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "赵北" in html
    assert "13500000000" not in html


def test_attached_to_a_customer_the_leads_shares_go_along(lead, customer, tenant, as_member):
    soon, later = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=30)
    grants.grant(tenant.northerner, "edit", lead, until=later)
    grants.grant(tenant.colleague, "view", lead, until=soon)
    grants.grant(tenant.colleague, "view", customer, until=later)
    with as_member(tenant.agent):
        result = convert_lead(lead_id=lead.pk, by=tenant.agent, customer_id=customer.pk)
    held = {one.receiver: (one.action, one.until) for one in shares_of(customer)}
    assert held == {tenant.northerner: ("edit", later), tenant.colleague: ("view", later)}
    assert not result.unshared
    assert "customer.shared" in [one.action for one in operations_on(customer)]


def test_nobody_opens_a_colleagues_customer_by_attaching_to_it(
    lead, tenant, as_member, sign_in, url
):
    with as_member(tenant.colleague):
        theirs = create_customer(by=tenant.colleague, name=COMPANY, explanation="x")
    for action in ("view", "edit"):
        grants.grant(tenant.agent, action, theirs)
    grants.grant(tenant.northerner, "edit", lead)
    answer = sign_in(tenant.agent).post(
        url("leads:convert", lead.pk), {"customer": str(theirs.pk)}, follow=True
    )
    assert tenant.northerner not in [one.receiver for one in shares_of(theirs)]
    assert f"may not share this customer: {tenant.northerner.name}" in answer.content.decode()


def test_a_taken_code_is_a_look_up_like_the_forms(tenant, as_member, sign_in, url):
    code = "91310000MA1FL4B37P"
    with as_member(tenant.northerner):
        theirs = create_customer(
            by=tenant.northerner, name="上海远航船舶有限公司", credit_code=code
        )
    with as_member(tenant.agent):
        mine = create_lead(
            by=tenant.agent,
            owner=tenant.agent,
            company_name="广州白云制药有限公司",
            explanation="展会上认识",
        )
        Lead.objects.filter(pk=mine.pk).update(credit_code=code)
    browser = sign_in(tenant.agent)
    answer = browser.post(
        url("leads:convert", mine.pk), {"customer": "new", "explanation": "展会上认识"}
    )
    assert answer.status_code == 422
    assert "this credit code exists" in answer.content.decode()
    line = OperationLog.objects.get(action="identity.looked_up", member=tenant.agent)
    assert line.details["hidden"] == [["customer", theirs.pk]]

import pytest

from leads.enums import LeadStatus
from leads.models import IdentityKey, Lead
from leads.services.leads import (
    invalidate_lead,
    invalidate_leads,
    mark_contacted,
    qualify_lead,
    reopen_lead,
    update_lead,
)
from leads.services.refusals import StaleRecord, WrongState


def test_a_stale_page_is_refused_with_what_is_stored(lead, tenant, as_member):
    with as_member(tenant.agent):
        update_lead(lead_id=lead.pk, by=tenant.agent, version=1, phone="13900001111")
        with pytest.raises(StaleRecord) as refused:
            update_lead(lead_id=lead.pk, by=tenant.agent, version=1, phone="13700002222")
    assert refused.value.current.phone == "13900001111"


def test_the_form_shows_both_versions_and_keeps_what_was_typed(lead, tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    page = url("leads:edit", lead.pk) + "?only=phone"
    browser.post(page, {"phone": "13900001111", "version": "1"})
    answer = browser.post(page, {"phone": "13700002222", "version": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Stored now: 13900001111" in html
    assert 'value="13700002222"' in html
    again = browser.post(page, {"phone": "13700002222", "version": "2"})
    assert again.status_code == 302
    stored = Lead.objects.get(pk=lead.pk)
    assert (stored.phone, stored.version) == ("13700002222", 3)


def test_what_only_the_other_changed_is_taken_over(lead, tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    read = {
        "company_name": lead.company_name, "contact_name": "李敏", "phone": lead.phone,
        "email": lead.email, "wechat": lead.wechat, "address": lead.address,
        "credit_code": lead.credit_code, "province": lead.province, "channel": "manual",
        "version": "1",
    }  # fmt: skip
    browser.post(url("leads:edit", lead.pk), read | {"city": "苏州", "industry": "machinery"})
    answer = browser.post(url("leads:edit", lead.pk), read | {"need": "两台", "city": ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="city" value="苏州"' in html
    assert '<option value="machinery" selected>' in html
    assert "两台" in html
    assert "Stored now" not in html


def test_one_field_in_place_leaves_the_others_alone(lead, tenant, sign_in, url):
    sign_in(tenant.agent).post(
        url("leads:edit", lead.pk) + "?only=need", {"need": "两台加工中心", "version": "1"}
    )
    stored = Lead.objects.get(pk=lead.pk)
    assert (stored.need, stored.contact_name) == ("两台加工中心", "李敏")


def test_the_index_follows_a_change(lead, tenant, as_member):
    phones = IdentityKey.objects.filter(record_id=lead.pk, kind="phone")
    before = phones.get().key
    with as_member(tenant.agent):
        update_lead(lead_id=lead.pk, by=tenant.agent, phone="13900001111")
    assert phones.get().key != before


def test_the_history_says_who_changed_what(lead, tenant, as_member):
    from crm.audit.selectors import changes_of

    with as_member(tenant.agent):
        changed = update_lead(lead_id=lead.pk, by=tenant.agent, need="报价")
    latest = changes_of(changed)[0]
    assert latest.member_id == tenant.agent.pk
    assert [field.field for field in latest.fields] == ["need"]


def test_the_life_of_a_lead(lead, tenant):
    assert mark_contacted(lead_id=lead.pk).status == LeadStatus.CONTACTED
    assert qualify_lead(lead_id=lead.pk).status == LeadStatus.QUALIFIED
    assert invalidate_lead(lead_id=lead.pk, reason="已倒闭").invalid_reason == "已倒闭"
    reopened = reopen_lead(lead_id=lead.pk, by=tenant.agent)
    assert (reopened.status, reopened.invalid_reason) == (LeadStatus.NEW, "")


def test_what_the_state_forbids_is_refused_in_words(lead, tenant):
    with pytest.raises(WrongState, match="“.+”"):
        reopen_lead(lead_id=lead.pk, by=tenant.agent)


def test_many_are_closed_at_once_and_closed_ones_left_alone(lead):
    assert invalidate_leads(lead_ids=[lead.pk], reason="重复") == 1
    assert invalidate_leads(lead_ids=[lead.pk], reason="重复") == 0


def test_a_press_answers_with_what_the_page_listens_to(lead, tenant, sign_in, url):
    page = url("leads:move_lead", lead.pk, "contacted")
    answer = sign_in(tenant.agent).post(page, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "lead-updated" in answer.headers["HX-Trigger"]
    refused = sign_in(tenant.agent).post(page, headers={"HX-Request": "true"})
    assert refused.status_code == 422

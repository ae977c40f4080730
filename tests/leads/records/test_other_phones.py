"""A second number of a lead has a place: found, masked, carried on like the first."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from crm.people.models import Role
from crm.refusals import Refused
from leads.identity import Identity
from leads.identity.profiles import profile_of
from leads.models import Contact, IdentityKey, Lead
from leads.selectors.candidates import likeliest
from leads.services.contacts import create_contact
from leads.services.conversion import convert_lead
from leads.services.leads import create_lead, update_lead
from leads.services.merging.doing import merge

SECOND, THIRD = "13911112222", "0512-66778899"
NAME = "宁波海越船舶配件有限公司"


@pytest.fixture
def known(tenant, as_member):
    with as_member(tenant.agent):
        return create_lead(
            by=tenant.agent, owner=tenant.agent, company_name=NAME, contact_name="陈海",
            phone="13800001234", other_phones=f"{SECOND}, {THIRD} / 13800001234",
        )  # fmt: skip


def found_by(number):
    return {one.pair for one in likeliest(profile_of(Identity(phones=(number,))))}


def test_each_number_is_kept_once_and_leads_to_the_record(known, tenant, as_member):
    assert Lead.objects.get().other_phones == f"{SECOND}、{THIRD}"
    assert found_by(SECOND) == found_by(THIRD) == {("lead", known.pk)}
    with as_member(tenant.agent):
        update_lead(lead_id=known.pk, by=tenant.agent, city="宁波")
    assert found_by(SECOND) == {("lead", known.pk)}
    with as_member(tenant.agent):
        update_lead(lead_id=known.pk, by=tenant.agent, other_phones=THIRD)
    assert found_by(SECOND) == set()


def test_who_enters_the_second_number_is_told(known, tenant, sign_in, url):
    browser = sign_in(tenant.colleague)
    sent = {"company_name": "海越", "channel": "manual", "phone": SECOND}
    assert browser.post(url("leads:create"), sent).status_code == 422
    sent = {"company_name": "海越", "channel": "manual", "other_phones": f"13900009999,{SECOND}"}
    assert browser.post(url("leads:create"), sent).status_code == 422


def test_the_page_dials_them_and_the_form_takes_them(known, tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    html = browser.get(url("leads:detail", known.pk)).content.decode()
    assert f'href="tel:{SECOND}"' in html
    assert f'href="tel:{THIRD}"' in html
    page = url("leads:edit", known.pk) + "?only=other_phones"
    sent = {"other_phones": f"{THIRD}，13700008888", "version": known.version}
    assert browser.post(page, sent).status_code == 302
    assert Lead.objects.get().other_phones == f"{THIRD}、13700008888"


@pytest.mark.parametrize("right", [0, 1])
def test_the_right_to_the_phone_is_the_right_to_all(right, known, tenant, sign_in, url):
    Role.objects.filter(code="rep").update(field_rights={"leads.lead.phone": right})
    html = sign_in(tenant.agent).get(url("leads:detail", known.pk)).content.decode()
    assert SECOND not in html
    assert THIRD not in html
    assert ("139****2222" in html) == (right == 1)
    page = url("leads:edit", known.pk)
    assert SECOND not in sign_in(tenant.agent).get(page).content.decode()


def test_a_conversion_takes_them_to_the_contact(known, tenant, as_member):
    with as_member(tenant.agent):
        convert_lead(lead_id=known.pk, by=tenant.agent)
    person = Contact.objects.get()
    assert person.other_phones == f"{SECOND}、{THIRD}"
    keys = IdentityKey.objects.filter(record_kind="contact", record_id=person.pk, kind="phone")
    assert keys.count() == 3


def test_no_number_is_lost_when_two_leads_become_one(known, tenant, as_member):
    with as_member(tenant.agent):
        other = create_lead(
            by=tenant.agent, owner=tenant.agent, company_name="宁波海越船舶配件厂",
            phone="13700008888", other_phones="13600007777", explanation="同一家",
            confirmed=(),
        )  # fmt: skip
        merge(kept=known, gone=other, by=tenant.agent)
    kept = Lead.objects.get()
    assert kept.phone == "13800001234"
    assert kept.other_phones == f"{SECOND}、{THIRD}、13700008888、13600007777"


def test_a_merge_that_would_drop_numbers_is_refused(known, tenant, as_member):
    def numbers(first):
        return "、".join(str(first + one) for one in range(12))

    with as_member(tenant.agent):
        update_lead(lead_id=known.pk, by=tenant.agent, other_phones=numbers(13911110000))
        other = create_lead(
            by=tenant.agent, owner=tenant.agent, company_name="宁波海越船舶配件厂",
            phone="13700008888", other_phones=numbers(13922220000), explanation="同一家",
        )  # fmt: skip
        with pytest.raises(Refused, match="电话号码合计过多"):
            merge(kept=known, gone=other, by=tenant.agent)
    assert Lead.objects.count() == 2


def test_a_persons_second_number_is_anothers_client(known, customer, tenant, sign_in, url):
    browser = sign_in(tenant.colleague)
    assert Contact.objects.count() == 0
    with pytest.raises(ObjectDoesNotExist):
        Contact.objects.get(other_phones=SECOND)
    create_contact(customer_id=customer.pk, by=None, name="林", other_phones="13500001111")
    assert found_by("13500001111") == {("customer", customer.pk)}
    assert browser.get(url("leads:contact", Contact.objects.get().pk)).status_code == 404

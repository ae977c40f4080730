import pytest

from leads.models import Contact, Customer, IdentityKey
from leads.panels import customer_panels, register_customer_panel
from leads.services.contacts import create_contact, remove_contact, update_contact
from leads.services.customers import create_customer, update_customer
from leads.services.refusals import CreditCodeTaken, StaleRecord
from tests.leads.records.conftest import SECRETS


def test_one_company_is_one_credit_code(customer, tenant, as_member):
    code = SECRETS["credit_code"]
    with as_member(tenant.agent):
        update_customer(customer_id=customer.pk, by=tenant.agent, credit_code=code)
        with pytest.raises(CreditCodeTaken):
            create_customer(by=tenant.agent, name="另一家公司", credit_code=code)


def test_a_stale_page_is_refused(customer, tenant, as_member):
    with as_member(tenant.agent):
        update_customer(customer_id=customer.pk, by=tenant.agent, version=1, city="杭州")
        with pytest.raises(StaleRecord):
            update_customer(customer_id=customer.pk, by=tenant.agent, version=1, city="宁波")


def test_the_first_contact_is_the_main_one_and_there_is_one(customer, tenant):
    first = create_contact(customer_id=customer.pk, by=tenant.agent, name="陈晨")
    second = create_contact(customer_id=customer.pk, by=tenant.agent, name="王静")
    assert (first.is_primary, second.is_primary) == (True, False)
    update_contact(contact_id=second.pk, by=tenant.agent, is_primary=True)
    assert Contact.objects.get(is_primary=True) == second


def test_a_removed_contact_leaves_the_index(customer, tenant):
    contact = create_contact(
        customer_id=customer.pk, by=tenant.agent, name="陈晨", phone="13655556666"
    )
    remove_contact(contact_id=contact.pk, by=tenant.agent)
    assert not IdentityKey.objects.filter(record_kind="contact").exists()


def test_a_contact_is_added_changed_and_removed_in_the_browser(customer, tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    browser.post(url("leads:create_contact", customer.pk), {"name": "陈晨", "phone": "13655556666"})
    contact = Contact.objects.get()
    browser.post(url("leads:edit_contact", contact.pk), {"name": "陈晨", "title": "总监"})
    assert Contact.objects.get().title == "总监"
    browser.post(url("leads:remove_contact", contact.pk))
    assert Contact.objects.count() == 0


def test_upper_apps_add_panels(customer, tenant, sign_in, url, monkeypatch):
    from leads import panels

    monkeypatch.setattr(panels, "_customer_panels", {})
    register_customer_panel(
        "money",
        "Money",
        lambda request, record: ("components/empty.html", {"text": f"{record.name} owes"}),
        permission="leads.view_opportunity",
    )
    assert [panel.key for panel in customer_panels(tenant.agent)] == ["money"]
    assert customer_panels(tenant.marketing) == []
    page = url("leads:customer_panel", customer.pk, "money")
    assert f"{customer.name} owes" in sign_in(tenant.agent).get(page).content.decode()
    assert sign_in(tenant.marketing).get(page).status_code == 404
    assert page in sign_in(tenant.agent).get(url("leads:customer", customer.pk)).content.decode()


def test_the_browser_creates_one(tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:create_customer"),
        {"name": "宁波海曙贸易有限公司", "status": "prospect", "level": "b"},
    )
    created = Customer.objects.get()
    assert answer.headers["Location"] == url("leads:customer", created.pk)
    assert (created.owner_id, created.province) == (tenant.agent.pk, "33")

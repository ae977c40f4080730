"""A person added to a client leads to another's client as surely as a lead does."""

from datetime import timedelta

import pytest

from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as, tenant_context
from leads.enums import IdentityVerdict
from leads.models import CollisionCase, CollisionRecord, CollisionRule, Contact
from leads.services.contacts import create_contact, remove_contact, update_contact
from leads.services.customers import create_customer
from leads.services.identity import judge
from leads.services.protection import protect_customer
from leads.services.refusals import (
    ClientRefused,
    ConfirmationNeeded,
    LikelyDuplicate,
    ProtectedClient,
)
from tests.leads.records.conftest import COMPANY, SECRETS
from tests.support.programs import problem_of, program_of

PERSON = {"name": "李敏", "phone": SECRETS["phone"]}


@pytest.fixture
def theirs(lead, tenant):
    """A colleague's own client, which has nothing in common with the agent's lead."""
    with acting_as(tenant.colleague.pk):
        return create_customer(by=tenant.colleague, name="上海广源贸易有限公司")


@pytest.mark.parametrize("name", ["phone", "email", "wechat"])
def test_somebody_known_at_anothers_client_is_asked_about(name, theirs, tenant):
    person = {"name": "李敏", name: SECRETS[name]}
    with acting_as(tenant.colleague.pk):
        with pytest.raises(LikelyDuplicate):
            create_contact(customer_id=theirs.pk, by=tenant.colleague, **person)
        plain = create_contact(customer_id=theirs.pk, by=tenant.colleague, name="李敏")
        with pytest.raises(LikelyDuplicate):
            update_contact(contact_id=plain.pk, by=tenant.colleague, **{name: SECRETS[name]})
    assert not CollisionCase.objects.exists()


@pytest.mark.parametrize(
    ("name", "again"),
    [("phone", "138-0000-1234"), ("email", "LI@guangyuan.example"), ("wechat", "LiMin")],
)
def test_nobody_is_added_to_a_client_twice(name, again, theirs, tenant, sign_in, url):
    first = {"phone": "13800001234", "email": "li@guangyuan.example", "wechat": "limin"}[name]
    browser = sign_in(tenant.colleague)
    page = url("leads:create_contact", theirs.pk)
    assert browser.post(page, {"name": "李敏", name: first}).status_code == 302
    answer = browser.post(page, {"name": " 李敏 ", name: again})
    assert answer.status_code == 422
    assert "李敏 is a contact of this customer already." in answer.content.decode()
    assert browser.post(page, {"name": "李敏"}).status_code == 302  # a namesake
    assert browser.post(page, {"name": "王芳", name: again}).status_code == 302  # one office
    assert Contact.objects.count() == 3


def test_going_on_opens_a_case_about_the_customer(theirs, lead, tenant):
    with acting_as(tenant.colleague.pk):
        create_contact(
            customer_id=theirs.pk, by=tenant.colleague, explanation="他换了单位", **PERSON
        )
    case = CollisionCase.objects.get()
    assert case.subject_id == lead.pk
    newcomer = CollisionRecord.objects.get(case=case, is_held=False)
    assert (newcomer.record_kind, newcomer.record_id) == ("customer", theirs.pk)
    assert newcomer.explanation == "他换了单位"


def test_under_a_like_name_it_takes_a_reason(lead, tenant):
    with acting_as(tenant.colleague.pk):
        theirs = create_customer(by=None, owner=tenant.colleague, name=COMPANY)
        with pytest.raises(LikelyDuplicate) as refused:
            create_contact(customer_id=theirs.pk, by=tenant.colleague, **PERSON)
    assert not isinstance(refused.value, ConfirmationNeeded)


def test_the_name_of_the_client_is_not_asked_about_again(lead, tenant):
    with acting_as(tenant.colleague.pk):
        theirs = create_customer(by=None, owner=tenant.colleague, name=COMPANY)
        create_contact(customer_id=theirs.pk, by=tenant.colleague, name="李敏", phone="13900001111")
    assert not CollisionCase.objects.exists()


def test_what_stays_as_it_was_asks_nothing(theirs, tenant):
    with acting_as(tenant.colleague.pk):
        person = create_contact(
            customer_id=theirs.pk, by=tenant.colleague, explanation="他换了单位", **PERSON
        )
        update_contact(contact_id=person.pk, by=tenant.colleague, title="采购", **PERSON)
        update_contact(contact_id=person.pk, by=tenant.colleague, email="new@guangyuan.cn")
    assert CollisionCase.objects.count() == 1


def test_who_works_for_two_clients_of_one_owner_asks_nothing(lead, tenant):
    with acting_as(tenant.agent.pk):
        second = create_customer(by=tenant.agent, name="上海广源贸易有限公司")
        create_contact(customer_id=second.pk, by=tenant.agent, **PERSON)
    assert not CollisionCase.objects.exists()


def test_whom_people_judged_to_be_another_is_not_asked_about(lead, tenant):
    with acting_as(tenant.colleague.pk):
        theirs = create_customer(by=None, owner=tenant.colleague, name="上海广源贸易有限公司")
        pairs = ("lead", lead.pk), ("customer", theirs.pk)
        judge(*pairs, IdentityVerdict.NOT_SAME, by=tenant.manager)
        create_contact(customer_id=theirs.pk, by=tenant.colleague, **PERSON)
    assert Contact.objects.filter(customer=theirs).exists()


def test_the_rules_of_the_organisation_hold_here_too(theirs, tenant):
    CollisionRule.objects.create(
        name="手机", position=1, effect="refuse", conditions=[{"field": "mobile", "op": "exact"}]
    )
    with acting_as(tenant.colleague.pk), pytest.raises(ClientRefused):
        create_contact(
            customer_id=theirs.pk, by=tenant.colleague, explanation="他换了单位", **PERSON
        )


def test_the_people_of_a_locked_duplicate_stay_as_they_are(tenant):
    with acting_as(tenant.agent.pk):
        first = create_customer(by=tenant.agent, name=COMPANY)
        until = organization_today() + timedelta(days=3)
        protect_customer(customer_id=first.pk, by=tenant.agent, reason="框架", until=until)
    with acting_as(tenant.colleague.pk):
        other = create_customer(by=None, owner=tenant.colleague, name=COMPANY)
        person = create_contact(customer_id=other.pk, by=None, name="陈晨")
        ways = [
            lambda: create_contact(customer_id=other.pk, by=tenant.colleague, name="王静"),
            lambda: update_contact(contact_id=person.pk, by=tenant.colleague, title="采购"),
            lambda: remove_contact(contact_id=person.pk, by=tenant.colleague),
        ]
        for way in ways:
            with pytest.raises(ProtectedClient):
                way()


def test_the_form_comes_back_with_a_redacted_card_and_goes_on(theirs, lead, tenant, sign_in, url):
    browser = sign_in(tenant.colleague)
    page = url("leads:create_contact", theirs.pk)
    asked = browser.post(page, PERSON).content.decode()
    assert 'name="confirmed"' in asked
    for secret in (COMPANY, lead.number, SECRETS["email"], SECRETS["wechat"]):
        assert secret not in asked
    browser.post(page, {**PERSON, "explanation": "他换了单位"})
    assert CollisionCase.objects.count() == 1
    person = Contact.objects.get(customer=theirs)
    edit = url("leads:edit_contact", person.pk)
    asked = browser.post(edit, {**PERSON, "email": SECRETS["email"]}).content.decode()
    assert 'name="explanation"' in asked
    assert 'hx-vals="{&quot;record&quot;: &quot;customer' in browser.get(edit).content.decode()


def test_many_of_the_clients_own_name_do_not_hide_whose_number_it_is(theirs, lead, tenant):
    with acting_as(tenant.colleague.pk):
        for _twin in range(15):
            create_customer(by=None, owner=tenant.colleague, name=theirs.name)
        with pytest.raises(LikelyDuplicate):
            create_contact(customer_id=theirs.pk, by=tenant.colleague, **PERSON)


def test_the_line_under_the_name_says_what_it_is_for(customer, tenant, sign_in, url):
    page = sign_in(tenant.agent).get(url("leads:create_contact", customer.pk)).content.decode()
    assert 'data-hint="A phone, e-mail or WeChat known at another client' in page
    page = sign_in(tenant.agent).get(url("leads:create")).content.decode()
    assert 'data-hint="While you type, clients like it are pointed out here."' in page


def test_a_program_is_told_as_the_form_tells(cast):
    with tenant_context(cast.organization.id), acting_as(cast.agent.pk):
        create_customer(by=cast.agent, name=COMPANY, phone=SECRETS["phone"])
    with tenant_context(cast.organization.id), acting_as(cast.colleague.pk):
        theirs = create_customer(by=cast.colleague, name="上海广源贸易有限公司")
    program = program_of(cast, cast.colleague)
    sent = {"customer_id": theirs.pk, **PERSON}
    refused = program.post("/contacts", sent)
    assert (refused.status_code, problem_of(refused)) == (409, "known-client")
    made = program.post("/contacts", sent | {"collision": {"reason": "他换了单位"}})
    assert made.status_code == 201
    assert made.json()["collision_case"]["number"]

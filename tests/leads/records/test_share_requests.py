"""Asking for a client one met and may not see; its owner's answer."""

import re
from datetime import timedelta

import pytest

from crm.access import policy
from crm.teamwork.models import Notification
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.enums import RecordKind
from leads.models import Lead, ShareRequest
from leads.services.share_requests import ask_to_share


@pytest.fixture
def asked(customer, tenant):
    with acting_as(tenant.northerner.pk):
        return ask_to_share(
            kind=RecordKind.CUSTOMER, record_id=customer.pk, by=tenant.northerner, reason="北方厂"
        )


def test_asked_twice_it_is_one_request(asked, customer, tenant):
    with acting_as(tenant.northerner.pk):
        again = ask_to_share(kind=RecordKind.CUSTOMER, record_id=customer.pk, by=tenant.northerner)
    assert again == asked
    assert Notification.objects.count() == 1


def test_the_owner_shares_at_one_press_until_a_day(asked, customer, tenant, sign_in, url):
    owner, page = sign_in(tenant.agent), url("leads:share_request", asked.pk)
    assert "Let them view" in owner.get(page).content.decode()
    until = organization_today() + timedelta(days=5)
    answer = owner.post(
        url("leads:grant_share_request", asked.pk, "view"), {"until": until.isoformat()}
    )
    assert answer.status_code == 302
    tenant.northerner.granted.clear()
    assert policy.allowed(tenant.northerner, "leads.view_customer", customer)
    assert not policy.allowed(tenant.northerner, "leads.edit_customer", customer)
    request = ShareRequest.objects.get()
    assert (request.state, request.action, request.until) == ("granted", "view", until)
    kinds = Notification.objects.filter(member=tenant.northerner).values_list("kind", flat=True)
    assert set(kinds) == {"record-shared"}
    again = owner.post(url("leads:grant_share_request", asked.pk, "edit"), {})
    assert again.status_code == 302
    assert ShareRequest.objects.get().action == "view"


def test_declined_the_asker_learns_the_reason_and_no_name(asked, customer, tenant, sign_in, url):
    owner = sign_in(tenant.agent)
    page = url("leads:decline_share_request", asked.pk)
    assert owner.post(page, {"answer": ""}).status_code == 422
    assert owner.post(page, {"answer": "正在谈框架协议"}).status_code == 302
    html = sign_in(tenant.northerner).get(url("leads:share_request", asked.pk)).content.decode()
    assert "正在谈框架协议" in html
    assert customer.name not in html
    told = Notification.objects.get(member=tenant.northerner)
    assert told.kind == "share-declined"
    assert customer.name not in told.title
    mine = sign_in(tenant.northerner).get(url("leads:share_requests")).content.decode()
    assert "Declined" in mine
    assert customer.name not in mine


def test_only_the_two_sides_read_it_and_only_one_answers(asked, tenant, sign_in, url):
    page = url("leads:share_request", asked.pk)
    assert sign_in(tenant.colleague).get(page).status_code == 404
    assert sign_in(tenant.northerner).get(page).status_code == 200
    grant = url("leads:grant_share_request", asked.pk, "edit")
    assert sign_in(tenant.northerner).post(grant, {}).status_code == 404


def test_an_asker_tells_their_requests_apart_by_what_they_typed(customer, tenant, sign_in, url):
    typed = customer.name[:4]
    browser = sign_in(tenant.northerner)
    cards = browser.post(
        url("leads:similar"), {"company_name": typed}, headers={"HX-Request": "true"}
    )
    token = re.search(r'"token": "([^"]+)"', cards.content.decode())[1]
    browser.post(url("leads:ask_to_share"), {"token": token})
    asked = ShareRequest.objects.get()
    assert asked.typed == typed
    mine = browser.get(url("leads:share_requests")).content.decode()
    assert f"you typed “{typed}”" in mine
    assert f"No. {asked.pk}" in mine
    assert customer.name not in mine
    theirs = sign_in(tenant.agent).get(url("leads:share_requests")).content.decode()
    assert "you typed “" not in theirs


def test_who_typed_the_whole_name_reads_it_among_their_requests(customer, tenant, sign_in, url):
    typed = f"{customer.name[:2]} {customer.name[2:]}"
    with acting_as(tenant.northerner.pk):
        ask_to_share(
            kind=RecordKind.CUSTOMER, record_id=customer.pk, by=tenant.northerner, typed=typed
        )
    assert (
        customer.name
        in sign_in(tenant.northerner).get(url("leads:share_requests")).content.decode()
    )


def test_a_lead_is_handed_over(lead, tenant, sign_in, url):
    with acting_as(tenant.northerner.pk):
        asked = ask_to_share(kind=RecordKind.LEAD, record_id=lead.pk, by=tenant.northerner)
    owner = sign_in(tenant.agent)
    assert "Hand the lead over" in owner.get(url("leads:share_request", asked.pk)).content.decode()
    owner.post(url("leads:grant_share_request", asked.pk, "give"), {})
    assert Lead.objects.get().owner == tenant.northerner


def test_a_lead_is_shared_and_kept(lead, tenant, sign_in, url):
    with acting_as(tenant.northerner.pk):
        asked = ask_to_share(kind=RecordKind.LEAD, record_id=lead.pk, by=tenant.northerner)
    assert sign_in(tenant.northerner).get(url("leads:detail", lead.pk)).status_code == 404
    sign_in(tenant.agent).post(url("leads:grant_share_request", asked.pk, "view"), {})
    assert Lead.objects.get().owner == tenant.agent
    assert sign_in(tenant.northerner).get(url("leads:detail", lead.pk)).status_code == 200
    assert sign_in(tenant.northerner).get(url("leads:edit", lead.pk)).status_code in (403, 404)


def test_a_customer_is_not_given_away_by_an_answer(asked, customer, tenant, sign_in, url):
    sign_in(tenant.agent).post(url("leads:grant_share_request", asked.pk, "give"), {})
    assert ShareRequest.objects.get().state == "waiting"
    customer.refresh_from_db()
    assert customer.owner == tenant.agent

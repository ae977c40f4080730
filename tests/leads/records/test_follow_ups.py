from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import format_html

from leads.enums import LeadStatus
from leads.forms.follow_ups import FollowUpForm
from leads.models import Customer, FollowUp, Lead, Opportunity
from leads.services.follow_ups import is_effective, log_follow_up

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("outcome", "next_step", "counts"),
    [("interested", "寄样品", True), ("interested", " ", False), ("", "寄样品", False)],
)
def test_only_an_outcome_and_a_next_step_make_it_effective(outcome, next_step, counts):
    assert is_effective(outcome=outcome, next_step=next_step) is counts


def test_an_effective_one_stops_the_clocks_and_moves_a_new_lead_on(lead, tenant):
    due = timezone.now() + timedelta(days=2)
    log_follow_up(
        subject=lead,
        by=tenant.agent,
        kind="visit",
        outcome="quote_wanted",
        next_step="报价",
        next_step_at=due,
    )
    stored = Lead.objects.get(pk=lead.pk)
    assert stored.status == LeadStatus.CONTACTED
    assert stored.first_response_at == stored.last_follow_up_at
    assert (stored.next_step, stored.next_step_at) == ("报价", due)


def test_a_note_stops_nothing(lead, tenant):
    log_follow_up(subject=lead, by=tenant.agent, content="打不通")
    stored = Lead.objects.get(pk=lead.pk)
    assert stored.status == LeadStatus.NEW
    assert (stored.first_response_at, stored.last_follow_up_at) == (None, None)


def test_the_first_response_stays_the_first(lead, tenant):
    log_follow_up(subject=lead, by=tenant.agent, outcome="call_back", next_step="再打")
    first = Lead.objects.get(pk=lead.pk).first_response_at
    log_follow_up(subject=lead, by=tenant.agent, outcome="interested", next_step="拜访")
    stored = Lead.objects.get(pk=lead.pk)
    assert stored.first_response_at == first
    assert stored.last_follow_up_at > first


def test_one_on_a_deal_counts_for_its_customer_too(deal, customer, tenant):
    log_follow_up(subject=deal, by=tenant.agent, outcome="agreed", next_step="签约")
    assert FollowUp.objects.get().customer_id == customer.pk
    assert Customer.objects.get(pk=customer.pk).last_follow_up_at is not None
    assert Opportunity.objects.get(pk=deal.pk).next_step == "签约"


def test_the_composer_comes_back_empty_and_tells_the_page(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:follow_up_lead", lead.pk),
        {"kind": "call", "outcome": "interested", "next_step": "寄样品", "soon": "1"},
        headers=HTMX,
    )
    assert answer.status_code == 200
    assert "follow-up-logged" in answer.headers["HX-Trigger"]
    assert "寄样品" not in answer.content.decode()
    stored = Lead.objects.get(pk=lead.pk)
    assert timezone.localtime(stored.next_step_at).hour == 9


def test_an_empty_one_is_refused_in_place(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:follow_up_lead", lead.pk), {"kind": "call"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "Write what was said" in answer.content.decode()
    assert FollowUp.objects.count() == 0


def test_a_day_without_a_step_is_refused(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:follow_up_lead", lead.pk),
        {"kind": "call", "outcome": "interested", "soon": "3"},
        headers=HTMX,
    )
    assert answer.status_code == 422


def test_it_stands_on_the_record(lead, tenant, sign_in, url):
    log_follow_up(
        subject=lead, by=tenant.agent, content="要两台", outcome="interested", next_step="寄样品"
    )
    html = sign_in(tenant.agent).get(url("leads:detail", lead.pk)).content.decode()
    assert "要两台" in html
    assert "寄样品" in html


def test_only_those_who_may_edit_log(lead, tenant, sign_in, url):
    page = url("leads:follow_up_lead", lead.pk)
    assert sign_in(tenant.northerner).post(page, {"kind": "call"}).status_code == 404
    assert sign_in(tenant.finance).post(page, {"kind": "call"}).status_code == 403


def test_what_was_typed_stays_when_a_follow_up_is_refused(lead, tenant, sign_in, url):
    browser, page = sign_in(tenant.agent), url("leads:follow_up_lead", lead.pk)
    assert " hx-preserve" in browser.get(url("leads:detail", lead.pk)).content.decode()
    refused = browser.post(page, {"kind": "no such"}, headers=HTMX)
    logged = browser.post(page, {"kind": "call", "content": "电话沟通"}, headers=HTMX)
    assert (refused.status_code, logged.status_code) == (422, 200)
    # an element that is to be kept cannot take its own place: htmx would leave nothing
    for answer in (refused, logged):
        assert "hx-preserve" not in answer.content.decode()


def test_the_way_out_of_a_refusal_is_a_link():
    form = FollowUpForm({}, draft="x")
    form.add_error("content", format_html('<a href="{}">{}</a>', "/case/", "R&D"))
    form.add_error("content", "<b>typed</b>")
    shown = str(form["content"].errors)
    assert '<a href="/case/">R&amp;D</a>' in shown
    assert "&lt;b&gt;typed" in shown

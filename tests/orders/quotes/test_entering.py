"""Quoting a client is entering it: the one check stands here too."""

import json

import pytest

from crm.access.viewer import viewing_as
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as, tenant_context
from leads.models import CollisionCase, CollisionRecord, Customer
from leads.services.cases import HeldBack
from leads.services.identity import index
from leads.services.protection import protect_customer
from leads.services.refusals import ProtectedClient
from leads.views.refusing import way_on
from orders.models import Quote
from orders.services import offering, ordering, quotes
from tests.leads.cases.conftest import (  # noqa: F401  fixtures
    COMPANY,
    enter,
    mounted,
    stages,
    url,
)
from tests.orders.world import a_customer, a_quote, accepted, sent
from tests.support.at_once import at_once
from tests.support.cast import build_cast


def a_strangers_client(owner) -> Customer:
    """The same client in another rep's hands, come in without the check."""
    customer = a_customer(owner, COMPANY, f"C26-{owner.pk:06d}")
    index(customer)
    return customer


def test_a_client_of_another_rep_becomes_a_case_and_the_work_is_kept(tenant):
    a_strangers_client(tenant.colleague)
    quote = a_quote(tenant.agent, a_strangers_client(tenant.agent))
    case = CollisionCase.objects.get()
    assert case.origin == "quote"
    assert Quote.objects.get() == quote


def test_until_that_is_decided_the_quote_is_sent_and_no_other_begun(tenant):
    a_strangers_client(tenant.colleague)
    customer = a_strangers_client(tenant.agent)
    quote = sent(tenant.agent, customer)
    for way in (
        lambda: quotes.begin_quote(customer=customer, by=tenant.agent),
        lambda: quotes.copy_quote(quote=quote, by=tenant.agent),
        lambda: quotes.revise_quote(quote_id=quote.pk, by=tenant.agent),
    ):
        with pytest.raises(HeldBack):
            way()
    assert CollisionCase.objects.count() == 1
    assert Quote.objects.get().status == "sent"


def test_a_client_entered_by_another_before_it_is_sent_is_noticed(tenant):
    quote = a_quote(tenant.agent, a_strangers_client(tenant.agent))
    assert not CollisionCase.objects.exists()
    a_strangers_client(tenant.colleague)
    offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    assert CollisionCase.objects.get().origin == "quote"


def test_the_editor_and_the_record_say_that_a_case_came_up(tenant, sign_in, url):  # noqa: F811
    a_strangers_client(tenant.colleague)
    mine = a_strangers_client(tenant.agent)
    quote = a_quote(tenant.agent, mine)
    number = CollisionCase.objects.get().number
    browser = sign_in(tenant.agent)
    assert number in browser.get(url("orders:edit_quote", quote.pk)).content.decode()
    story = browser.get(url("leads:customer", mine.pk)).content.decode()
    assert "worked on a client of somebody else" in story
    assert "entered it although a similar one was shown" not in story


@pytest.fixture
def locked(tenant):
    """A customer of the north that is the agent's protected client, with an accepted quote."""
    other = a_strangers_client(tenant.northerner)
    quote = accepted(tenant.northerner, other)
    mine = a_strangers_client(tenant.agent)
    with acting_as(tenant.agent.pk):
        today = organization_today()
        protect_customer(customer_id=mine.pk, by=tenant.agent, reason="年度框架", until=today)
    return other, quote


def test_a_protected_client_is_refused(tenant, locked):
    other, quote = locked
    north = tenant.northerner
    draft = Quote.objects.create(number="QT-X", customer=other, owner=north)
    ways = [
        lambda: quotes.begin_quote(customer=other, by=north),
        lambda: quotes.copy_quote(quote=quote, by=north),
        lambda: quotes.revise_quote(quote_id=quote.pk, by=north),
        lambda: offering.send_quote(quote_id=draft.pk, by=north),
        lambda: ordering.order_from_quote(quote_id=quote.pk, by=north),
    ]
    for way in ways:
        with acting_as(north.pk), pytest.raises(ProtectedClient):
            way()
    assert set(Quote.objects.values_list("pk", "status")) == {
        (quote.pk, "accepted"),
        (draft.pk, "draft"),
    }


def test_the_page_says_why(tenant, locked, sign_in, url):  # noqa: F811
    other, quote = locked
    browser = sign_in(tenant.northerner)
    answer = browser.post(url("orders:create_quote"), {"customer": other.pk}, follow=True)
    assert "王磊" in answer.content.decode()
    answer = browser.post(url("orders:order_quote", quote.pk))
    assert answer.status_code == 422
    assert "王磊" in answer.content.decode()


def test_the_quotes_page_leads_to_the_open_case(tenant, sign_in, url):  # noqa: F811
    quote = a_quote(tenant.agent, a_strangers_client(tenant.agent))
    page = url("orders:quote", quote.pk)
    assert "reaches for this client" not in sign_in(tenant.agent).get(page).content.decode()
    enter(tenant.colleague)
    case = CollisionCase.objects.get()
    for member in (tenant.agent, tenant.manager):
        html = sign_in(member).get(page).content.decode()
        assert f'href="{url("leads:case", case.pk)}"' in html
    html = sign_in(tenant.finance).get(page).content.decode()
    assert case.number not in html


@pytest.mark.slow
def test_two_reps_quoting_one_client_at_once_are_in_one_case(real_transactions):
    cast = build_cast("acme")
    with tenant_context(cast.organization.id):
        clients = {rep: a_strangers_client(rep) for rep in (cast.agent, cast.colleague)}

    def quoting(rep) -> Quote:
        with acting_as(rep.pk):
            return quotes.begin_quote(customer=clients[rep], by=rep)

    found = at_once(cast, [lambda rep=rep: quoting(rep) for rep in clients])
    assert all(isinstance(one, Quote) for one in found)
    with tenant_context(cast.organization.id):
        case = CollisionCase.objects.get()
        records = CollisionRecord.objects.filter(case=case).values_list("record_id", flat=True)
        assert set(records) == {one.pk for one in clients.values()}


def test_what_is_held_names_its_case_and_leads_to_it(tenant, sign_in, url):  # noqa: F811
    a_strangers_client(tenant.colleague)
    customer = a_strangers_client(tenant.agent)
    sent(tenant.agent, customer)
    case = CollisionCase.objects.get()
    browser, begin = sign_in(tenant.agent), url("orders:create_quote")
    told = browser.post(begin, {"customer": customer.pk}, HTTP_HX_REQUEST="true")
    toast = json.loads(told.headers["HX-Trigger"])["tz:toast"]
    assert case.number in toast["text"]
    assert toast["link"] == {"url": url("leads:case", case.pk), "label": "Open the case"}
    page = browser.post(begin, {"customer": customer.pk}, follow=True).content.decode()
    assert f'<a href="{url("leads:case", case.pk)}">Open the case</a>' in page


def test_a_case_that_one_may_not_read_is_named_without_a_link(tenant):
    a_strangers_client(tenant.colleague)
    sent(tenant.agent, a_strangers_client(tenant.agent))
    held = HeldBack(CollisionCase.objects.get())
    with viewing_as(tenant.northerner):
        assert way_on(held) is None
    assert way_on(held) is None

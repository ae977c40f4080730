"""A quote that is with the client speaks for its rep in a collision case, as an open deal does."""

import pytest
from django.utils import timezone

from crm.tenancy.context import acting_as
from leads.models import CollisionCase, Opportunity
from leads.selectors.case_evidence import dossier_of
from leads.selectors.case_evidence import facts_of as facts
from leads.services.customers import create_customer
from leads.services.opportunities import create_opportunity
from orders.models import Quote
from orders.services import approval, declining, offering, ordering, quotes
from tests.leads.cases.conftest import COMPANY, enter, mounted, stages, url  # noqa: F401
from tests.orders.quotes.test_entering import a_strangers_client
from tests.orders.world import a_draft, a_product, a_quote, accepted, line, save_quote, sent


@pytest.fixture
def customer(tenant):
    with acting_as(tenant.agent.pk):
        return create_customer(by=tenant.agent, name=COMPANY)


def side_of(member):
    """What speaks for them in the one case there is."""
    dossier = dossier_of(CollisionCase.objects.get())
    found = facts(dossier, now=timezone.now())
    return next(one for one in found.sides if one.member == member.pk)


def test_a_sent_quote_is_an_open_deal_followed_up_when_it_was_sent(tenant, customer):
    quote = sent(tenant.agent, customer)
    enter(tenant.colleague)
    side = side_of(tenant.agent)
    assert (side.open_deals, side.deal_followed_up_at) == (1, quote.sent_at)
    assert side_of(tenant.colleague).open_deals == 0


def test_a_draft_and_a_declined_quote_say_nothing(tenant, customer):
    a_quote(tenant.agent, customer)
    quote = sent(tenant.agent, customer)
    declining.decline_quote(quote_id=quote.pk, by=tenant.agent, reason="x")
    enter(tenant.colleague)
    assert side_of(tenant.agent).open_deals == 0


def test_a_quote_of_an_open_deal_is_not_counted_beside_it(tenant, customer, stages):  # noqa: F811
    deal = create_opportunity(customer_id=customer.pk, by=tenant.agent, name="一期")
    with acting_as(tenant.agent.pk):
        quote = quotes.begin_quote(customer=customer, by=tenant.agent, opportunity=deal)
        save_quote(quote, line(a_product()))
        offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    enter(tenant.colleague)
    side = side_of(tenant.agent)
    assert side.open_deals == Opportunity.objects.count() == 1
    assert side.deal_followed_up_at == Quote.objects.get().sent_at


def test_its_number_is_for_whoever_may_read_it(tenant, customer, sign_in, url):  # noqa: F811
    quote = sent(tenant.agent, customer)
    enter(tenant.colleague)
    case = CollisionCase.objects.get()
    page = url("leads:case_evidence", case.pk, tenant.agent.pk, "deals")
    assert quote.number in sign_in(tenant.manager).get(page).content.decode()
    html = sign_in(tenant.colleague).get(page).content.decode()
    assert "Sent quote" in html
    assert quote.number not in html


def test_a_quote_sent_while_the_case_waits_is_no_claim(tenant, customer):
    """Beginning it opened the case; whoever could send it then would make their own claim."""
    late = a_quote(tenant.colleague, a_strangers_client(tenant.colleague))
    assert CollisionCase.objects.get().origin == "quote"
    with acting_as(tenant.colleague.pk):
        offering.send_quote(quote_id=late.pk, by=tenant.colleague)
    assert side_of(tenant.colleague).open_deals == 0


def test_nor_is_an_order_submitted_while_it_waits(tenant, customer):
    mine = a_strangers_client(tenant.colleague)
    late = a_draft(tenant.colleague, mine)
    assert CollisionCase.objects.get().origin == "order"
    with acting_as(tenant.colleague.pk):
        approval.submit_order(order_id=late.pk, by=tenant.colleague)
    assert side_of(tenant.colleague).orders == 0


def test_nor_a_draft_from_before_that_is_submitted_then(tenant, customer):
    with acting_as(tenant.agent.pk):
        order = a_draft(tenant.agent, customer)
        enter(tenant.colleague)
        approval.submit_order(order_id=order.pk, by=tenant.agent)
    assert side_of(tenant.agent).orders == 0


def test_an_order_submitted_before_counts_though_it_was_submitted_again(tenant, customer):
    with acting_as(tenant.agent.pk):
        order = a_draft(tenant.agent, customer)
        approval.submit_order(order_id=order.pk, by=tenant.agent)
        enter(tenant.colleague)
        approval.withdraw_order(order_id=order.pk, by=tenant.agent)
        approval.submit_order(order_id=order.pk, by=tenant.agent)
    assert side_of(tenant.agent).orders == 1


def test_an_offer_made_an_order_while_the_case_waits_is_an_open_deal_still(tenant, customer):
    quote = accepted(tenant.agent, customer)
    enter(tenant.colleague)
    with acting_as(tenant.agent.pk):
        order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.agent)
        assert (side_of(tenant.agent).orders, side_of(tenant.agent).open_deals) == (0, 1)
        approval.submit_order(order_id=order.pk, by=tenant.agent)
    assert (side_of(tenant.agent).orders, side_of(tenant.agent).open_deals) == (0, 1)


def test_so_is_one_that_was_revised_meanwhile_unless_the_customer_declines(tenant, customer):
    quote = sent(tenant.agent, customer)
    enter(tenant.colleague)
    with acting_as(tenant.agent.pk):
        again = quotes.revise_quote(quote_id=quote.pk, by=tenant.agent)
        assert side_of(tenant.agent).open_deals == 1
        offering.send_quote(quote_id=again.pk, by=tenant.agent)
        assert side_of(tenant.agent).open_deals == 1
        declining.decline_quote(quote_id=again.pk, by=tenant.agent, reason="x")
    assert side_of(tenant.agent).open_deals == 0

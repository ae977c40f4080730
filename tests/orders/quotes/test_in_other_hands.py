"""Quotes in other hands than their owner's, and in a catalogue that changed."""

from datetime import date
from decimal import Decimal

import pytest

from crm.access import grants
from crm.people.models import Member, Role
from crm.sharing.nouns import noun
from crm.sharing.selectors.shares import shares_of
from crm.sharing.selectors.transfers import preview
from crm.sharing.services.shares import share
from crm.tenancy.context import acting_as
from leads.services.opportunities import create_opportunity
from orders.forms.orders import OrderTermsForm
from orders.forms.quotes import QuoteTermsForm
from orders.models import Order, PriceBook, Product, Quote
from orders.models.bases import today
from orders.selectors.printing import printed
from orders.selectors.quotes import facts_of as quote_facts
from orders.selectors.record import facts_of as order_facts
from orders.services import editing, offering, ordering, quotes
from tests.leads.cases.conftest import mounted, stages, url  # noqa: F401  fixtures
from tests.orders.world import a_draft, a_price_book, a_product, a_quote, accepted, sent

KEY = noun("orders.quote")


def shared(quote: Quote, *, by, action: str, receiver) -> None:
    with acting_as(by.pk):
        share(noun=KEY, ids=[quote.pk], receivers=[receiver], action=action, by=by)


def test_a_revision_stays_its_owners_whoever_makes_it(tenant):
    quote = sent(tenant.agent)
    shared(quote, by=tenant.manager, action=grants.EDIT, receiver=tenant.colleague)
    with acting_as(tenant.colleague.pk):
        revision = quotes.revise_quote(quote_id=quote.pk, by=tenant.colleague)
    assert (revision.owner, revision.created_by) == (tenant.agent, tenant.colleague)
    assert [(one.receiver, one.may_edit) for one in shares_of(revision)] == [
        (tenant.colleague, True)
    ]


def test_the_order_of_a_quote_is_its_owners_whoever_presses_the_button(tenant):
    quote = accepted(tenant.agent)
    shared(quote, by=tenant.manager, action=grants.EDIT, receiver=tenant.colleague)
    with acting_as(tenant.manager.pk):
        order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.manager)
    assert (order.owner, order.department_id) == (tenant.agent, tenant.agent.department_id)
    assert [one.receiver for one in shares_of(order)] == [tenant.colleague]


def test_what_a_leaver_left_is_whose_who_goes_on_with_it(tenant):
    quote = accepted(tenant.agent)
    tenant.agent.is_active = False
    tenant.agent.save(update_fields=["is_active"])
    order = ordering.order_from_quote(quote_id=quote.pk, by=tenant.manager)
    assert order.owner == tenant.manager


def test_a_share_of_a_quote_or_an_order_begins_none_for_a_client_one_does_not_see(
    tenant,
    sign_in,
    url,  # noqa: F811
):
    quote = sent(tenant.agent)
    order = a_draft(tenant.agent, quote.customer)
    shared(quote, by=tenant.manager, action=grants.VIEW, receiver=tenant.colleague)
    with acting_as(tenant.manager.pk):
        share(
            noun=noun("orders.order"), ids=[order.pk], receivers=[tenant.colleague],
            action=grants.VIEW, by=tenant.manager,
        )  # fmt: skip
    browser = sign_in(tenant.colleague)
    for page, copy, pk in (("quote", "copy_quote", quote.pk), ("detail", "copy", order.pk)):
        html = browser.get(url(f"orders:{page}", pk)).content.decode()
        assert url(f"orders:{copy}", pk) not in html
        assert browser.post(url(f"orders:{copy}", pk)).status_code == 404
    assert url("orders:copy_quote", quote.pk) in (
        sign_in(tenant.agent).get(url("orders:quote", quote.pk)).content.decode()
    )
    assert (Quote.objects.count(), Order.objects.count()) == (1, 1)


@pytest.mark.parametrize(("make", "form"), [(a_quote, QuoteTermsForm), (a_draft, OrderTermsForm)])
def test_saving_takes_out_nothing_that_the_writer_may_not_choose_anew(tenant, stages, make, form):  # noqa: F811
    book = a_price_book(a_product(), ("0", "1000"))
    document = make(tenant.agent)
    deal = create_opportunity(customer_id=document.customer_id, by=tenant.agent, name="二期")
    type(document).objects.update(opportunity=deal)
    PriceBook.objects.update(is_active=False)
    document = type(document).objects.get()
    fields = form(instance=document, member=tenant.colleague).fields
    assert list(fields["price_book"].queryset) == [book]
    assert list(fields["opportunity"].queryset) == [deal]
    document.opportunity = document.price_book = None
    fields = form(instance=document, member=tenant.colleague).fields
    assert not fields["price_book"].queryset
    assert not fields["opportunity"].queryset


def test_what_has_no_price_any_more_is_revised_and_copied_at_the_offered_one(tenant):
    quote = sent(tenant.agent)
    order = a_draft(tenant.agent, quote.customer)
    Product.objects.update(currency="USD")
    with acting_as(tenant.agent.pk):
        copies = [
            quotes.copy_quote(quote=quote, by=tenant.agent),
            editing.copy_order(order=order, by=tenant.agent),
            quotes.revise_quote(quote_id=quote.pk, by=tenant.agent),
        ]
    assert {one.gross_amount for one in copies} == {quote.gross_amount}
    assert {one.lines.get().agreed_price for one in copies} == {Decimal(1130)}


@pytest.mark.parametrize("until", [date.max, date(today().year + 11, 1, 1)])
def test_a_day_that_is_out_of_reach_is_said_at_its_field(tenant, until):
    quote = a_quote(tenant.agent)
    form = QuoteTermsForm(
        {"quote_date": today(), "valid_until": until}, instance=quote, member=tenant.agent
    )
    assert "valid_until" in form.errors


def test_a_transfer_of_quotes_counts_no_orders(tenant):
    quote = sent(tenant.agent)
    found = preview(of=KEY, ids=[quote.pk], by=tenant.manager)
    assert found.commission(date(2030, 1, 1)) == ""
    offering.accept_quote(quote_id=quote.pk)
    found = preview(of=noun("leads.customer"), ids=[quote.customer_id], by=tenant.manager)
    assert found.commission(date(2030, 1, 1)) == ""


def test_the_sheet_separates_words_as_its_language_does(tenant):
    terms = dict(printed(a_quote(tenant.agent)).terms)
    assert "人民币，含税" in terms.values()


def test_a_copy_and_a_page_leave_out_a_deal_that_is_not_theirs_to_see(
    tenant,
    stages,  # noqa: F811
    mounted,  # noqa: F811
):
    quote = sent(tenant.agent)
    order = a_draft(tenant.agent, quote.customer)
    with acting_as(tenant.agent.pk):
        deal = create_opportunity(customer_id=quote.customer_id, by=tenant.agent, name="二期扩建")
    for document in (quote, order):
        document.opportunity = deal
        document.save(update_fields=["opportunity"])
    rep = Role.objects.get(code="rep")
    rep.grants = {name: far for name, far in rep.grants.items() if name != "leads.view_opportunity"}
    rep.save(update_fields=["grants"])
    blind = Member.objects.get(pk=tenant.agent.pk)
    for by, own in ((tenant.manager, deal), (blind, None)):
        with acting_as(by.pk):
            assert quotes.copy_quote(quote=quote, by=by).opportunity == own
            assert editing.copy_order(order=order, by=by).opportunity == own
        said = [
            [str(fact.value) for fact in facts]
            for facts in (quote_facts(quote, by), order_facts(order, by))
        ]
        assert [any("二期扩建" in one for one in facts) for facts in said] == [own is not None] * 2

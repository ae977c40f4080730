"""A quote's way: sent, accepted, declined, withdrawn, over."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import translation

from crm.jobs.models import Job
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from orders.errors import EmptyQuote, OrderGoesOn, QuoteOver, StaleDocument, WrongQuoteState
from orders.models import Order, Product, Quote, SentQuote
from orders.models.bases import today
from orders.selectors.printing import printed
from orders.selectors.quotes import may_be_declined
from orders.selectors.timeline import quote_timeline
from orders.services import documents, offering, quotes
from orders.services.approval import cancel_order, submit_order
from orders.services.declining import decline_quote
from orders.services.ordering import order_from_quote
from orders.services.quotes import revise_quote
from tests.orders.world import a_customer, a_quote, accepted, save_quote, sent

DAY = timedelta(days=1)


def over(quote: Quote) -> Quote:
    """The same quote after its last day."""
    Quote.objects.filter(pk=quote.pk).update(
        quote_date=today() - 9 * DAY, valid_until=today() - DAY
    )
    return Quote.objects.get(pk=quote.pk)


def test_what_was_sent_is_kept_as_it_was(tenant):
    quote = sent(tenant.agent)
    assert quote.status == "sent"
    assert quote.sent_at
    kept = SentQuote.objects.get(quote=quote)
    assert kept.snapshot["customer"]["name"] == "苏州同光精密"
    Product.objects.update(name="改名了")
    quote.customer.name = "改名了"
    quote.customer.save(update_fields=["name"])
    sheet = printed(Quote.objects.get(pk=quote.pk))
    assert sheet.customer == "苏州同光精密"
    assert sheet.lines[0].name == "产品 TZ-100"
    assert sheet.totals["gross_amount"] == quote.gross_amount


def test_an_empty_quote_is_not_sent(tenant):
    quote = quotes.begin_quote(customer=a_customer(tenant.agent), by=tenant.agent)
    with pytest.raises(EmptyQuote):
        offering.send_quote(quote_id=quote.pk, by=tenant.agent)


def test_a_quote_changed_since_it_was_read_is_not_sent(tenant):
    quote = a_quote(tenant.agent)
    with pytest.raises(StaleDocument):
        offering.send_quote(quote_id=quote.pk, by=tenant.agent, version=quote.version - 1)


def test_a_quote_is_sent_once(tenant):
    quote = sent(tenant.agent)
    with pytest.raises(WrongQuoteState):
        offering.send_quote(quote_id=quote.pk, by=tenant.agent)


def test_a_draft_whose_day_is_past_is_not_sent(tenant):
    quote = over(a_quote(tenant.agent))
    with pytest.raises(QuoteOver):
        offering.send_quote(quote_id=quote.pk, by=tenant.agent)


def test_on_its_last_day_it_can_still_be_accepted(tenant):
    quote = a_quote(tenant.agent)
    save_quote(quote, *documents.drafts_of(quote), valid_until=today())
    offering.send_quote(quote_id=quote.pk, by=tenant.agent)
    assert offering.accept_quote(quote_id=quote.pk).status == "accepted"


def test_too_late_is_too_late_even_before_the_night_came(tenant):
    with pytest.raises(QuoteOver):
        offering.accept_quote(quote_id=over(sent(tenant.agent)).pk)


@pytest.mark.parametrize(
    "end", [partial(decline_quote, by=None), offering.withdraw_quote], ids=["decline", "withdraw"]
)
def test_it_ends_with_a_reason(tenant, end):
    quote = end(quote_id=sent(tenant.agent).pk, reason="价格太高")
    assert quote.status in {"declined", "withdrawn"}
    assert (quote.closed_reason, bool(quote.closed_at)) == ("价格太高", True)


def test_a_draft_is_withdrawn_and_not_declined(tenant):
    quote = a_quote(tenant.agent)
    with pytest.raises(WrongQuoteState):
        decline_quote(quote_id=quote.pk, by=tenant.agent, reason="x")
    assert offering.withdraw_quote(quote_id=quote.pk, reason="写错了").status == "withdrawn"


def test_what_was_accepted_is_not_withdrawn(tenant):
    with pytest.raises(WrongQuoteState):
        offering.withdraw_quote(quote_id=accepted(tenant.agent).pk, reason="x")


def test_customers_change_their_minds(tenant):
    quote = accepted(tenant.agent)
    with acting_as(tenant.agent.pk):
        quote = decline_quote(quote_id=quote.pk, by=tenant.agent, reason="预算取消")
    assert (quote.status, quote.closed_reason) == ("declined", "预算取消")
    with translation.override("en"):
        last = quote_timeline(quote)[0]
    assert (last.title, last.body) == ("noted that the customer declines", "预算取消")


def test_an_order_draft_ends_with_its_quote(tenant):
    quote = accepted(tenant.agent)
    with acting_as(tenant.agent.pk):
        order = order_from_quote(quote_id=quote.pk, by=tenant.agent)
        quote = decline_quote(quote_id=quote.pk, by=tenant.agent, reason="预算取消")
    order = Order.objects.get(pk=order.pk)
    assert (quote.status, order.status) == ("declined", "cancelled")
    assert order.cancelled_reason == "预算取消"
    revised = revise_quote(quote_id=quote.pk, by=tenant.agent)
    assert revised.former_id == quote.pk


def test_an_order_that_was_cancelled_leaves_the_quote_to_be_declined(tenant):
    order = order_from_quote(quote_id=accepted(tenant.agent).pk, by=tenant.agent)
    cancel_order(order_id=order.pk, reason="客户停产")
    assert may_be_declined(order.quote)
    quote = decline_quote(quote_id=order.quote_id, by=tenant.agent, reason="客户停产")
    assert quote.status == "declined"


def test_an_order_that_goes_on_holds_its_quote(tenant):
    order = order_from_quote(quote_id=accepted(tenant.agent).pk, by=tenant.agent)
    with pytest.raises(OrderGoesOn):  # not the colleague's to cancel
        decline_quote(quote_id=order.quote_id, by=tenant.colleague, reason="x")
    with acting_as(tenant.agent.pk):
        submit_order(order_id=order.pk, by=tenant.agent)
    assert not may_be_declined(order.quote)
    with pytest.raises(OrderGoesOn):
        decline_quote(quote_id=order.quote_id, by=tenant.agent, reason="x")
    assert Order.objects.get(pk=order.pk).status == "submitted"


def test_in_the_night_after_its_last_day_it_is_over_and_the_owner_hears(tenant):
    customer = a_customer(tenant.agent)
    late, held = over(sent(tenant.agent, customer)), sent(tenant.agent, customer)
    draft, yes = over(a_quote(tenant.agent, customer)), over(accepted(tenant.agent, customer))
    with acting_as(None):
        assert offering.expire_quotes() == 1
        assert offering.expire_quotes() == 0
    states = dict(Quote.objects.values_list("pk", "status"))
    assert states == {
        late.pk: "expired", held.pk: "sent", draft.pk: "draft", yes.pk: "accepted",
    }  # fmt: skip
    notice = Notification.objects.get(kind="quote-expired")
    assert notice.member == tenant.agent
    assert late.number in notice.title


def test_the_night_is_asked_for_when_it_is_sent(tenant):
    quote = sent(tenant.agent)
    job = Job.objects.get(name="orders.expire_quotes")
    assert str(quote.valid_until) in job.key

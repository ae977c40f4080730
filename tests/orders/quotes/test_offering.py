"""A quote's way: sent, accepted, declined, withdrawn, over."""

from datetime import timedelta

import pytest

from crm.jobs.models import Job
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from orders.errors import EmptyQuote, QuoteOver, StaleDocument, WrongQuoteState
from orders.models import Product, Quote, SentQuote
from orders.models.bases import today
from orders.selectors.printing import printed
from orders.services import documents, offering, quotes
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


@pytest.mark.parametrize("end", [offering.decline_quote, offering.withdraw_quote])
def test_it_ends_with_a_reason(tenant, end):
    quote = end(quote_id=sent(tenant.agent).pk, reason="价格太高")
    assert quote.status in {"declined", "withdrawn"}
    assert (quote.closed_reason, bool(quote.closed_at)) == ("价格太高", True)


def test_a_draft_is_withdrawn_and_not_declined(tenant):
    quote = a_quote(tenant.agent)
    with pytest.raises(WrongQuoteState):
        offering.decline_quote(quote_id=quote.pk, reason="x")
    assert offering.withdraw_quote(quote_id=quote.pk, reason="写错了").status == "withdrawn"


def test_what_was_accepted_is_neither_declined_nor_withdrawn(tenant):
    quote = accepted(tenant.agent)
    for end in (offering.decline_quote, offering.withdraw_quote):
        with pytest.raises(WrongQuoteState):
            end(quote_id=quote.pk, reason="x")


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

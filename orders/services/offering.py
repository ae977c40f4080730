"""A quote's way: sent, then accepted, withdrawn or over; declined in `declining`."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from crm import jobs
from crm.audit import services as audit
from crm.people.models import Member
from crm.teamwork import services as teamwork
from crm.teamwork.enums import NotificationKind
from crm.tenancy.clock import end_of, organization_today
from leads.enums import CollisionOrigin
from leads.services.reaching import reach_for
from orders.enums import QuoteStatus
from orders.errors import EmptyQuote, QuoteOver, StaleDocument, WrongQuoteState
from orders.models import Quote, SentQuote
from orders.services.quotes import locked_quote
from orders.services.versions import kept


@transaction.atomic
def send_quote(*, quote_id: int, by: Member, version: int | None = None) -> Quote:
    """The customer gets it: what they got is kept, nothing in it changes any more.

    With `version`, as it was read: refused when it was changed since. By then the client may
    have become somebody else's protected customer, or collide with one that was entered since.
    """
    customer = Quote.objects.select_related("customer").get(pk=quote_id).customer
    reach_for(customer, by=by, origin=CollisionOrigin.QUOTE)
    quote = locked_quote(quote_id)
    if version is not None and quote.version != version:
        raise StaleDocument
    if not quote.lines.exists():
        raise EmptyQuote
    _refuse_when_over(quote)
    move(quote, quote.send, "sent_at")
    SentQuote.objects.create(quote=quote, **kept(quote))
    audit.record("quote.sent", target=quote)
    until = quote.valid_until
    jobs.enqueue("orders.expire_quotes", key=f"expire-quotes-{until}", run_after=end_of(until))
    return quote


@transaction.atomic
def accept_quote(*, quote_id: int) -> Quote:
    """The customer agreed, in time."""
    quote = locked_quote(quote_id)
    if quote.status == QuoteStatus.SENT:
        _refuse_when_over(quote)
    move(quote, quote.accept, "closed_at")
    audit.record("quote.accepted", target=quote)
    return quote


@transaction.atomic
def withdraw_quote(*, quote_id: int, reason: str) -> Quote:
    """We do not offer it any more."""
    quote = locked_quote(quote_id)
    return close(quote, quote.withdraw, reason, action="quote.withdrawn")


def close(quote: Quote, change: Callable[[], None], reason: str, *, action: str) -> Quote:
    """Its end, and why."""
    quote.closed_reason = reason
    move(quote, change, "closed_at", "closed_reason")
    audit.record(action, target=quote, why=reason)
    return quote


def _refuse_when_over(quote: Quote) -> None:
    if quote.is_over(organization_today()):
        raise QuoteOver(quote.valid_until)


def move(quote: Quote, change: Callable[[], None], *columns: str) -> None:
    """One step of its life, saved; WrongQuoteState when it is not the time for it."""
    try:
        change()
    except TransitionNotAllowed as error:
        raise WrongQuoteState(quote.get_status_display()) from error
    quote.version += 1
    quote.save(update_fields=["status", "version", "updated_at", *columns])


@transaction.atomic
def expire_quotes() -> int:
    """Days are over: the quotes that held until then are; returns how many."""
    over = Quote.objects.filter(status=QuoteStatus.SENT, valid_until__lt=organization_today())
    ids = list(over.order_by("pk").values_list("pk", flat=True))
    expired = [quote for quote in map(locked_quote, ids) if quote.status == QuoteStatus.SENT]
    for quote in expired:
        move(quote, quote.expire, "closed_at")
        audit.record("quote.expired", target=quote)
        _tell_owner(quote)
    return len(expired)


def _tell_owner(quote: Quote) -> None:
    """Nobody answered: the owner asks the customer, revises it or lets it be."""
    if quote.owner is None:
        return
    with translation.override(quote.owner.user.language):
        teamwork.notify(
            member_ids=[quote.owner_id],
            kind=NotificationKind.QUOTE_EXPIRED,
            title=_("Quote %(number)s for %(customer)s has expired")
            % {"number": quote.number, "customer": quote.customer.name},
            url=reverse("orders:quote", urlconf=settings.TENANT_URLCONF, args=[quote.pk]),
        )

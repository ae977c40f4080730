"""Writing a quote: begin, save, copy, revise."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django_fsm import TransitionNotAllowed

from crm.audit import services as audit
from crm.numbering import take_number
from crm.people.models import Member
from leads.enums import CollisionOrigin
from leads.models import Customer, Opportunity
from leads.services.sharing_on import share_on
from orders.drafts import LineDraft, QuoteTerms, Terms
from orders.errors import QuoteNotEditable, WrongQuoteState
from orders.models import Quote
from orders.models.quotes import valid_for_now
from orders.services import documents
from orders.services.pricing import Priced


def locked_quote(quote_id: int) -> Quote:
    """The quote, locked: the first step of every change."""
    return documents.locked(Quote, quote_id)


@transaction.atomic
def begin_quote(*, customer: Customer, by: Member, opportunity: Opportunity | None = None) -> Quote:
    """Start a draft; refused as `documents.enter` says."""
    documents.enter(customer, by=by, origin=CollisionOrigin.QUOTE)
    return _new_quote(customer, by=by, opportunity=opportunity, number=take_number("QT"))


def _new_quote(
    customer: Customer,
    *,
    by: Member,
    opportunity: Opportunity | None,
    owner: Member | None = None,
    **more: Any,
) -> Quote:
    last = documents.latest(customer.quotes) or documents.latest(customer.orders)
    quote = Quote(created_by=by, **documents.filled_in(customer, opportunity, last), **more)
    quote.give_to(owner or by)
    quote.save()
    audit.record("quote.begun", target=quote)
    return quote


@transaction.atomic
def save_quote(
    *, quote_id: int, version: int, terms: Terms, lines: Sequence[LineDraft]
) -> tuple[Quote, Priced]:
    """Save what was typed into a quote that nobody has got yet."""
    quote = locked_quote(quote_id)
    if not quote.is_editable:
        raise QuoteNotEditable
    return quote, documents.save(quote, version=version, terms=terms, lines=lines)


@transaction.atomic
def copy_quote(*, quote: Quote, by: Member) -> Quote:
    """A new draft with the same lines, at today's prices, for a deal that its writer sees."""
    deal = documents.deal_for(quote, by=by)
    copy = begin_quote(customer=quote.customer, by=by, opportunity=deal)
    saved = _same_again(quote, copy)
    audit.record("quote.copied", target=saved, source=quote.pk)
    return saved


@transaction.atomic
def revise_quote(*, quote_id: int, by: Member) -> Quote:
    """A new draft in place of a quote that is out: it holds no longer. Once.

    It is whose the quote is, and shared as that is, whoever presses the button.
    The customer comes before the quote, as in a merge.
    """
    customer = Quote.objects.select_related("customer").get(pk=quote_id).customer
    documents.enter(customer, by=by, origin=CollisionOrigin.QUOTE)
    former = locked_quote(quote_id)
    try:
        former.revise()
    except TransitionNotAllowed as error:
        raise WrongQuoteState(former.get_status_display()) from error
    former.version += 1
    former.save(update_fields=["status", "closed_at", "version", "updated_at"])
    revision = _new_quote(
        former.customer,
        by=by,
        owner=documents.keeper_of(former, by=by),
        opportunity=former.opportunity,
        number=revised_number(former),
        revision=former.revision + 1,
        former=former,
    )
    share_on(former, revision, by=by)
    saved = _same_again(former, revision)
    audit.record("quote.revised", target=former, by=saved.pk, number=saved.number)
    return saved


def revised_number(former: Quote) -> str:
    """QT26-000012 becomes QT26-000012-R2, that one -R3."""
    stem = former.number.removesuffix(f"-R{former.revision}")
    return f"{stem}-R{former.revision + 1}"


def _same_again(source: Quote, draft: Quote) -> Quote:
    """The terms and lines of one quote in a new one, of today and priced today."""
    terms = replace(
        QuoteTerms.of(source),
        opportunity_id=draft.opportunity_id,
        quote_date=draft.quote_date,
        valid_until=valid_for_now(),
    )
    lines = documents.copied_lines(source, documents.basis_of(draft, terms))
    saved, _priced = save_quote(quote_id=draft.pk, version=draft.version, terms=terms, lines=lines)
    return saved

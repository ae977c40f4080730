from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.access.links import who_can_see
from crm.organizations.views.settings import logo_url
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import carried_out
from crm.web.asked import record_id
from orders.forms.documents import ReasonForm
from orders.models import PricedDocument, Quote
from orders.selectors.printing import printed
from orders.selectors.quotes import actions_of, facts_of, has_draft
from orders.selectors.summaries import summary_of
from orders.selectors.timeline import quote_timeline
from orders.services import declining, offering, ordering, quotes
from orders.tables.quotes import COLOURS, QuoteTable
from orders.views import documents
from orders.views.documents import Pages

PAGES = Pages(
    noun="quote",
    model=Quote,
    table=QuoteTable,
    colours=COLOURS,
    begin=quotes.begin_quote,
    create="orders:create_quote",
    detail="orders:quote",
    edit="orders:edit_quote",
    comment="orders:comment_quote",
    title=gettext_lazy("Quotes"),
    new=gettext_lazy("New quote"),
    hint=gettext_lazy("Who is it for? Contact, price book and terms fill in from the last quote."),
    choose=gettext_lazy("Write a quote"),
)


def quote_or_404(request: TenantRequest, quote_id: int, permission: str) -> Quote:
    """The quote with what its page names, if the member may reach it."""
    found: Quote = documents.get_or_404(request, PAGES, quote_id, permission)
    return found


@needs("orders.view_quote")
def quote_list(request: TenantRequest) -> HttpResponseBase:
    """The quotes this member may see."""
    return documents.listed(request, PAGES)


@needs("orders.create_quote")
def create_quote(request: TenantRequest) -> HttpResponse:
    """Choose the customer; everything else fills in."""
    return documents.begin_for_customer(request, PAGES)


@needs("orders.view_quote")
def quote_detail(request: TenantRequest, quote_id: int) -> HttpResponse:
    """The quote's record: facts, lines, totals, timeline."""
    return _page(request, quote_id)


def _page(request: TenantRequest, quote_id: int, *, status: int = 200, **more: Any) -> HttpResponse:
    quote = quote_or_404(request, quote_id, "orders.view_quote")
    context = {
        **documents.record(request, PAGES, quote),
        "summary": summary_of(quote),
        "facts": facts_of(quote, request.member),
        "actions": [*actions_of(quote, request.member), *who_can_see(request.member, quote)],
        "entries": quote_timeline(quote),
        **more,
    }
    return render(request, "orders/quote.html", context, status=status)


@needs("orders.view_quote")
def print_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """The sheet for the customer, in their language: as it was sent, or as the draft stands."""
    quote = quote_or_404(request, quote_id, "orders.view_quote")
    wanted = request.GET.get("in", "")
    with override(wanted if wanted in dict(settings.LANGUAGES) else get_language()):
        context = {
            "quote": quote,
            "sheet": printed(quote),
            "seller": request.organization.name,
            "logo_url": logo_url(request),
        }
        return render(request, "orders/quote_sheet.html", context)


@require_POST
@needs("orders.edit_quote")
def send_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """The customer has it now."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    read = record_id(request.POST.get("version", ""))
    send = partial(offering.send_quote, quote_id=quote.pk, by=request.member, version=read)
    return _act(request, quote, send, message=_("Marked as sent."))


@require_POST
@needs("orders.edit_quote")
def accept_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """The customer said yes."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    accept = partial(offering.accept_quote, quote_id=quote.pk)
    return _act(request, quote, accept, message=_("Accepted. Make an order of it next."))


def _act(
    request: TenantRequest, quote: Quote, act: Callable[[], object], *, message: str
) -> HttpResponse:
    try:
        act()
    except Refused as reason:
        return documents.refused(request, PAGES, quote, reason, _page)
    return documents.changed(request, PAGES, quote, message)


@needs("orders.edit_quote")
def decline_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """The customer said no, and why."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    title = _("The customer declines %(number)s") % {"number": quote.number}
    decline = partial(declining.decline_quote, quote_id=quote.pk, by=request.member)
    hint = _("The order draft made of it is cancelled for the same reason.")
    return _end(
        request,
        quote,
        decline,
        title=title,
        message=_("Quote declined."),
        hint=hint if has_draft(quote) else "",
    )


@needs("orders.edit_quote")
def withdraw_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """We do not offer it any more, and why."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    title = _("Withdraw quote %(number)s") % {"number": quote.number}
    withdraw = partial(offering.withdraw_quote, quote_id=quote.pk)
    return _end(request, quote, withdraw, title=title, message=_("Quote withdrawn."))


def _end(
    request: TenantRequest,
    quote: Quote,
    end: Callable[..., object],
    *,
    title: str,
    message: str,
    hint: str = "",
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if carried_out(form, lambda: end(**form.cleaned_data)):
        return documents.changed(request, PAGES, quote, message)
    terms = {"submit": _("Close the quote"), "danger": True, "hint": hint}
    context = {"form": form, "title": title, **terms}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("orders.create_quote")
def revise_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """Another offer in its place."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    revise = partial(quotes.revise_quote, quote_id=quote.pk, by=request.member)
    return _make(request, quote, revise, editor="orders:edit_quote")


@require_POST
@needs("orders.create_quote")
def copy_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """A new draft with the same lines, at today's prices."""
    quote = documents.to_copy_or_404(request, PAGES, quote_id)
    copy = partial(quotes.copy_quote, quote=quote, by=request.member)
    return _make(request, quote, copy, editor="orders:edit_quote")


@require_POST
@needs("orders.create_order")
def order_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """Make an order of it; pressed twice it is one order."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    order = partial(ordering.order_from_quote, quote_id=quote.pk, by=request.member)
    return _make(request, quote, order, editor="orders:edit")


def _make(
    request: TenantRequest, quote: Quote, make: Callable[[], PricedDocument], *, editor: str
) -> HttpResponse:
    """What came of the quote is written on in its editor."""
    try:
        made = make()
    except Refused as reason:
        return documents.refused(request, PAGES, quote, reason, _page)
    return documents.go_to(request, reverse(editor, args=[made.pk]))


@require_POST
@needs("orders.view_quote")
def comment_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """Write a remark."""
    quote = quote_or_404(request, quote_id, "orders.view_quote")
    return documents.comment(request, PAGES, quote, _page)

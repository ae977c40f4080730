"""What the pages of quotes and of orders have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django_htmx.http import HttpResponseClientRedirect

from crm.access import policy
from crm.people.models import Member
from crm.refusals import Refused
from crm.sharing.nouns import noun
from crm.sharing.record import holders_of
from crm.sharing.selectors.transfers import open_transfers_of
from crm.teamwork import services as teamwork
from crm.tenancy.http import TenantRequest
from crm.web import answers, htmx
from crm.web.asked import record_id
from crm.web.components import Action
from leads.enums import RecordKind
from leads.models import Customer, Opportunity
from leads.selectors.cases import case_about, contested_until
from leads.selectors.matching_text import narrow_customers
from leads.views.refusing import refusal_words, way_on
from orders.forms.documents import CommentForm
from orders.models import PricedDocument
from orders.selectors.heads import may_copy
from orders.tables.documents import DocumentTable

MOST_HITS = 8
Page = Callable[..., HttpResponse]
RELATED = ("customer", "opportunity", "contact", "owner", "price_book")


@dataclass(frozen=True)
class Pages:
    """The pages of one kind: quotes, or orders."""

    noun: str
    model: type[PricedDocument]
    table: type[DocumentTable]
    colours: Mapping[str, str]
    # begins one for a customer
    begin: Callable[..., PricedDocument]
    # names of addresses
    create: str
    detail: str
    edit: str
    comment: str
    # what they are called; the page on which the customer is chosen
    title: Promise
    new: Promise
    hint: Promise
    choose: Promise

    @property
    def create_url(self) -> str:
        return reverse(self.create)

    @property
    def event(self) -> str:
        return f"{self.noun}-changed"

    def may(self, verb: str) -> str:
        """The permission for a verb."""
        return f"orders.{verb}_{self.noun}"


def get_or_404(request: TenantRequest, pages: Pages, pk: int, permission: str) -> Any:
    """The quote or order with what its page names, if the member may reach it."""
    rows = pages.model._default_manager.select_related(*RELATED)
    return policy.get_or_404(request.member, rows, permission, pk)


def to_copy_or_404(request: TenantRequest, pages: Pages, pk: int) -> Any:
    """The same where the member may begin another for its customer: no share of it opens that."""
    found = get_or_404(request, pages, pk, pages.may("view"))
    if not may_copy(request.member, pages.noun, found):
        raise Http404
    return found


def listed(request: TenantRequest, pages: Pages) -> HttpResponseBase:
    """Those this member may see, and the way to a new one."""
    every = pages.model._default_manager.all()
    rows = policy.visible(request.member, every, pages.may("view"))
    create = None
    if policy.allowed(request.member, pages.may("create")):
        create = Action(
            str(pages.new), pages.create_url, "plus", kind="primary", frame="drawer", shortcut="n"
        )
    table = pages.table(request, rows, create=create)
    return table.respond(title=str(pages.title), actions=[create] if create else [])


def record(request: TenantRequest, pages: Pages, document: Any) -> dict[str, Any]:
    """What orders/document.html shows of any kind."""
    return {
        "document": document,
        "page_url": reverse(pages.detail, args=[document.pk]),
        "comment_url": reverse(pages.comment, args=[document.pk]),
        "colour": pages.colours[document.status],
        "comment_form": CommentForm(),
        "holders": holders_of(request.member, noun(f"orders.{pages.noun}"), document),
        "transfers": open_transfers_of(document),
        **collision(request.member, document.customer_id),
    }


def collision(member: Member, customer_id: int) -> dict[str, Any]:
    """The case about the customer; whoever may not read it knows that there is one."""
    case = case_about(member, RecordKind.CUSTOMER, customer_id)
    contested = None if case else contested_until(RecordKind.CUSTOMER, customer_id)
    return {"collision": case, "contested": contested}


def begin_for_customer(request: TenantRequest, pages: Pages) -> HttpResponse:
    """Choose the customer; everything else fills in."""
    own = policy.visible(request.member, Customer.objects.all(), "leads.view_customer")
    if request.method == "POST":
        customer = get_object_or_404(own, pk=record_id(request.POST.get("customer", "")) or 0)
        deal = _opportunity(request, customer)
        try:
            begun = pages.begin(customer=customer, by=request.member, opportunity=deal)
        except Refused as reason:
            return answers.refused(
                request, url=pages.create_url, message=str(reason), link=way_on(reason)
            )
        return go_to(request, reverse(pages.edit, args=[begun.pk]))
    text = request.GET.get("q", "").strip()
    found = narrow_customers(own, text) if text else own
    context = {
        "pages": pages,
        "customers": found.select_related("owner").order_by("-updated_at", "-pk")[:MOST_HITS],
        "text": text,
        "may_enter": text and policy.allowed(request.member, "leads.create_lead"),
        "may_add": not text and policy.allowed(request.member, "leads.create_customer"),
    }
    if htmx.target_of(request) == "customer-hits":
        return htmx.fragment(request, "orders/new.html#hits", context)
    return render(request, "orders/new.html", context)


def _opportunity(request: TenantRequest, customer: Customer) -> Opportunity | None:
    wanted = request.POST.get("opportunity", "")
    if not wanted:
        return None
    own = policy.visible(request.member, Opportunity.objects.all(), "leads.view_opportunity")
    known = record_id(wanted) or 0
    return get_object_or_404(own.select_related("contact"), pk=known, customer=customer)


def go_to(request: TenantRequest, url: str) -> HttpResponse:
    """On to another page, from wherever the button was."""
    if htmx.is_partial(request):
        return HttpResponseClientRedirect(url)
    return htmx.done(request, url=url)


def comment(request: TenantRequest, pages: Pages, document: Any, page: Page) -> HttpResponse:
    """Write a remark."""
    form = CommentForm(request.POST)
    if not form.is_valid():
        return page(request, document.pk, status=422, comment_form=form)
    text = form.cleaned_data["text"]
    teamwork.add_comment(subject=document, member=request.member, text=text)
    return changed(request, pages, document, "")


def changed(request: TenantRequest, pages: Pages, document: Any, message: str) -> HttpResponse:
    """The record's page reads itself again; without script it is shown anew."""
    if not htmx.is_partial(request):
        return htmx.done(request, url=reverse(pages.detail, args=[document.pk]), message=message)
    response = HttpResponse(status=204)
    htmx.announce(response, {pages.event: True, "tz:form-saved": True})
    if htmx.frame_of(request) == "modal":
        htmx.announce(response, "tz:close-frame")
    return htmx.toast(response, message) if message else response


def refused(
    request: TenantRequest, pages: Pages, document: Any, reason: Refused, page: Page
) -> HttpResponse:
    """Say why, leave everything as it is; without script on the record's page."""
    if htmx.is_partial(request):
        response = htmx.announce(HttpResponse(status=422), pages.event)
        return htmx.toast(response, str(reason), tone="error", link=way_on(reason))
    return page(request, document.pk, status=422, refusal=refusal_words(reason))

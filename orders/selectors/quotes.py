"""Finding quotes; what the page of one shows beside its lines, and what can be done now."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.record import sharing_actions
from crm.web import markup
from crm.web.components import Action, Fact
from leads.models import Customer
from leads.selectors.matching_text import narrow_customers, number_matches
from orders.enums import EDITABLE, OrderStatus, QuoteStatus
from orders.models import Order, Quote
from orders.selectors.heads import customer_facts, may_copy, owner_fact, remarks, terms_facts

REVISABLE = (
    QuoteStatus.SENT,
    QuoteStatus.EXPIRED,
    QuoteStatus.DECLINED,
    QuoteStatus.WITHDRAWN,
)


def narrow_quotes(queryset: QuerySet[Quote], text: str) -> QuerySet[Quote]:
    """Quotes by number or customer."""
    customers = narrow_customers(Customer.objects.all(), text).values("pk")
    return queryset.filter(number_matches(text) | Q(customer__in=customers))


def facts_of(quote: Quote, member: Member) -> list[Fact]:
    """The quote's head, in the order people ask for it."""
    return [
        *customer_facts(quote, member),
        Fact(_("Quote date"), markup.day(quote.quote_date)),
        Fact(pgettext("quote", "Valid until"), markup.day(quote.valid_until)),
        *terms_facts(quote),
        owner_fact(quote),
        *_kin(quote, member),
        *remarks((_("Notes"), quote.notes), (_("Why closed"), quote.closed_reason)),
    ]


def _kin(quote: Quote, member: Member) -> list[Fact]:
    """What it revises, what revises it, and the order it became: those the member may see."""
    visible = policy.visible(member, Quote.objects.all(), "orders.view_quote")
    near = Q(pk=quote.former_id) | Q(former=quote)
    facts = [
        Fact(_("Revision of") if one.pk == quote.former_id else _("Revised by"), quote_link(one))
        for one in visible.filter(near).order_by("pk")
    ]
    order = order_of(quote, member)
    if order is not None:
        url = reverse("orders:detail", args=[order.pk])
        link = markup.link(order.number, url, drawer=True)
        facts.append(Fact(pgettext("record", "Order"), link))
    return facts


def quote_link(quote: Quote) -> str:
    """Its number, opening it."""
    return markup.link(quote.number, reverse("orders:quote", args=[quote.pk]), drawer=True)


def order_of(quote: Quote, member: Member) -> Order | None:
    """The order the quote became, when the member may see it."""
    return policy.visible(member, quote.orders.all(), "orders.view_order").first()


def actions_of(quote: Quote, member: Member) -> list[Action]:
    """What this member can do with the quote as it stands; nothing that would be refused."""
    may_edit = policy.allowed(member, "orders.edit_quote", quote)
    actions = _next_steps(quote, member) if may_edit else []
    printed = reverse("orders:print_quote", args=[quote.pk])
    actions.append(Action(_("For the customer"), printed, "printer"))
    actions += sharing_actions(member, noun("orders.quote"), quote)
    if may_copy(member, "quote", quote):
        actions.append(_post(_("Copy"), "copy_quote", quote, "copy", kind="ghost"))
    if may_edit:
        actions += _endings(quote)
    return actions


def _next_steps(quote: Quote, member: Member) -> list[Action]:
    """What brings it forward."""
    found: list[Action] = []
    if quote.is_editable:
        found += [
            _post(_("Mark as sent"), "send_quote", quote, "send", kind="primary", stale=True),
            Action(pgettext("verb", "Edit"), _url("edit_quote", quote), "pencil"),
        ]
    if quote.status == QuoteStatus.SENT:
        found.append(
            _post(_("Customer accepts"), "accept_quote", quote, "circle-check", kind="primary")
        )
    may_order = policy.allowed(member, "orders.create_order")
    if quote.status == QuoteStatus.ACCEPTED and may_order:
        label = _("Make an order of it")
        found.append(_post(label, "order_quote", quote, "file-invoice", kind="primary"))
    may_create = policy.allowed(member, "orders.create_quote")
    if quote.status in REVISABLE and may_create:
        found.append(_post(_("Revise"), "revise_quote", quote, "refresh"))
    return found


def _endings(quote: Quote) -> list[Action]:
    """What brings it to an end without an order."""
    found = []
    if may_be_declined(quote):
        url = _url("decline_quote", quote)
        found.append(Action(_("Customer declines"), url, "circle-x", kind="ghost", frame="modal"))
    if quote.status in (QuoteStatus.DRAFT, QuoteStatus.SENT):
        url = _url("withdraw_quote", quote)
        found.append(Action(_("Withdraw"), url, "arrow-back-up", kind="ghost", frame="modal"))
    return found


def may_be_declined(quote: Quote) -> bool:
    """Whether the customer can still say no: until the order made of it is more than a draft."""
    if quote.status != QuoteStatus.ORDERED:
        return quote.status in (QuoteStatus.SENT, QuoteStatus.EXPIRED, QuoteStatus.ACCEPTED)
    ended = (*EDITABLE, OrderStatus.CANCELLED)
    return quote.orders.filter(status__in=ended).exists()


def has_draft(quote: Quote) -> bool:
    """Whether declining it ends an order draft too."""
    return quote.orders.filter(status__in=EDITABLE).exists()


def _url(name: str, quote: Quote) -> str:
    return reverse(f"orders:{name}", args=[quote.pk])


def _post(
    label: str, name: str, quote: Quote, icon: str, *, kind: str = "plain", stale: bool = False
) -> Action:
    """A button that acts at once; `stale` refuses it when the quote changed since it was read."""
    values = {"version": quote.version} if stale else {}
    return Action(label, _url(name, quote), icon, kind=kind, method="post", values=values)

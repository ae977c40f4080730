"""What the page of an order shows beside its lines: facts, and what can be done now."""

from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.approvals import services as approvals
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.record import sharing_actions
from crm.web import formats, markup
from crm.web.components import Action, Fact
from crm.web.formats import Formats
from leads.models import ClientSplit
from leads.selectors.cases import visible_cases
from orders.enums import OrderStatus
from orders.models import Order
from orders.selectors.commission import Credit, Share, credit_of
from orders.selectors.heads import customer_facts, may_copy, owner_fact, remarks, terms_facts
from orders.selectors.quotes import quote_link


def facts_of(order: Order, member: Member) -> list[Fact]:
    """The order's head, in the order people ask for it."""
    return [
        *customer_facts(order, member),
        *_quote(order, member),
        Fact(_("Contract number"), order.contract_number, copy=order.contract_number),
        Fact(_("Order date"), markup.day(order.order_date)),
        Fact(_("Delivery date"), markup.day(order.delivery_date)),
        *terms_facts(order),
        owner_fact(order),
        _commission(order, member),
        *remarks((_("Notes"), order.notes), (_("Why cancelled"), order.cancelled_reason)),
    ]


def _quote(order: Order, member: Member) -> list[Fact]:
    """The offer it was made of, where the member may see that."""
    quote = order.quote
    if quote is None or not policy.allowed(member, "orders.view_quote", quote):
        return []
    return [Fact(pgettext("record", "Quote"), quote_link(quote))]


def _commission(order: Order, reader: Member) -> Fact:
    """Who is credited with it, and why where a split, a transfer or hand-over had a say."""
    credit = credit_of(order)
    who = [
        _credited(*one, order) for one in zip(credit.shares, _amounts(credit, order), strict=True)
    ]
    why = [_cutoff_words(order, credit.cutoff)] if credit.cutoff else []
    if credit.split is not None:
        who.append(_case_link(credit.split, reader))
        why.append(
            _("the client is shared by a collision case; entered after that, dated from %(day)s on")
            % {"day": Formats.current().day(credit.split.starts_on)}
        )
    label = pgettext("order", "Commission")
    return Fact(label, format_html_join(" ", "{}", ((one,) for one in who)), hint=" · ".join(why))


def _amounts(credit: Credit, order: Order) -> list[Decimal | None]:
    """What of the order's total each part is; one part needs no amount."""
    if len(credit.shares) == 1 or not order.gross_amount:
        return [None for _one in credit.shares]
    return [*credit.amounts(order.gross_amount)]


def _credited(share: Share, amount: Decimal | None, order: Order) -> SafeString:
    name, pk = (share.member.name, share.member.pk) if share.member else (None, None)
    who = markup.person(name, pk)
    if amount is None:
        return who
    money = formats.money(amount, order.currency)
    return format_html(
        '<div>{} {}% <span class="text-nowrap">{}</span></div>', who, share.percent, money
    )


def _case_link(split: ClientSplit, reader: Member) -> SafeString:
    """The case that shared the client, opened by whoever may read it."""
    number = split.case.number
    if not visible_cases(reader).filter(pk=split.case_id).exists():
        return markup.text(number)
    return markup.link(number, reverse("leads:case", args=[split.case_id]), drawer=True)


def _cutoff_words(order: Order, cutoff: date) -> str:
    day = Formats.current().day(cutoff)
    if order.order_date < cutoff:
        return _("dated before the commission cut-off %(day)s") % {"day": day}
    return _("dated from the commission cut-off %(day)s on") % {"day": day}


def actions_of(order: Order, member: Member) -> list[Action]:
    """What this member can do with the order as it stands; nothing that would be refused."""
    actions: list[Action] = []
    may_edit = policy.allowed(member, "orders.edit_order", order)
    if may_edit and order.is_editable:
        actions += [
            Action(
                _("Submit for approval"),
                reverse("orders:submit", args=[order.pk]),
                "send",
                kind="primary",
                method="post",
                values={"version": order.version},
            ),
            Action(pgettext("verb", "Edit"), reverse("orders:edit", args=[order.pk]), "pencil"),
        ]
    if order.status == OrderStatus.SUBMITTED and is_submitter(order, member):
        url = reverse("orders:withdraw", args=[order.pk])
        actions.append(Action(_("Withdraw"), url, "arrow-back-up", method="post"))
    actions += sharing_actions(member, noun("orders.order"), order)
    if may_copy(member, "order", order):
        url = reverse("orders:copy", args=[order.pk])
        actions.append(Action(_("Copy"), url, "copy", method="post", kind="ghost"))
    if may_edit and (order.is_editable or order.status == OrderStatus.APPROVED):
        url = reverse("orders:cancel", args=[order.pk])
        actions.append(Action(_("Cancel order"), url, "circle-x", kind="ghost", frame="modal"))
    return actions


def is_submitter(order: Order, member: Member) -> bool:
    """Only who submitted can take it back."""
    run = approvals.open_run_of(order)
    return run is not None and run.submitted_by_id == member.pk

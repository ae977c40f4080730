"""What the page of an order shows beside its lines: facts, and what can be done now."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.approvals import services as approvals
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.record import sharing_actions
from crm.web import markup
from crm.web.components import Action, Fact
from crm.web.formats import Formats
from orders import words
from orders.enums import OrderStatus
from orders.models import Order
from orders.selectors.commission import credit_of


def facts_of(order: Order) -> list[Fact]:
    """The order's head, in the order people ask for it."""
    customer = markup.link(
        order.customer.name, reverse("leads:customer", args=[order.customer_id]), drawer=True
    )
    facts = [
        Fact(_("Customer"), customer),
        Fact(_("Contact"), order.contact.name if order.contact else ""),
        Fact(_("Contract number"), order.contract_number, copy=order.contract_number),
        Fact(_("Payment terms"), order.get_payment_terms_display()),
        Fact(_("Order date"), markup.day(order.order_date)),
        Fact(_("Delivery date"), markup.day(order.delivery_date)),
        Fact(_("Currency"), order.get_currency_display()),
        Fact(_("Prices"), _("with tax") if order.is_tax_inclusive else _("without tax")),
        Fact(_("Price book"), order.price_book.name if order.price_book else ""),
        Fact(_("Owner"), markup.person(order.owner.name if order.owner else None, order.owner_id)),
        _commission(order),
    ]
    if order.opportunity is not None:
        facts.insert(2, Fact(_("Opportunity"), opportunity_link(order)))
    if order.discount_percent:
        facts.append(Fact(_("Overall discount"), words.percent(order.discount_percent)))
    if order.notes:
        facts.append(Fact(_("Notes"), order.notes))
    if order.cancelled_reason:
        facts.append(Fact(_("Why cancelled"), order.cancelled_reason))
    return facts


def _commission(order: Order) -> Fact:
    """Who is credited with it, and why when a transfer or hand-over had a say."""
    credit = credit_of(order)
    name = credit.member.name if credit.member else None
    who = markup.person(name, credit.member.pk if credit.member else None)
    if credit.cutoff is None:
        return Fact(pgettext("order", "Commission"), who)
    day = Formats.current().day(credit.cutoff)
    if order.order_date < credit.cutoff:
        why = _("dated before the commission cut-off %(day)s") % {"day": day}
    else:
        why = _("dated from the commission cut-off %(day)s on") % {"day": day}
    return Fact(pgettext("order", "Commission"), who, hint=why)


def opportunity_link(order: Order) -> str:
    """The deal the order comes from."""
    url = reverse("leads:opportunity", args=[order.opportunity_id])
    return markup.link(str(order.opportunity), url, drawer=True)


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
    if policy.allowed(member, "orders.create_order"):
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

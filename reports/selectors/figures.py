"""The figures of the home page: each with the address of exactly the rows it counts."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access import policy
from crm.approvals import selectors as approvals
from crm.money import ZERO
from crm.people.models import Member
from crm.people.selectors import own_currency
from crm.teamwork.selectors import open_tasks_of
from crm.tenancy.current import current_organization
from crm.web.components import Tile
from crm.web.tables.periods import period
from leads.enums import Channel, StageKind
from leads.models import Customer, Lead, Opportunity
from leads.selectors.assignments import unassigned
from leads.tables.leads import OPEN
from orders.enums import OrderStatus
from orders.models import Order
from payments.selectors import figures as cash

MOST_COUNTED = 1_000
MOST_TILES = 8


def month_start(months_ago: int = 0) -> datetime:
    """The first moment of this month, or of an earlier one, where the person is."""
    local = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _month in range(months_ago):
        local = (local - timedelta(days=1)).replace(day=1)
    return timezone.make_aware(local.replace(tzinfo=None))


def count_of(rows: QuerySet[Any]) -> int:
    """How many rows, counted no further than the lists do."""
    return int(rows[: MOST_COUNTED + 1].count())


def sum_of(rows: QuerySet[Any], field: str) -> Decimal:
    """The sum of an amount; money of other currencies is not in these figures."""
    total: Decimal | None = rows.aggregate(total=Sum(field))["total"]
    return total or ZERO


def share_of_change(now: Decimal | int, before: Decimal | int) -> float | None:
    """The change against the period before, None where there is nothing to compare with."""
    return float(now) / float(before) - 1 if before else None


def leads_of(member: Member) -> QuerySet[Lead]:
    return policy.visible(member, Lead.objects.all(), "leads.view_lead")


def deals_of(member: Member) -> QuerySet[Opportunity]:
    return policy.visible(member, Opportunity.objects.all(), "leads.view_opportunity")


def orders_of(member: Member) -> QuerySet[Order]:
    return policy.visible(member, Order.objects.all(), "orders.view_order")


def untouched_leads(member: Member) -> Tile:
    rows = leads_of(member).filter(status__in=OPEN, first_response_at__isnull=True)
    count = count_of(rows)
    return Tile.count(
        _("Leads not followed up yet"),
        count,
        reverse("leads:list") + "?untouched=yes",
        tone="amber" if count else "",
    )


def new_leads(member: Member) -> Tile:
    rows = leads_of(member)
    this, last = month_start(), month_start(1)
    so_far = timezone.now() - this
    count = count_of(rows.filter(created_at__gte=this))
    before = count_of(rows.filter(created_at__gte=last, created_at__lt=last + so_far))
    return Tile.count(
        _("New leads this month"),
        count,
        reverse("leads:list") + "?created_at=month",
        trend=share_of_change(count, before),
    )


def open_pipeline(member: Member) -> Tile:
    rows = deals_of(member).filter(stage__kind=StageKind.OPEN, currency=own_currency())
    count = count_of(rows)
    return Tile.money(
        _("Open pipeline"),
        sum_of(rows, "amount"),
        reverse("leads:opportunities") + "?kind=open",
        note=ngettext("%(count)s deal", "%(count)s deals", count) % {"count": count},
    )


def won_this_month(member: Member) -> Tile:
    rows = deals_of(member).filter(stage__kind=StageKind.WON, currency=own_currency())
    this, last = month_start(), month_start(1)
    so_far = timezone.now() - this
    amount = sum_of(rows.filter(closed_at__gte=this), "amount")
    before = sum_of(rows.filter(closed_at__gte=last, closed_at__lt=last + so_far), "amount")
    return Tile.money(
        _("Won this month"),
        amount,
        reverse("leads:opportunities") + "?kind=won&closed_at=month",
        trend=share_of_change(amount, before),
    )


def ordered_this_month(member: Member) -> Tile:
    return _ordered(member, _("Orders this month"), "month")


def ordered_this_fiscal_year(member: Member) -> Tile:
    return _ordered(member, _("Orders this fiscal year"), "fiscal-year")


def _ordered(member: Member, label: str, name: str) -> Tile:
    """What approved orders of a named period come to, and its list."""
    settled, currency = [OrderStatus.APPROVED, OrderStatus.COMPLETED], own_currency()
    first_month = current_organization().fiscal_year_start
    start, end = period(name, timezone.localdate(), first_month)
    rows = orders_of(member).filter(status__in=settled, currency=currency)
    amount = sum_of(rows.filter(order_date__gte=start, order_date__lt=end), "gross_amount")
    asked = f"?status=approved&status=completed&order_date={name}&currency={currency}"
    return Tile.money(label, amount, reverse("orders:list") + asked)


def orders_in_approval(member: Member) -> Tile:
    rows = orders_of(member).filter(status=OrderStatus.SUBMITTED)
    return Tile.count(
        _("Orders in approval"), count_of(rows), reverse("orders:list") + "?status=submitted"
    )


def approvals_waiting(member: Member) -> Tile:
    count = approvals.waiting_count(member)
    return Tile.count(
        _("Waiting for my approval"),
        count,
        reverse("approvals:waiting"),
        tone="amber" if count else "",
    )


def overdue(member: Member) -> Tile:
    figure = cash.overdue_receivables(member)
    return money_tile(
        _("Overdue"),
        figure,
        tone="red" if figure.count else "",
        note=ngettext("%(count)s instalment", "%(count)s instalments", figure.count)
        % {"count": figure.count},
    )


def receivable(member: Member) -> Tile:
    return money_tile(_("Still to collect"), cash.open_receivables(member))


def collected_this_month(member: Member) -> Tile:
    return money_tile(_("Collected this month"), cash.collected_this_month(member))


def unexplained_lines(member: Member) -> Tile:
    figure = cash.lines_unexplained(member)
    return money_tile(
        _("Bank lines to match"),
        figure,
        tone="amber" if figure.count else "",
        note=ngettext("%(count)s line", "%(count)s lines", figure.count) % {"count": figure.count},
    )


def money_tile(label: str, figure: cash.Figure, *, tone: str = "", note: str = "") -> Tile:
    """A tile of a figure of payments."""
    return Tile.money(
        label, figure.value, figure.url, currency=figure.currency, tone=tone, note=note
    )


def leads_without_rep(member: Member) -> Tile:
    count = count_of(policy.visible(member, unassigned(), "leads.assign_lead"))
    return Tile.count(
        _("Leads without a rep"),
        count,
        reverse("leads:unassigned"),
        tone="amber" if count else "",
    )


def converted_this_month(member: Member) -> Tile:
    rows = leads_of(member).filter(converted_at__gte=month_start())
    return Tile.count(
        _("Converted this month"),
        count_of(rows),
        reverse("leads:list") + "?status=converted&converted_at=month",
    )


def exhibition_leads(member: Member) -> Tile:
    rows = leads_of(member).filter(channel=Channel.EXHIBITION, created_at__gte=month_start())
    return Tile.count(
        _("From exhibitions this month"),
        count_of(rows),
        reverse("leads:list") + "?channel=exhibition&created_at=month",
    )


def customers(member: Member) -> Tile:
    rows = policy.visible(member, Customer.objects.all(), "leads.view_customer")
    return Tile.count(_("Customers"), count_of(rows), reverse("leads:customers"))


def my_tasks(member: Member) -> Tile:
    return Tile.count(
        _("My open tasks"),
        count_of(open_tasks_of(member)),
        reverse("teamwork:tasks") + "?owner=me&state=open",
    )


Figure = Callable[[Member], Tile]
# What each role looks at first; with several roles the figures of all, in this order.
FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "rep": (untouched_leads, new_leads, open_pipeline, won_this_month, overdue, my_tasks),
    "manager": (
        untouched_leads, leads_without_rep, open_pipeline, won_this_month, ordered_this_month,
        approvals_waiting, collected_this_month, overdue,
    ),
    "finance": (
        unexplained_lines, collected_this_month, receivable, overdue, approvals_waiting,
        ordered_this_month, ordered_this_fiscal_year,
    ),
    "legal": (approvals_waiting, orders_in_approval, ordered_this_month, open_pipeline, my_tasks),
    "marketing": (
        new_leads, exhibition_leads, untouched_leads, leads_without_rep, converted_this_month,
        customers,
    ),
    "service": (customers, my_tasks),
    "administrator": (
        leads_without_rep, new_leads, open_pipeline, won_this_month, ordered_this_month,
        collected_this_month, overdue, unexplained_lines,
    ),
}  # fmt: skip


def figures_for(member: Member) -> list[Tile]:
    """At most eight figures, by the member's roles."""
    wanted: dict[Figure, None] = {}
    for role, figures in FIGURES.items():
        if role in member.role_codes:
            wanted |= dict.fromkeys(figures)
    return [figure(member) for figure in list(wanted)[:MOST_TILES]]

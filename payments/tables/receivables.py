from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people import selectors as people
from crm.tenancy.clock import organization_today
from crm.web import markup
from crm.web.asked import record_ids
from crm.web.formats import listed
from crm.web.tables import (
    AmountFilter,
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    DeadlineColumn,
    Empty,
    Filter,
    HtmlColumn,
    LinkColumn,
    MemberFilter,
    MoneyColumn,
    PersonColumn,
    QuickView,
    Reader,
    Row,
    Scope,
    SwitchFilter,
    Table,
    TextColumn,
)
from crm.web.tables.filters import Option
from leads.models import Customer
from orders.enums import Currency
from payments.enums import AllocationSource, InstalmentKind, InstalmentStatus
from payments.selectors.plans import COLOURS, status_words
from payments.selectors.status import is_open, status_condition

ORDER = "plan__order__"


def member_choices(scope: Scope) -> Sequence[tuple[int, str]]:
    return list(people.active_members().values_list("pk", "name"))


class StatusFilter(Filter):
    """The derived state, as conditions that an index can serve."""

    control = "choices"

    def options(self, scope: Scope) -> list[Option]:
        return [(str(value), str(label)) for value, label in InstalmentStatus.choices]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        today = organization_today()
        found = Q(pk__in=[])
        for value in set(values) & set(InstalmentStatus.values):
            found |= status_condition(value, today)
        return found


class CustomerFilter(Filter):
    """One customer, by id in the address; shown by name."""

    control = "hidden"

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        return Q(**{f"{self.field_path}__in": record_ids(values)})

    def words(self, values: Sequence[str], scope: Scope) -> str:
        rows = Customer.objects.filter(pk__in=record_ids(values))
        return listed(rows.values_list("name", flat=True))


def instalment_name(row: Row, reader: Reader) -> str:
    return markup.text(row["label"] or InstalmentKind(row["kind"]).label)


def status_badge(row: Row, reader: Reader) -> str:
    """The derived state with how late or how soon."""
    status = row["status"]
    days = (row["due_date"] - row["today"]).days
    return markup.badge(status_words(status, days), COLOURS[status])


class ReceivableTable(Table):
    """Instalments: open ones unless a state is asked for."""

    key = "receivables"
    sort = "due_date"
    columns = (
        LinkColumn(
            "customer",
            _("Customer"),
            f"{ORDER}customer__name",
            url="payments:plan",
            pk="plan_id",
        ),
        MoneyColumn("owed_amount", pgettext_lazy("money", "Open"), currency="currency"),
        HtmlColumn("state", _("State"), html=status_badge, wanted=("status", "due_date", "today"),
                   value="status"),
        DeadlineColumn("due_date", pgettext_lazy("money", "Due"), sort="due_date", done="is_paid"),
        MoneyColumn("amount", _("Amount"), sort="amount", currency="currency"),
        MoneyColumn("paid_amount", pgettext_lazy("money", "Received"), currency="currency"),
        HtmlColumn("instalment", _("Instalment"), "label", html=instalment_name, wanted=("kind",)),
        LinkColumn("order", _("Order"), f"{ORDER}number", url="orders:detail", pk="plan__order_id"),
        TextColumn("contract", _("Contract number"), f"{ORDER}contract_number"),
        PersonColumn("owner", _("Owner"), f"{ORDER}owner__name", seed=f"{ORDER}owner_id"),
        TextColumn("department", _("Department"), f"{ORDER}department__name", hidden=True),
    )  # fmt: skip
    filters = (
        StatusFilter("status", _("State")),
        SwitchFilter("open", _("Still open"), when=lambda scope: is_open()),
        DateFilter("due", pgettext_lazy("money", "Due"), path="due_date", is_date=True),
        MemberFilter("owner", _("Owner"), path=f"{ORDER}owner", people=member_choices),
        AmountFilter("amount", _("Amount")),
        ChoiceFilter("currency", _("Currency"), choices=Currency),
        CustomerFilter("customer", _("Customer"), path=f"{ORDER}customer_id"),
    )
    views = (
        QuickView("open", _("Still open")),
        QuickView("overdue", _("Overdue"), "status=overdue"),
        QuickView("week", _("Due this week"), "due=week"),
        QuickView("part", pgettext_lazy("instalment", "Part-paid"), "status=part_paid"),
        QuickView("paid", pgettext_lazy("instalment", "Paid"), "status=paid"),
    )
    search_hint = _("Customer, order or contract number")
    export_permission = "payments.export_receivable"
    refresh = ("payment-plan-changed", "tz:payment-received", "tz:bank-lines-changed")
    empty = Empty(
        _("No receivables here. An approved order brings its payment plan."), None, "cash"
    )

    def narrowed(self, address: QueryDict) -> QuerySet[Any]:
        found = super().narrowed(address)
        return found if address.get("status") else found.filter(is_open())

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(**{f"{ORDER}customer__name__startswith": text})
            | Q(**{f"{ORDER}number__startswith": text.upper()})
            | Q(**{f"{ORDER}contract_number__startswith": text})
        )


class AllocationTable(Table):
    """Money matched to instalments; what was undone appears as a negative row."""

    key = "allocations"
    sort = "-pk"
    columns = (
        LinkColumn(
            "customer",
            _("Customer"),
            "instalment__plan__order__customer__name",
            url="payments:plan",
            pk="instalment__plan_id",
        ),
        MoneyColumn("amount", _("Amount"), currency="instalment__currency"),
        DayColumn("received", pgettext_lazy("money", "Received on"), "line__booking_date"),
        TextColumn("order", _("Order"), "instalment__plan__order__number"),
        BadgeColumn(
            "source",
            pgettext_lazy("posting", "How"),
            choices=AllocationSource,
            colours={"reversal": "red", "manual": "blue", "proposal": "green", "bulk": "green"},
        ),
        PersonColumn("member", _("Posted by"), "member__name", seed="member_id"),
        PersonColumn(
            "owner",
            _("Owner"),
            "instalment__plan__order__owner__name",
            seed="instalment__plan__order__owner_id",
        ),
    )
    filters = (
        DateFilter(
            "booked", pgettext_lazy("money", "Received on"), path="line__booking_date", is_date=True
        ),
        ChoiceFilter("currency", _("Currency"), path="instalment__currency", choices=Currency),
        MemberFilter(
            "owner", _("Owner"), path="instalment__plan__order__owner", people=member_choices
        ),
    )
    views = (
        QuickView("month", _("This month"), "booked=month"),
        QuickView("all", _("All")),
    )
    export_permission = "payments.export_receivable"
    empty = Empty(_("No money has been matched in this period."), None, "cash")

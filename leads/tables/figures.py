"""The months of the figures, and the rows behind each figure."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from crm.people.models import Member
from crm.web import formats, markup
from crm.web.tables import (
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    Empty,
    HtmlColumn,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    PersonColumn,
    Reader,
    Row,
    Table,
    TextColumn,
)
from leads.enums import FollowUpKind, FollowUpOutcome
from leads.selectors.figures import COMPLETE, missing_of
from leads.tables.cases import CaseTable
from leads.tables.customers import CustomerTable
from leads.tables.next_steps import add_customer, first_possible, to_customers

EXPORT = "leads.view_figures"
CUSTOMER_COLUMNS = ("name", "owner", "updated_at", "number", "department", "created_at")


def rate(row: Row) -> float | None:
    """Cases opened in the month for each customer."""
    return row["cases"] / row["customers"] if row["customers"] else None


def completeness(row: Row) -> float | None:
    return row["complete"] / row["customers"] if row["customers"] else None


def sharing(row: Row) -> float | None:
    """Updates of customer information for each follow-up."""
    return row["updates"] / row["follow_ups"] if row["follow_ups"] else None


def median_hours(row: Row) -> float | None:
    return None if row["median_hours"] is None else float(row["median_hours"])


def per_rep(row: Row) -> float | None:
    return row["owned"] / row["reps"] if row["reps"] else None


def rows_url(kind: str, month: date, department: int | None) -> str:
    """The rows behind a figure."""
    of = f"&of={department}" if department else ""
    return f"{reverse('leads:metric_rows', args=[kind])}?month={month:%Y-%m}{of}"


def opening(kind: str, words: Callable[[Row], str]) -> Callable[[Row, Reader], str]:
    """A figure that opens its rows."""

    def write(row: Row, reader: Reader) -> str:
        return markup.link(words(row), rows_url(kind, row["month"], row["department_id"]))

    return write


def _ratio(measure: Callable[[Row], float | None], places: int = 1) -> Callable[[Row], str]:
    return lambda row: formats.percent(measure(row), places)


def _plain(measure: Callable[[Row], float | None]) -> Callable[[Row], object]:
    def value(row: Row) -> object:
        found = measure(row)
        return "" if found is None else round(found, 4)

    return value


def _missing(row: Row) -> str:
    return formats.listed(missing_of(row, row["asked"]))


def _hours(row: Row) -> str:
    if row["median_hours"] is None:
        return formats.EMPTY
    return f"{formats.number(row['median_hours'], 1)} / {formats.number(row['p90_hours'], 1)}"


def _month(row: Row, reader: Reader) -> str:
    open_ = "" if row["is_frozen"] else " " + markup.badge(pgettext("month", "so far"), "blue")
    return f"{row['month']:%Y-%m}{open_}"


KEYS = ("month", "department_id")


class FigureTable(Table):
    key = "collision-figures"
    sort = "-month"
    columns = (
        HtmlColumn("month", _("Month"), "month", wanted=("is_frozen",), sort="month",
                   html=_month, plain=lambda row: f"{row['month']:%Y-%m}"),
        HtmlColumn("department", _("Department"), "department__name",
                   html=lambda row, reader: markup.text(
                       row["department__name"] or say("Whole company")),
                   plain=lambda row: row["department__name"] or say("Whole company")),
        HtmlColumn("rate", _("Collision rate"), wanted=(*KEYS, "cases", "customers"), align="end",
                   html=opening("cases", _ratio(rate, 2)), plain=_plain(rate)),
        HtmlColumn("cases", _("Cases opened"), wanted=(*KEYS, "cases"), align="end",
                   html=opening("cases", lambda row: formats.number(row["cases"])),
                   plain=lambda row: row["cases"]),
        HtmlColumn("customers", _("Customers"), wanted=(*KEYS, "customers"), align="end",
                   html=opening("customers", lambda row: formats.number(row["customers"])),
                   plain=lambda row: row["customers"]),
        HtmlColumn("hours", _("Hours to decide 50/90%"), align="end",
                   wanted=(*KEYS, "median_hours", "p90_hours"), html=opening("decided", _hours),
                   plain=lambda row: row["median_hours"]),
        NumberColumn("p90_hours", _("Hours to decision, 90%"), places=1, hidden=True),
        HtmlColumn("completeness", _("Completeness"), align="end",
                   wanted=(*KEYS, "complete", "customers"),
                   html=opening("incomplete", _ratio(completeness)), plain=_plain(completeness)),
        HtmlColumn("sharing", _("Information sharing"), align="end",
                   wanted=(*KEYS, "updates", "follow_ups"),
                   html=opening("updates", _ratio(sharing)), plain=_plain(sharing)),
        HtmlColumn("follow_ups", _("Follow-ups"), wanted=(*KEYS, "follow_ups"), align="end",
                   html=opening("follow-ups", lambda row: formats.number(row["follow_ups"])),
                   plain=lambda row: row["follow_ups"]),
        HtmlColumn("per_rep", _("Customers per rep"), wanted=(*KEYS, "owned", "reps"), align="end",
                   html=opening("reps", lambda row: formats.number(per_rep(row), 1)),
                   plain=_plain(per_rep)),
        MomentColumn("counted_at", _("Counted"), hidden=True),
    )  # fmt: skip
    filters = (DateFilter("month", _("Month"), is_date=True),)
    export_permission = EXPORT

    @property
    def nothing(self) -> Empty:
        """What makes figures: customers."""
        words = _("No figures yet. They are counted as soon as there are customers.")
        step = first_possible(self.request.member, add_customer(), to_customers())
        return Empty(words, step, "chart-bar")

    @cached_property
    def exported(self) -> QuerySet[Any]:
        """What the list shows: it is cut to the reader's reach already."""
        return self.queryset


class MonthCustomers(CustomerTable):
    """Customers behind a figure: nothing is done to them from here."""

    key = "figure-customers"
    columns = (  # type: ignore[assignment]
        *(one for one in CustomerTable.columns if one.key in CUSTOMER_COLUMNS),
        HtmlColumn("missing", _("Missing now"), wanted=(*COMPLETE, "asked"),
                   html=lambda row, reader: markup.text(_missing(row)), plain=_missing),
    )  # fmt: skip
    views = ()  # type: ignore[assignment]
    bulk = ()  # type: ignore[assignment]
    empty = Empty(_("No rows of yours stand behind this figure."), None, "building")


class MonthCases(CaseTable):
    """Cases behind a figure."""

    key = "figure-cases"
    views = ()  # type: ignore[assignment]
    live = ""
    empty = Empty(_("No rows of yours stand behind this figure."), None, "scale")


class FollowUpTable(Table):
    key = "figure-follow-ups"
    sort = "-pk"
    columns = (
        LinkColumn("customer", _("Company"), "customer__name", url="leads:customer",
                   pk="customer_id"),
        BadgeColumn("kind", pgettext_lazy("follow-up", "Kind"), choices=FollowUpKind),
        BadgeColumn("outcome", _("Outcome"), choices=FollowUpOutcome),
        PersonColumn("member", _("Who"), "member__name", seed="member_id"),
        MomentColumn("at", _("When"), "at"),
        MomentColumn("created_at", _("Logged"), sort="pk"),
        TextColumn("next_step", _("Next step"), hidden=True),
    )  # fmt: skip
    filters = (ChoiceFilter("kind", pgettext_lazy("follow-up", "Kind"), choices=FollowUpKind),)
    empty = Empty(_("No rows of yours stand behind this figure."), None, "phone")


class OwnerTable(Table):
    """Reps and how many customers each had at the end of the month."""

    key = "figure-owners"
    sort = "sort_key"
    columns = (
        PersonColumn("name", _("Rep"), seed="pk", sort="sort_key"),
        TextColumn("department", _("Department"), "department__name"),
        HtmlColumn("held", _("Customers"), align="end",
                   html=lambda row, reader: markup.link(
                       formats.number(row["held"]),
                       f"{reverse('leads:customers')}?owner={row['pk']}"),
                   plain=lambda row: row["held"]),
    )  # fmt: skip
    empty = Empty(_("No rows of yours stand behind this figure."), None, "users")

    def __init__(self, request: Any, queryset: QuerySet[Member], held: dict[int, int]) -> None:
        super().__init__(request, queryset)
        self.held = held

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Each with the customers they had."""
        return [{**row, "held": self.held.get(row["pk"], 0)} for row in rows]


class UpdatedCustomers(MonthCustomers):
    """Customers whose information was updated, and how often."""

    key = "figure-updates"
    columns = (
        *(one for one in CustomerTable.columns if one.key in CUSTOMER_COLUMNS),
        HtmlColumn("times", _("Updates in the month"), align="end",
                   html=lambda row, reader: formats.number(row["times"]),
                   plain=lambda row: row["times"]),
    )  # fmt: skip

    def __init__(self, request: Any, queryset: QuerySet[Any], times: dict[int, int]) -> None:
        super().__init__(request, queryset)
        self.times = times

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Each with its updates."""
        return [{**row, "times": self.times.get(row["pk"], 0)} for row in rows]

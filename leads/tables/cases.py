from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people.models import Member
from crm.web import markup
from crm.web.tables import (
    BadgeColumn,
    ChoiceColumn,
    ChoiceFilter,
    DateFilter,
    DeadlineColumn,
    Empty,
    HtmlColumn,
    LinkColumn,
    MemberFilter,
    MomentColumn,
    PersonColumn,
    QuickView,
    Reader,
    Row,
    Scope,
    SwitchFilter,
    Table,
    TextColumn,
)
from leads.enums import CaseState, CollisionOrigin, CollisionOutcome
from leads.selectors.case_names import CaseNames, named_by
from leads.selectors.cases import is_for
from leads.tables.choices import member_choices
from leads.tables.next_steps import first_possible, to_customers, to_rules
from leads.words import CASE_COLOURS, OUTCOME_OF_CASE_COLOURS

WAITING_QUERY = f"state={CaseState.OPEN.value}&state={CaseState.APPEALED.value}"


def is_mine_to_decide(scope: Scope) -> Q:
    """Cases that wait for the reader's decision."""
    return is_for(Member.objects.get(pk=scope.member_id))


def is_late(scope: Scope) -> Q:
    """Cases whose deadline has passed undecided."""
    return Q(state__in=[CaseState.OPEN, CaseState.APPEALED], due_at__lt=timezone.now())


def newcomers(row: Row, reader: Reader) -> str:
    """The first newcomer, and how many more."""
    first = markup.person(row["newcomer_name"], row["newcomer_id"])
    more = row["newcomers"] - 1
    return f"{first} {markup.text(f'+{more}')}" if more > 0 else first


def newcomers_in_words(row: Row) -> str:
    more = row["newcomers"] - 1
    return f"{row['newcomer_name'] or ''}{f' +{more}' if more > 0 else ''}"


class CaseTable(Table):
    key = "collisions"
    sort = "due"  # what waits, by its deadline; then the others, the latest first
    columns = (
        LinkColumn("title", pgettext_lazy("collision", "Client"), url="leads:case"),
        # on a phone the first three are in sight
        BadgeColumn("state", _("State"), choices=CaseState, colours=CASE_COLOURS),
        DeadlineColumn("due", _("Due"), sort="due", nullable=True, newest=True),
        PersonColumn("holder", _("Owner"), "holder_name", seed="holder_id"),
        HtmlColumn(
            "newcomers",
            pgettext_lazy("collision", "Newcomers"),
            wanted=("newcomer_name", "newcomer_id", "newcomers"),
            html=newcomers,
            plain=newcomers_in_words,
        ),
        PersonColumn("decider", _("Decides"), "decider__name", seed="decider_id"),
        BadgeColumn(
            "outcome", _("Outcome"), choices=CollisionOutcome, colours=OUTCOME_OF_CASE_COLOURS
        ),
        TextColumn("number", _("Number")),
        MomentColumn("opened_at", pgettext_lazy("collision", "Opened"), sort="opened_at"),
        ChoiceColumn(
            "origin", pgettext_lazy("collision", "Came up by"), choices=CollisionOrigin, hidden=True
        ),
        MomentColumn("appeal_until", _("Appeal until"), hidden=True),
        MomentColumn(
            "decided_at",
            pgettext_lazy("collision", "Decided"),
            sort="decided_at",
            nullable=True,
            hidden=True,
        ),
    )
    filters = (
        ChoiceFilter("state", _("State"), choices=CaseState),
        ChoiceFilter("outcome", _("Outcome"), choices=CollisionOutcome),
        ChoiceFilter("origin", pgettext_lazy("collision", "Came up by"), choices=CollisionOrigin),
        MemberFilter("decider", _("Decides"), nullable=True, people=member_choices),
        DateFilter("opened_at", pgettext_lazy("collision", "Opened")),
        DateFilter("decided_at", pgettext_lazy("collision", "Decided")),
        SwitchFilter("to_decide", _("Waits for my decision"), when=is_mine_to_decide),
        SwitchFilter("late", _("Deadline passed"), when=is_late),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("waiting", _("To be decided"), WAITING_QUERY),
        QuickView("mine", _("Waits for my decision"), "to_decide=yes"),
        QuickView("late", _("Deadline passed"), "late=yes"),
        QuickView("appealed", pgettext_lazy("collision", "Appealed"), "state=appealed"),
    )
    search_hint = _("Company or number")
    export_permission = "leads.decide_case"
    refresh = ("case-changed", "tz:case-changed")
    live, live_label = "tz:lead-collision", _("new collisions")

    @property
    def nothing(self) -> Empty:
        """Whoever sets it up looks at the rules, the others at their clients."""
        words = _("No collisions. When two reps reach for one client, it is settled here.")
        step = first_possible(self.request.member, to_rules(), to_customers())
        return Empty(words, step, "scale")

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By number, or by as much of the name as the reader may know."""
        named = named_by(self.request.member, text)
        return queryset.filter(named | Q(number__startswith=text.upper()))

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Each with its client's name as the reader may read it."""
        names = CaseNames(self.request.member, [row["pk"] for row in rows])
        return [{**row, "title": names.of_case(row["pk"], row["title"])} for row in rows]

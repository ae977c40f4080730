from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.web import markup
from crm.web.components import Action
from crm.web.tables import (
    AmountFilter,
    BulkAction,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    DeadlineColumn,
    DepartmentFilter,
    Empty,
    HtmlColumn,
    LinkColumn,
    MemberFilter,
    MomentColumn,
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
from leads.enums import StageKind
from leads.selectors.matching_text import narrow_opportunities
from leads.tables.choices import (
    department_choices,
    department_tree,
    member_choices,
    stage_choices,
)
from leads.words import STAGE_COLOURS


def stage_badge(row: Row, reader: Reader) -> SafeString:
    """The stage with the colour of its kind."""
    return markup.badge(row["stage__name"], STAGE_COLOURS[row["stage__kind"]])


def is_overdue(scope: Scope) -> Q:
    """Open deals whose next step should have happened."""
    return Q(stage__kind=StageKind.OPEN, next_step_at__lt=timezone.now())


class OpportunityTable(Table):
    key = "opportunities"
    sort = "-pk"
    columns = (
        LinkColumn("name", _("Opportunity"), url="leads:opportunity"),
        LinkColumn(
            "customer", _("Customer"), "customer__name", url="leads:customer", pk="customer_id"
        ),
        HtmlColumn("stage", _("Stage"), "stage__name", html=stage_badge, wanted=("stage__kind",)),
        MoneyColumn("amount", _("Expected amount"), sort="amount", currency="currency"),
        PersonColumn("owner", _("Owner"), "owner__name", seed="owner_id"),
        DayColumn(
            "expected_close_date", _("Expected close"), sort="expected_close_date", nullable=True
        ),
        TextColumn("next_step", _("Next step")),
        DeadlineColumn("next_step_at", _("Due"), sort="next_step_at", nullable=True),
        MomentColumn("updated_at", _("Updated"), sort="updated_at"),
        MomentColumn("stage_changed_at", _("In stage since"), hidden=True),
        TextColumn("lost_reason", _("Why lost"), hidden=True),
        TextColumn("number", _("Number"), hidden=True),
        TextColumn("department", _("Department"), "department__name", hidden=True),
        MomentColumn("created_at", _("Created"), sort="pk", hidden=True),
    )
    filters = (
        ChoiceFilter("stage", _("Stage"), choices=stage_choices),
        ChoiceFilter("kind", _("Outcome"), path="stage__kind", choices=StageKind),
        MemberFilter("owner", _("Owner"), nullable=True, people=member_choices),
        AmountFilter("amount", _("Expected amount")),
        DateFilter("expected_close_date", _("Expected close"), is_date=True),
        DepartmentFilter(
            "department", _("Department"), departments=department_choices, expand=department_tree
        ),
        DateFilter("created_at", _("Created")),
        DateFilter("closed_at", _("Closed")),
        SwitchFilter("overdue", _("Next step overdue"), when=is_overdue),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("open", _("In progress"), "kind=open"),
        QuickView("mine", _("Mine"), "kind=open&owner=me"),
        QuickView("closing", _("Closing this month"), "kind=open&expected_close_date=month"),
        QuickView("won", _("Won this month"), "kind=won&closed_at=month"),
    )
    bulk = (
        BulkAction(
            _("Share"), "leads:bulk_share_opportunity", "user-plus", "leads.edit_opportunity",
            frame="modal",
        ),
        BulkAction(
            _("Transfer"), "leads:bulk_transfer_opportunity", "arrows-left-right",
            "leads.transfer_opportunity", frame="modal",
        ),
        BulkAction(
            _("Close as lost"), "leads:bulk_lose", "thumb-down", "leads.edit_opportunity",
            frame="modal",
        ),
    )  # fmt: skip
    search_hint = _("Opportunity, customer or number")
    export_permission = "leads.export_opportunity"
    refresh = ("opportunity-created", "opportunity-updated", "opportunity-moved")
    empty = Empty(
        _("No opportunities yet. Convert a lead, or open one for a customer."),
        Action(
            _("Add an opportunity"), reverse_lazy("leads:create_opportunity"), "plus",
            frame="drawer",
        ),
        "briefcase",
    )  # fmt: skip

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_opportunities(queryset, text)

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.places import Province
from crm.web.components import Action
from crm.web.tables import (
    BadgeColumn,
    BulkAction,
    ChoiceColumn,
    ChoiceFilter,
    DateFilter,
    DeadlineColumn,
    DepartmentFilter,
    Empty,
    LinkColumn,
    MemberFilter,
    MomentColumn,
    PersonColumn,
    PhoneColumn,
    QuickView,
    Row,
    Scope,
    SwitchFilter,
    Table,
    TextColumn,
)
from leads.enums import Channel, Industry, LeadStatus
from leads.selectors.matching_text import narrow_leads
from leads.tables.choices import department_choices, department_tree, member_choices
from leads.words import LEAD_COLOURS

OPEN = (LeadStatus.NEW.value, LeadStatus.CONTACTED.value, LeadStatus.QUALIFIED.value)
OPEN_QUERY = "&".join(f"status={one}" for one in OPEN)


def is_untouched(scope: Scope) -> Q:
    """Open leads that nobody has effectively followed up."""
    return Q(status__in=OPEN, first_response_at__isnull=True)


def is_overdue(scope: Scope) -> Q:
    """Open leads whose next step should have happened."""
    return Q(status__in=OPEN, next_step_at__lt=timezone.now())


class LeadTable(Table):
    key = "leads"
    sort = "-pk"
    columns = (
        LinkColumn("company_name", _("Company"), url="leads:detail", sort="sort_key"),
        TextColumn("contact_name", _("Contact")),
        PhoneColumn("phone", _("Phone")),
        TextColumn("other_phones", _("Other phones"), hidden=True),
        BadgeColumn("status", _("Status"), choices=LeadStatus, colours=LEAD_COLOURS),
        ChoiceColumn("channel", _("Source"), choices=Channel),
        ChoiceColumn("province", _("Province"), choices=Province),
        PersonColumn("owner", _("Owner"), "owner__name", seed="owner_id"),
        TextColumn("next_step", _("Next step")),
        DeadlineColumn("next_step_at", _("Due"), sort="next_step_at", nullable=True),
        MomentColumn("updated_at", _("Updated"), sort="updated_at"),
        ChoiceColumn("industry", _("Industry"), choices=Industry, hidden=True),
        TextColumn("city", _("City"), hidden=True),
        TextColumn("campaign", _("Campaign or event"), hidden=True),
        TextColumn("number", _("Number"), hidden=True),
        MomentColumn("last_follow_up_at", _("Last follow-up"), hidden=True),
        TextColumn("department", _("Department"), "department__name", hidden=True),
        MomentColumn("created_at", _("Created"), sort="pk", hidden=True),
    )
    filters = (
        ChoiceFilter("status", _("Status"), choices=LeadStatus),
        MemberFilter("owner", _("Owner"), nullable=True, people=member_choices),
        ChoiceFilter("channel", _("Source"), choices=Channel),
        ChoiceFilter("province", _("Province"), choices=Province),
        ChoiceFilter("industry", _("Industry"), choices=Industry),
        DepartmentFilter(
            "department", _("Department"), departments=department_choices, expand=department_tree
        ),
        DateFilter("created_at", _("Created")),
        DateFilter("converted_at", pgettext_lazy("lead", "Converted")),
        DateFilter("next_step_at", _("Next step due")),
        SwitchFilter("untouched", _("Not followed up yet"), when=is_untouched),
        SwitchFilter("overdue", _("Next step overdue"), when=is_overdue),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("open", pgettext_lazy("leads", "Open"), OPEN_QUERY),
        QuickView("mine", _("Mine"), f"{OPEN_QUERY}&owner=me"),
        QuickView("untouched", _("Not followed up yet"), "untouched=yes"),
        QuickView("overdue", _("Next step overdue"), "overdue=yes"),
        QuickView("week", _("This week"), "created_at=week"),
    )
    bulk = (
        BulkAction(
            _("Assign"), "leads:bulk_assign", "user-share", "leads.assign_lead", frame="modal"
        ),
        BulkAction(
            _("Transfer"),
            "leads:bulk_transfer_lead",
            "arrows-left-right",
            "leads.transfer_lead",
            frame="modal",
        ),
        BulkAction(
            _("Share"), "leads:bulk_share_lead", "user-plus", "leads.edit_lead", frame="modal"
        ),
        BulkAction(_("Merge two"), "leads:merge_leads", "git-merge", "leads.merge_lead"),
        BulkAction(
            _("Mark invalid"), "leads:bulk_invalidate", "circle-x", "leads.edit_lead", frame="modal"
        ),
    )
    search_hint = _("Company, contact, phone or number")
    export_permission = "leads.export_lead"
    refresh = ("lead-created", "lead-updated", "follow-up-logged")
    live, live_label = "tz:lead-assigned", _("new leads")
    empty = Empty(
        _("No leads yet. They appear here as soon as somebody is interested in you."),
        Action(_("Add a lead"), reverse_lazy("leads:create"), "plus", frame="drawer"),
        "users",
    )

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_leads(queryset, text)

    def row_css(self, row: Row) -> str:
        return "tz-row-quiet" if row.get("status") == LeadStatus.INVALID else ""

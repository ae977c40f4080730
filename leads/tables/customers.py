from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    Scope,
    SwitchFilter,
    Table,
    TextColumn,
)
from leads.enums import CustomerLevel, CustomerStatus, Industry
from leads.selectors.matching_text import narrow_contacts, narrow_customers
from leads.tables.choices import department_choices, department_tree, member_choices
from leads.words import CUSTOMER_COLOURS, LEVEL_COLOURS


def is_overdue(scope: Scope) -> Q:
    """Customers whose next step should have happened."""
    return Q(next_step_at__lt=timezone.now())


class CustomerTable(Table):
    key = "customers"
    sort = "-pk"
    columns = (
        LinkColumn("name", _("Company"), url="leads:customer", sort="sort_key"),
        BadgeColumn("status", _("Status"), choices=CustomerStatus, colours=CUSTOMER_COLOURS),
        BadgeColumn("level", _("Level"), choices=CustomerLevel, colours=LEVEL_COLOURS),
        ChoiceColumn("industry", _("Industry"), choices=Industry),
        ChoiceColumn("province", _("Province"), choices=Province),
        PersonColumn("owner", _("Owner"), "owner__name", seed="owner_id"),
        TextColumn("next_step", _("Next step")),
        DeadlineColumn("next_step_at", _("Due"), sort="next_step_at", nullable=True),
        MomentColumn("last_follow_up_at", _("Last follow-up")),
        MomentColumn("updated_at", _("Updated"), sort="updated_at"),
        PhoneColumn("phone", _("Phone"), hidden=True),
        TextColumn("city", _("City"), hidden=True),
        TextColumn("credit_code", _("Unified social credit code"), hidden=True),
        TextColumn("number", _("Number"), hidden=True),
        TextColumn("department", _("Department"), "department__name", hidden=True),
        MomentColumn("created_at", _("Created"), sort="pk", hidden=True),
    )
    filters = (
        ChoiceFilter("status", _("Status"), choices=CustomerStatus),
        ChoiceFilter("level", _("Level"), choices=CustomerLevel),
        MemberFilter("owner", _("Owner"), nullable=True, people=member_choices),
        ChoiceFilter("industry", _("Industry"), choices=Industry),
        ChoiceFilter("province", _("Province"), choices=Province),
        DepartmentFilter(
            "department", _("Department"), departments=department_choices, expand=department_tree
        ),
        DateFilter("created_at", _("Created")),
        SwitchFilter("overdue", _("Next step overdue"), when=is_overdue),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("mine", _("Mine"), "owner=me"),
        QuickView("key", _("Key customers"), "level=a"),
        QuickView("overdue", _("Next step overdue"), "overdue=yes"),
    )
    bulk = (
        BulkAction(
            _("Share"), "leads:bulk_share_customer", "user-plus", "leads.edit_customer",
            frame="modal",
        ),
        BulkAction(
            _("Transfer"), "leads:bulk_transfer_customer", "arrows-left-right",
            "leads.transfer_customer", frame="modal",
        ),
        BulkAction(_("Merge two"), "leads:merge_customers", "git-merge", "leads.merge_customer"),
    )  # fmt: skip
    search_hint = _("Company, phone or number")
    export_permission = "leads.export_customer"
    refresh = ("customer-created", "customer-updated", "follow-up-logged")
    empty = Empty(
        _("No customers yet. A lead becomes one when you convert it."),
        Action(_("Add a customer"), reverse_lazy("leads:create_customer"), "plus", frame="drawer"),
        "building",
    )

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_customers(queryset, text)


class ContactTable(Table):
    key = "contacts"
    sort = "-pk"
    columns = (
        LinkColumn("name", _("Name"), url="leads:contact", sort="sort_key"),
        TextColumn("title", _("Job title")),
        LinkColumn(
            "customer", _("Company"), "customer__name", url="leads:customer", pk="customer_id"
        ),
        PhoneColumn("phone", _("Phone")),
        TextColumn("email", _("E-mail")),
        TextColumn("other_phones", _("Other phones"), hidden=True),
        TextColumn("wechat", _("WeChat")),
        PersonColumn("owner", _("Owner"), "customer__owner__name", seed="customer__owner_id"),
        MomentColumn("created_at", _("Created"), sort="pk", hidden=True),
    )
    filters = (
        MemberFilter(
            "owner", _("Owner"), path="customer__owner", nullable=True, people=member_choices
        ),
        DateFilter("created_at", _("Created")),
    )
    views = (QuickView("all", _("All")), QuickView("mine", _("Mine"), "owner=me"))
    search_hint = _("Name or phone")
    export_permission = "leads.export_customer"
    refresh = ("contact-saved",)
    empty = Empty(_("No contacts yet. Add them on their customer's page."), None, "id-badge-2")

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_contacts(queryset, text)

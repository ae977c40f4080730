"""Lists: columns, filters, keyset pages, saved views, bulk actions, export.

class LeadTable(Table):
    key = "leads"
    columns = (LinkColumn("name", _("Company"), url="leads:detail", sort="name"), …)
    filters = (ChoiceFilter("state", _("State"), choices=LeadState), …)

return LeadTable(request, visible_leads).respond(title=_("Leads"))
"""

from crm.web.tables.columns import (
    BadgeColumn,
    ChoiceColumn,
    Column,
    DayColumn,
    DeadlineColumn,
    HtmlColumn,
    LinkColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    PersonColumn,
    PhoneColumn,
    Reader,
    Row,
    TextColumn,
)
from crm.web.tables.controls import BulkAction, Empty, QuickView
from crm.web.tables.filters import (
    AmountFilter,
    BooleanFilter,
    ChoiceFilter,
    DateFilter,
    DepartmentFilter,
    Filter,
    MemberFilter,
    Scope,
    SwitchFilter,
    TextFilter,
)
from crm.web.tables.table import Table

__all__ = [
    "AmountFilter",
    "BadgeColumn",
    "BooleanFilter",
    "BulkAction",
    "ChoiceColumn",
    "ChoiceFilter",
    "Column",
    "DateFilter",
    "DayColumn",
    "DeadlineColumn",
    "DepartmentFilter",
    "Empty",
    "Filter",
    "HtmlColumn",
    "LinkColumn",
    "MemberFilter",
    "MomentColumn",
    "MoneyColumn",
    "NumberColumn",
    "PercentColumn",
    "PersonColumn",
    "PhoneColumn",
    "QuickView",
    "Reader",
    "Row",
    "Scope",
    "SwitchFilter",
    "Table",
    "TextColumn",
    "TextFilter",
]

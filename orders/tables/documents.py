"""Columns, filters and ticked actions that the lists of quotes and orders share."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.web.components import Action
from crm.web.tables import (
    AmountFilter,
    BooleanFilter,
    BulkAction,
    ChoiceColumn,
    ChoiceFilter,
    DepartmentFilter,
    Empty,
    MemberFilter,
    MomentColumn,
    MoneyColumn,
    PersonColumn,
    Table,
    TextColumn,
)
from crm.web.tables.controls import Label
from leads.tables.choices import department_choices, department_tree, member_choices
from orders.enums import Currency, PaymentTerms

CUSTOMER = TextColumn("customer", _("Customer"), "customer__name")
AMOUNT = (
    MoneyColumn("gross_amount", _("Total"), sort="gross_amount", currency="currency"),
    PersonColumn("owner", _("Owner"), "owner__name", seed="owner_id"),
)
TERMS = ChoiceColumn("payment_terms", _("Payment terms"), choices=PaymentTerms)
UPDATED = MomentColumn("updated_at", _("Updated"), sort="updated_at")
HIDDEN = (
    MoneyColumn("net_amount", _("Net amount"), currency="currency", hidden=True),
    MoneyColumn("tax_amount", _("Tax"), currency="currency", hidden=True),
    MoneyColumn("discount_amount", _("Discount"), currency="currency", hidden=True),
    TextColumn("department", _("Department"), "department__name", hidden=True),
)
PEOPLE_FILTERS = (
    MemberFilter("owner", _("Owner"), nullable=True, people=member_choices),
    DepartmentFilter(
        "department", _("Department"), departments=department_choices, expand=department_tree
    ),
)
TERMS_FILTERS = (
    AmountFilter("gross_amount", _("Total")),
    ChoiceFilter("payment_terms", _("Payment terms"), choices=PaymentTerms),
    ChoiceFilter("currency", _("Currency"), choices=Currency),
    BooleanFilter("has_line_below_floor", _("Below floor price")),
)


def handing_on(name: str) -> tuple[BulkAction, BulkAction]:
    """Share and transfer what is ticked."""
    return (
        BulkAction(
            _("Share"),
            f"orders:bulk_share_{name}",
            "user-plus",
            f"orders.edit_{name}",
            frame="modal",
        ),
        BulkAction(
            _("Transfer"),
            f"orders:bulk_transfer_{name}",
            "arrows-left-right",
            f"orders.transfer_{name}",
            frame="modal",
        ),
    )


class DocumentTable(Table):
    """Newest first; when there are none, the way to the first one."""

    sort = "-pk"
    icon: ClassVar[str]
    none_yet: ClassVar[Label]
    write_first: ClassVar[Label]

    def __init__(
        self, request: HttpRequest, queryset: QuerySet[Any], *, create: Action | None
    ) -> None:
        super().__init__(request, queryset)
        text = self.write_first if create else self.none_yet
        self.empty = Empty(text, create, self.icon)  # type: ignore[misc]

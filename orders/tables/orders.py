from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.web.components import Action
from crm.web.tables import (
    AmountFilter,
    BadgeColumn,
    BooleanFilter,
    BulkAction,
    ChoiceColumn,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    DepartmentFilter,
    Empty,
    LinkColumn,
    MemberFilter,
    MomentColumn,
    MoneyColumn,
    PersonColumn,
    QuickView,
    Table,
    TextColumn,
)
from leads.tables.choices import department_choices, department_tree, member_choices
from orders.enums import Currency, OrderStatus, PaymentTerms
from orders.selectors.orders import narrow_orders

COLOURS: dict[str, str] = {
    OrderStatus.DRAFT: "grey",
    OrderStatus.SUBMITTED: "blue",
    OrderStatus.APPROVED: "green",
    OrderStatus.SENT_BACK: "amber",
    OrderStatus.CANCELLED: "grey",
    OrderStatus.COMPLETED: "teal",
}


class OrderTable(Table):
    key = "orders"
    sort = "-pk"
    columns = (
        LinkColumn("number", _("Number"), url="orders:detail", sort="pk"),
        TextColumn("customer", _("Customer"), "customer__name"),
        BadgeColumn("status", _("Status"), choices=OrderStatus, colours=COLOURS),
        MoneyColumn("gross_amount", _("Total"), sort="gross_amount", currency="currency"),
        PersonColumn("owner", _("Owner"), "owner__name", seed="owner_id"),
        DayColumn("order_date", _("Order date"), sort="order_date"),
        ChoiceColumn("payment_terms", _("Payment terms"), choices=PaymentTerms),
        MomentColumn("updated_at", _("Updated"), sort="updated_at"),
        TextColumn("contract_number", _("Contract number"), hidden=True),
        DayColumn("delivery_date", _("Delivery date"), hidden=True),
        MoneyColumn("net_amount", _("Net amount"), currency="currency", hidden=True),
        MoneyColumn("tax_amount", _("Tax"), currency="currency", hidden=True),
        MoneyColumn("discount_amount", _("Discount"), currency="currency", hidden=True),
        TextColumn("department", _("Department"), "department__name", hidden=True),
        MomentColumn("approved_at", _("Approved"), hidden=True),
    )
    filters = (
        ChoiceFilter("status", _("Status"), choices=OrderStatus),
        MemberFilter("owner", _("Owner"), nullable=True, people=member_choices),
        DepartmentFilter(
            "department", _("Department"), departments=department_choices, expand=department_tree
        ),
        DateFilter("order_date", _("Order date"), is_date=True),
        AmountFilter("gross_amount", _("Total")),
        ChoiceFilter("payment_terms", _("Payment terms"), choices=PaymentTerms),
        ChoiceFilter("currency", _("Currency"), choices=Currency),
        BooleanFilter("has_line_below_floor", _("Below floor price")),
    )
    views = (
        QuickView("all", _("All")),
        QuickView("mine", _("Mine"), "owner=me"),
        QuickView("drafts", _("To finish"), "status=draft&status=sent_back"),
        QuickView("submitted", _("In approval"), "status=submitted"),
        QuickView("approved", _("Approved"), "status=approved"),
    )
    bulk = (
        BulkAction(_("Submit for approval"), "orders:bulk_submit", "send", "orders.edit_order"),
        BulkAction(
            _("Share"), "orders:bulk_share_order", "user-plus", "orders.edit_order", frame="modal"
        ),
        BulkAction(
            _("Transfer"), "orders:bulk_transfer_order", "arrows-left-right",
            "orders.transfer_order", frame="modal",
        ),
    )  # fmt: skip
    search_hint = _("Number, contract or customer")
    export_permission = "orders.export_order"
    refresh = ("order-changed", "approval-changed", "tz:approval-changed")

    def __init__(
        self, request: HttpRequest, queryset: QuerySet[Any], *, create: Action | None
    ) -> None:
        super().__init__(request, queryset)
        text = _("No orders yet. Write one for a customer.") if create else _("No orders yet.")
        self.empty = Empty(text, create, "file-invoice")  # type: ignore[misc]

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_orders(queryset, text)

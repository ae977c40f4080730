from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.web.tables import (
    BadgeColumn,
    BulkAction,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    LinkColumn,
    MomentColumn,
    QuickView,
    TextColumn,
)
from orders.enums import OrderStatus
from orders.selectors.orders import narrow_orders
from orders.tables.documents import (
    AMOUNT,
    CUSTOMER,
    HIDDEN,
    PEOPLE_FILTERS,
    TERMS,
    TERMS_FILTERS,
    UPDATED,
    DocumentTable,
    handing_on,
)

COLOURS: dict[str, str] = {
    OrderStatus.DRAFT: "grey",
    OrderStatus.SUBMITTED: "blue",
    OrderStatus.APPROVED: "green",
    OrderStatus.SENT_BACK: "amber",
    OrderStatus.CANCELLED: "grey",
    OrderStatus.COMPLETED: "teal",
}


class OrderTable(DocumentTable):
    key = "orders"
    columns = (
        LinkColumn("number", _("Number"), url="orders:detail", sort="pk"),
        CUSTOMER,
        BadgeColumn("status", _("Status"), choices=OrderStatus, colours=COLOURS),
        *AMOUNT,
        DayColumn("order_date", _("Order date"), sort="order_date"),
        TERMS,
        UPDATED,
        TextColumn("contract_number", _("Contract number"), hidden=True),
        DayColumn("delivery_date", _("Delivery date"), hidden=True),
        *HIDDEN,
        MomentColumn("approved_at", _("Approved"), hidden=True),
    )
    filters = (
        ChoiceFilter("status", _("Status"), choices=OrderStatus),
        *PEOPLE_FILTERS,
        DateFilter("order_date", _("Order date"), is_date=True),
        *TERMS_FILTERS,
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
        *handing_on("order"),
    )
    search_hint = _("Number, contract or customer")
    export_permission = "orders.export_order"
    refresh = ("order-changed", "approval-changed", "tz:approval-changed")
    icon = "file-invoice"
    none_yet = _("No orders yet.")
    write_first = _("No orders yet. Write one for a customer.")

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return narrow_orders(queryset, text)

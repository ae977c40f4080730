from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web.tables import (
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    LinkColumn,
    MomentColumn,
    QuickView,
    TextColumn,
)
from orders.enums import QuoteStatus
from orders.models import Quote
from orders.selectors.quotes import narrow_quotes
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
    QuoteStatus.DRAFT: "grey",
    QuoteStatus.SENT: "blue",
    QuoteStatus.ACCEPTED: "green",
    QuoteStatus.ORDERED: "teal",
    QuoteStatus.DECLINED: "red",
    QuoteStatus.EXPIRED: "amber",
    QuoteStatus.REVISED: "grey",
    QuoteStatus.WITHDRAWN: "grey",
}


class QuoteTable(DocumentTable):
    key = "quotes"
    columns = (
        LinkColumn("number", _("Number"), url="orders:quote", sort="pk"),
        CUSTOMER,
        BadgeColumn("status", _("Status"), choices=QuoteStatus, colours=COLOURS),
        *AMOUNT,
        DayColumn("quote_date", _("Quote date"), sort="quote_date"),
        DayColumn("valid_until", pgettext_lazy("quote", "Valid until"), sort="valid_until"),
        UPDATED,
        TERMS,
        *HIDDEN,
        MomentColumn("sent_at", pgettext_lazy("quote", "Sent"), hidden=True),
        TextColumn("closed_reason", _("Why closed"), hidden=True),
    )
    filters = (
        ChoiceFilter("status", _("Status"), choices=QuoteStatus),
        *PEOPLE_FILTERS,
        DateFilter("quote_date", _("Quote date"), is_date=True),
        DateFilter("valid_until", pgettext_lazy("quote", "Valid until"), is_date=True),
        *TERMS_FILTERS,
    )
    views = (
        QuickView("all", _("All")),
        QuickView("mine", _("Mine"), "owner=me"),
        QuickView("drafts", _("To finish"), "status=draft"),
        QuickView("sent", _("With the customer"), "status=sent"),
        QuickView("accepted", _("To order"), "status=accepted"),
    )
    bulk = handing_on("quote")
    search_hint = _("Number or customer")
    export_permission = "orders.export_quote"
    refresh = ("quote-changed",)
    icon = "file-text"
    none_yet = _("No quotes yet.")
    write_first = _("No quotes yet. Write one for a customer.")

    def find(self, queryset: QuerySet[Quote], text: str) -> QuerySet[Any]:
        return narrow_quotes(queryset, text)

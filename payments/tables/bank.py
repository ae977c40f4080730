from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web import markup
from crm.web.tables import (
    AmountFilter,
    BadgeColumn,
    ChoiceFilter,
    DateFilter,
    DayColumn,
    Empty,
    HtmlColumn,
    LinkColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PersonColumn,
    Reader,
    Row,
    Table,
    TextColumn,
)
from payments.enums import BalanceCode, LineState


def period(row: Row, reader: Reader) -> str:
    """The first and the last day of the statement."""
    if row["first_date"] is None:
        return markup.NOTHING
    first, last = reader.formats.day(row["first_date"]), reader.formats.day(row["last_date"])
    return markup.text(first if first == last else f"{first} – {last}")


def known_lines(row: Row, reader: Reader) -> str:
    return markup.text(row["line_count"] - row["new_count"])


class StatementTable(Table):
    """Uploads of bank files."""

    key = "statements"
    sort = "-pk"
    columns = (
        LinkColumn("account", _("Account"), "account__name", url="payments:statement"),
        HtmlColumn("period", _("Period"), "first_date", html=period, wanted=("last_date",)),
        NumberColumn("new_count", _("New lines")),
        HtmlColumn(
            "known",
            pgettext_lazy("bank line", "Known"),
            "line_count",
            html=known_lines,
            wanted=("new_count",),
            align="end",
        ),
        BadgeColumn(
            "balance_code",
            _("Balance"),
            choices=BalanceCode,
            colours={"balanced": "green", "mismatch": "red"},
        ),
        MoneyColumn("closing_balance", _("Closing balance"), currency="account__currency"),
        TextColumn("file", _("File"), "file__name"),
        PersonColumn("created_by", _("Uploaded by"), "created_by__name", seed="created_by_id"),
        MomentColumn("created_at", _("Uploaded")),
    )
    filters = (ChoiceFilter("balance_code", _("Balance"), choices=BalanceCode),)
    refresh = ("bank-lines-changed",)
    empty = Empty(_("No bank statement has been uploaded yet."), None, "building-bank")


def line_state(row: Row, reader: Reader) -> str:
    """Matched, in part, or not; money out needs no match."""
    amount, matched = row["amount"], row["matched_amount"]
    if amount <= 0:
        return markup.badge(LineState.OUTGOING.label, "grey")
    if matched >= amount:
        return markup.badge(LineState.POSTED.label, "green")
    return (
        markup.badge(_("Part posted"), "blue")
        if matched
        else markup.badge(LineState.OPEN.label, "amber")
    )


def payer(row: Row, reader: Reader) -> str:
    """The payer, opening the line in the reconciliation page."""
    address = reader.url_maker("payments:line")(row["pk"])
    return markup.link(row["counterparty_name"] or row["memo"], address)


class LineTable(Table):
    """The lines of a statement."""

    key = "bank-lines"
    sort = "-booking_date"
    columns = (
        HtmlColumn("payer", _("Payer"), "counterparty_name", html=payer, wanted=("memo", "pk")),
        MoneyColumn("amount", _("Amount"), currency="currency"),
        HtmlColumn("state", _("State"), "matched_amount", html=line_state, wanted=("amount",)),
        DayColumn("booking_date", _("Booked"), sort="booking_date"),
        TextColumn("memo", _("Memo")),
        TextColumn("reference", _("Reference"), hidden=True),
        MoneyColumn("balance", _("Balance"), currency="currency"),
        NumberColumn("row", _("Row"), hidden=True),
    )
    filters = (
        AmountFilter("amount", _("Amount")),
        DateFilter("booked", _("Booked"), path="booking_date", is_date=True),
    )
    refresh = ("bank-lines-changed", "tz:bank-lines-changed")
    export_permission = "payments.view_statement"
    empty = Empty(_("Every line of this file was known already."), None, "circle-check")

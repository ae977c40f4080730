"""What the engines say in codes, in words for people: why a file is unreadable, why a match."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.web import formats

Label = str | Promise

UNREADABLE: dict[str, Label] = {
    "empty": gettext_lazy("The file has no rows."),
    "not_a_table": gettext_lazy("This is not a table. Export the statement as CSV or Excel."),
    "unsupported_format": gettext_lazy("This kind of workbook is not read. Save it as XLSX."),
    "encrypted": gettext_lazy("The file is protected by a password. Save it without one."),
    "old_format": gettext_lazy("This Excel file is too old to be read. Save it as XLSX."),
    "damaged": gettext_lazy("The file is damaged. Download it from the bank again."),
    "encoding": gettext_lazy("The characters cannot be read. Save the file as UTF-8 or Excel."),
    "unpacked_too_large": gettext_lazy("The workbook is too large. Export a shorter period."),
    "too_many_cells": gettext_lazy("The sheet is too large. Export a shorter period."),
    "too_many_columns": gettext_lazy("A row has too many columns."),
    "unclosed_quote": gettext_lazy("A quotation mark is opened and never closed."),
    "cell_too_long": gettext_lazy("A cell is too long to be from a bank statement."),
    "no_such_sheet": gettext_lazy("The sheet does not exist."),
    "no_such_row": gettext_lazy("The row does not exist."),
    "unknown_layout": gettext_lazy(
        "No columns of date and amount were found. Is this the statement's detail export?"
    ),
    "bad_date": gettext_lazy("“%(value)s” is not a date."),
    "ambiguous_date": gettext_lazy("“%(value)s” may be two different days."),
    "bad_amount": gettext_lazy("“%(value)s” is not an amount."),
    "no_amount": gettext_lazy("The row has no amount."),
    "unknown_direction": gettext_lazy("“%(value)s” does not say if money came in or went out."),
}

REASONS: dict[str, Label] = {
    "amount_exact": gettext_lazy("amount equal"),
    "amount_unique": gettext_lazy("only receivable of this amount"),
    "amount_near": gettext_lazy("amount close: %(difference)s differ"),
    "amounts_add_up": gettext_lazy("%(items)s instalments add up"),
    "all_open_items": gettext_lazy("pays everything open"),
    "part_payment": gettext_lazy("part payment"),
    "completes_part_payment": gettext_lazy("completes a part payment"),
    "overpayment": gettext_lazy("pays more than is open"),
    "reference": gettext_lazy("no. %(references)s"),
    "reference_digits": gettext_lazy("digits of %(references)s"),
    "payer_alias_account": gettext_lazy("known account of the payer"),
    "payer_alias_name": gettext_lazy("payer alias"),
    "payer_alias_shared": gettext_lazy("payer pays for several customers"),
    "payer_name_equal": gettext_lazy("payer is the customer"),
    "payer_name_same": gettext_lazy("payer is the customer by name"),
    "payer_name_probable": gettext_lazy("payer's name is similar"),
    "payer_named_in_memo": gettext_lazy("customer named in memo"),
    "payer_differs": gettext_lazy("payer is somebody else"),
    "payer_unknown": gettext_lazy("payer unknown"),
    "date_in_window": gettext_lazy("near the due date"),
    "date_far": gettext_lazy("far from the due date"),
    "oldest_of_equal": gettext_lazy("oldest of equal receivables"),
    "oldest_first": gettext_lazy("oldest first"),
    "equal_candidates": gettext_lazy("several fit equally"),
    "contested": gettext_lazy("another line fits too"),
    "taken_by_other_line": gettext_lazy("another line fits better"),
    "nothing_open": gettext_lazy("nothing open of this customer"),
    "already_settled": gettext_lazy("already paid"),
    "money_out": gettext_lazy("money went out"),
    "returned_money": gettext_lazy("returned money"),
    "no_amount": gettext_lazy("no amount"),
    "chosen_by_hand": gettext_lazy("chosen by hand"),
}
WEAK = frozenset(
    {"amount_near", "amounts_add_up", "part_payment", "completes_part_payment", "all_open_items"}
    | {"reference_digits", "payer_alias_shared", "payer_name_probable", "payer_named_in_memo"}
    | {"oldest_of_equal", "oldest_first", "chosen_by_hand"}
)
BAD = frozenset(
    {"overpayment", "payer_differs", "payer_unknown", "date_far", "equal_candidates", "contested"}
    | {"taken_by_other_line", "nothing_open", "already_settled", "money_out", "returned_money"}
    | {"no_amount"}
)


def unreadable(place: str, code: str, params: Mapping[str, object]) -> str:
    """Where a file fails and why, as one sentence."""
    reason = _filled(UNREADABLE.get(code, UNREADABLE["damaged"]), params)
    kind, _sep, name = place.partition(":")
    if kind == "row":
        return _("Row %(row)s: %(reason)s") % {"row": name, "reason": reason}
    if kind == "sheet":
        return _("Sheet “%(sheet)s”: %(reason)s") % {"sheet": name, "reason": reason}
    return reason


def reason_words(reason: Mapping[str, Any]) -> str:
    """One stored reason in words."""
    code, params = str(reason.get("code", "")), dict(reason.get("params", {}))
    if code == "amount_near" and {"amount", "open"} <= params.keys():
        params["difference"] = _money(Decimal(params["amount"]) - Decimal(params["open"]))
    if isinstance(params.get("references"), list):
        params["references"] = ", ".join(params["references"])
    return _filled(REASONS.get(code, code), params)


def _money(amount: Decimal) -> str:
    return formats.money(abs(amount))


def reason_tone(code: str) -> str:
    """Whether the reason speaks for the match, weakly, or against it."""
    return "bad" if code in BAD else "weak" if code in WEAK else "good"


class _Missing(dict[str, object]):
    """Values of a sentence; what is not known is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _filled(text: Label, params: Mapping[str, object]) -> str:
    shown = str(text)
    return (shown % _Missing(params)).strip() if "%(" in shown else shown

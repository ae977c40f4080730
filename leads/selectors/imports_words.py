"""What is wrong with a file or a cell, and what became of a row, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.tabular.headers import column_letter
from leads.enums import Bucket, ImportState, RecordKind, TouchOutcome

FIELD_LABELS = {
    "company_name": gettext_lazy("Company"),
    "contact_name": gettext_lazy("Contact"),
    "contact_title": gettext_lazy("Job title"),
    "phone": gettext_lazy("Phone"),
    "other_phone": gettext_lazy("Another phone"),
    "email": gettext_lazy("E-mail"),
    "wechat": gettext_lazy("WeChat"),
    "credit_code": gettext_lazy("Unified social credit code"),
    "province": gettext_lazy("Province"),
    "city": gettext_lazy("City"),
    "address": gettext_lazy("Address"),
    "industry": gettext_lazy("Industry"),
    "campaign": gettext_lazy("Campaign or event"),
    "need": gettext_lazy("Need or note"),
}
BUCKET_COLOURS = {
    Bucket.NEW.value: "green",
    Bucket.DUPLICATE.value: "grey",
    Bucket.PROBABLE.value: "amber",
    Bucket.OWNED.value: "blue",
    Bucket.ERROR.value: "red",
}
BUCKET_ICONS = {
    Bucket.NEW.value: "circle-check",
    Bucket.DUPLICATE.value: "copy",
    Bucket.PROBABLE.value: "help",
    Bucket.OWNED.value: "user",
    Bucket.ERROR.value: "alert-triangle",
}
BUCKET_HINTS = {
    Bucket.NEW.value: gettext_lazy("Become leads and find their reps."),
    Bucket.DUPLICATE.value: gettext_lazy("Attached to the record we already have."),
    Bucket.PROBABLE.value: gettext_lazy("Left out unless you take them in."),
    Bucket.OWNED.value: gettext_lazy(
        "The owner keeps the client; a collision case settles whose it is."
    ),
    Bucket.ERROR.value: gettext_lazy("Handed back: download, correct, upload again."),
}
STATE_COLOURS = {
    ImportState.UPLOADED.value: "amber",
    ImportState.CHECKING.value: "blue",
    ImportState.CHECKED.value: "amber",
    ImportState.RUNNING.value: "blue",
    ImportState.DONE.value: "green",
    ImportState.FAILED.value: "red",
    ImportState.CANCELLED.value: "grey",
}
OUTCOME_COLOURS = {
    TouchOutcome.PENDING.value: "grey",
    TouchOutcome.CREATED.value: "green",
    TouchOutcome.ATTACHED.value: "blue",
    TouchOutcome.COLLIDED.value: "amber",
    TouchOutcome.REJECTED.value: "red",
}
PROBLEMS = {
    "company_missing": gettext_lazy("The company's name is missing."),
    "phone_invalid": gettext_lazy("This cannot be a phone number."),
    "too_many_phones": gettext_lazy(
        "More numbers than a lead keeps: its further numbers fill %(limit)s characters at most."
    ),
    "email_invalid": gettext_lazy("This is not an e-mail address."),
    "credit_code_invalid": gettext_lazy("The credit code's check digit is wrong."),
    "province_unknown": gettext_lazy("No province of this name."),
    "too_long": gettext_lazy("Longer than %(limit)s characters."),
    "digits_lost": gettext_lazy("The spreadsheet has cut this number's last digits."),
}
FILE_PROBLEMS = {
    "empty": gettext_lazy("The file has no rows."),
    "no_rows": gettext_lazy("There are column names but no rows below them."),
    "too_many_rows": gettext_lazy("The file has more than %(limit)s rows. Split it and try again."),
    "not_a_table": gettext_lazy("This is not a table. Save it as Excel or CSV and try again."),
    "unsupported_format": gettext_lazy("This format cannot be read. Save it as .xlsx or CSV."),
    "encrypted": gettext_lazy("The file is protected by a password. Remove it and try again."),
    "old_format": gettext_lazy("The file comes from a very old Excel. Save it as .xlsx."),
    "damaged": gettext_lazy("The file is damaged. Open it, save it anew and try again."),
    "encoding": gettext_lazy("The text cannot be read. Save it as CSV UTF-8 and try again."),
    "unpacked_too_large": gettext_lazy("The file is too large when unpacked. Split it."),
    "too_many_cells": gettext_lazy("The sheet has too many cells. Remove empty rows and columns."),
    "too_many_columns": gettext_lazy("Row %(row)s has more than %(limit)s columns."),
    "unclosed_quote": gettext_lazy("Row %(row)s opens a quotation mark that is never closed."),
    "cell_too_long": gettext_lazy("A cell of row %(row)s is too long."),
    "no_such_sheet": gettext_lazy("The sheet is gone."),
    "no_such_row": gettext_lazy("The row of column names is gone."),
}
REJECTIONS = {
    "faulty": gettext_lazy("Faulty row"),
    "probable": gettext_lazy("Probable duplicate, left out"),
    "same_file": gettext_lazy("Repeats an earlier row of the file"),
    "known": gettext_lazy("A known client, and nobody said why to go on"),
}


def problem_words(problem: Mapping[str, Any], header: Sequence[str]) -> str:
    """One problem with the name of its column: Phone: this cannot be a phone number."""
    sentence = str(str(PROBLEMS.get(problem["code"], problem["code"])) % problem["params"])
    column = problem.get("column")
    if column is None:
        return sentence
    name = (header[column] if column < len(header) else "") or column_letter(column)
    return _("%(column)s: %(problem)s") % {"column": name, "problem": sentence}


def file_problem_words(error: Mapping[str, Any]) -> str:
    """Why a file cannot be read and what to do."""
    sentence = str(FILE_PROBLEMS.get(error.get("code", ""), FILE_PROBLEMS["damaged"]))
    params = {"limit": "", "row": "", **error.get("params", {})}
    return str(sentence % params)


def record_met(reason: str) -> tuple[str, int] | None:
    """The record an arrival met, as its reason keeps it."""
    kind, _sep, pk = reason.partition(":")
    return (kind, int(pk)) if kind in RecordKind.values and pk.isdecimal() else None


def reason_of_touch(reason: str, outcome: str = "") -> str:
    """Why an arrival became what it became; references to records are worded by kind."""
    kind, _sep, _pk = reason.partition(":")
    if kind in RecordKind.values and _sep:
        label = str(RecordKind(kind).label).lower()
        if outcome == TouchOutcome.CREATED:
            return _("Probably the same as a %(kind)s we have") % {"kind": label}
        return _("Meets a %(kind)s we have") % {"kind": label}
    return str(REJECTIONS.get(reason, reason))

"""The rows of a list as a file: the same filters, order and columns as on screen.

A reason is asked first; it goes into the operation log with the filters and the number of rows,
and into the file: a workbook says on every printed page, in its properties and on a last sheet who
took it, when, from which organisation and why. A CSV has no place for that which a later import
would not read as a row, so its name carries who, when and the number of the log's line.
"""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from asgiref.sync import sync_to_async
from django import forms
from django.core import signing
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter.worksheet import Worksheet

from crm.audit import services as audit
from crm.tabular import safe_cell
from crm.web.formats import number
from crm.web.forms import TenantForm
from crm.web.tables.columns import Column
from crm.web.tables.paging import Row

if TYPE_CHECKING:
    from crm.web.tables.table import Table

BATCH = 2_000
CHUNK = 64 * 1024
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TICKET_SECONDS = 3_600
SALT = "list-export"
DATA_COLUMN = 16


class ExportForm(TenantForm):
    """Why the rows leave the house."""

    export_reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=4,
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text=gettext_lazy("For example: quarterly review with the management."),
    )
    wide = ("export_reason",)


@dataclass(frozen=True)
class Asked:
    """What was asked for: csv or xlsx, of which list, and why."""

    kind: str
    title: str
    reason: str


class Download(StreamingHttpResponse):
    """A temporary file in pieces, sent by an asynchronous server without reading it whole."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        self.file = file
        super().__init__(iter(lambda: file.read(CHUNK), b""), **kwargs)
        self._resource_closers.append(file.close)  # type: ignore[attr-defined]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await sync_to_async(self.file.read)(CHUNK):
            yield piece


def export_response(table: "Table", kind: str, *, title: str = "") -> HttpResponseBase:
    """The whole list as a download with its line in the log, or first the question why."""
    form = ExportForm(table.request.GET if "export_reason" in table.request.GET else None)
    if form.is_valid() and _is_ours(table):
        asked = Asked(kind, title or table.key, form.cleaned_data["export_reason"].strip())
        return _download(table, asked)
    return _ask(table, kind, form)


def _ask(table: "Table", kind: str, form: ExportForm) -> HttpResponse:
    kept = [*table.pairs, ("export", kind), ("export_ticket", _ticket(table))]
    context = {
        "form": form,
        "hidden": kept,
        "count": table.exported.count(),
        "kind": {"csv": "CSV", "xlsx": "Excel"}[kind],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(table.request, "web/export.html", context, status=status)


def _ticket(table: "Table") -> str:
    """Proof that the question was put to this member: a link from elsewhere has none."""
    return signing.TimestampSigner(salt=SALT).sign(f"{table.request.member.pk}:{table.key}")


def _is_ours(table: "Table") -> bool:
    try:
        ticket = signing.TimestampSigner(salt=SALT).unsign(
            table.request.GET.get("export_ticket", ""), max_age=TICKET_SECONDS
        )
    except signing.BadSignature:
        return False
    return ticket == f"{table.request.member.pk}:{table.key}"


def _download(table: "Table", asked: Asked) -> HttpResponseBase:
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    kind = asked.kind
    taken = _write_xlsx(table, file, asked) if kind == "xlsx" else _write_csv(table, file, asked)
    file.seek(0)
    response = Download(file, content_type=TYPES[kind])
    name = f"{table.key}-{taken.at:%Y%m%d-%H%M}-{taken.person}-L{taken.line}.{kind}"
    response.headers["Content-Disposition"] = str(content_disposition_header(True, name))
    return response


class Taken:
    """An export as the log knows it: who took what, when and why."""

    def __init__(self, table: "Table", asked: Asked, *, rows: int) -> None:
        request = table.request
        self.at = timezone.localtime()
        self.member, self.organization = request.member, request.organization
        self.reason, self.rows = asked.reason, rows
        self.filters = [f"{chip.label}: {chip.words}" for chip in table.chips]
        if table.text:
            self.filters.append(": ".join((_("Search"), table.text)))
        self.line = audit.record(
            "list.exported",
            page=table.key,
            title=asked.title,
            format=asked.kind,
            rows=rows,
            filters=self.filters,
            query=table.query,
            reason=asked.reason,
        ).pk

    @property
    def person(self) -> str:
        """The member's name, fit for the name of a file."""
        return slugify(self.member.name, allow_unicode=True) or str(self.member.pk)

    @property
    def mark(self) -> str:
        """One line that says whose copy this is."""
        return f"{self.organization.name} · {self.member.name} · {self.at:%Y-%m-%d %H:%M %Z}"

    def lines(self) -> list[tuple[str, str]]:
        """Everything, for the last sheet."""
        return [
            (_("Organisation"), self.organization.name),
            (_("Exported by"), f"{self.member.name} ({self.member.user.email})"),
            (_("Exported at"), f"{self.at:%Y-%m-%d %H:%M:%S %Z}"),
            (_("Reason"), self.reason),
            (_("Filters"), "; ".join(self.filters) or _("none")),
            (_("Rows"), number(self.rows)),
            (_("Line of the operation log"), str(self.line)),
        ]


def plain(value: object) -> object:
    """A cell for a spreadsheet: text that would start a formula is defused."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | datetime | date):
        return value
    return safe_cell(str(value))


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _rows(table: "Table", columns: Sequence[Column]) -> Iterator[list[object]]:
    paths = sorted({path for column in columns for path in column.fields})
    found = table.order.apply(table.exported.values("pk", *paths))
    for batch in _batches(iter(found.iterator(chunk_size=BATCH))):
        table.trim.rows(batch, paths)
        for row in table.prepared(batch):
            yield [plain(column.exported(row, table.reader)) for column in columns]


def _write_csv(table: "Table", file: IO[bytes], asked: Asked) -> Taken:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    writer, count = csv.writer(text), 0
    writer.writerow([plain(str(column.label)) for column in table.visible])
    for row in _rows(table, table.visible):
        writer.writerow(row)
        count += 1
    text.flush()
    text.detach()
    return Taken(table, asked, rows=count)


def _write_xlsx(table: "Table", file: IO[bytes], asked: Asked) -> Taken:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options | {"default_date_format": "yyyy-mm-dd hh:mm"})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet, count = book.add_worksheet(), 0
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(table.visible):
        sheet.write_string(0, index, str(column.label), bold)
        sheet.set_column(index, index, 22 if index == 0 else DATA_COLUMN)
    for count, row in enumerate(_rows(table, table.visible), start=1):
        for index, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(count, index, float(value), money)
            else:
                sheet.write(count, index, value)
    taken = Taken(table, asked, rows=count)
    _watermark(book, sheet, taken, bold)
    book.close()
    return taken


def _watermark(book: Any, sheet: Worksheet, taken: Taken, bold: Any) -> None:
    """Whose copy it is: on printed pages, in the properties, and on a sheet of its own."""
    # "&" starts a code in headers, and they hold 255 characters
    sheet.set_header(f"&L{taken.mark[:120].replace('&', '&&')}&RL{taken.line}")
    sheet.set_footer(f"&L{taken.reason[:120].replace('&', '&&')}&R&P / &N")
    book.set_properties(
        {
            "title": taken.mark,
            "author": taken.member.name,
            "company": taken.organization.name,
            "comments": taken.reason,
            "keywords": f"L{taken.line}",
        }
    )
    last = book.add_worksheet(_("Export"))
    last.set_column(0, 0, 26)
    last.set_column(1, 1, 80)
    for index, (label, value) in enumerate(taken.lines()):
        last.write_string(index, 0, label, bold)
        last.write_string(index, 1, value)

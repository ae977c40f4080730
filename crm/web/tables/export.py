"""The rows of a list as a file: the same filters, order and columns as on screen.

CSV is streamed from a server-side cursor, so memory stays flat; XLSX is written to a temporary
file row by row. Streams run after the request, so they open the tenant's context themselves.
"""

import csv
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.encoding import iri_to_uri

from crm.audit import services as audit
from crm.tabular import safe_cell
from crm.tenancy.context import tenant_context
from crm.web.tables.columns import Column, Reader

if TYPE_CHECKING:
    from crm.web.tables.table import Table

BATCH = 2_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def plain(value: object) -> object:
    """A cell for a spreadsheet: text that would start a formula is defused."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | datetime | date):
        return value
    return safe_cell(str(value))


def _rows(table: "Table", columns: list[Column], reader: Reader) -> Iterator[list[object]]:
    fields = {path for column in columns for path in column.fields}
    found = table.order.apply(table.queryset.values("pk", *sorted(fields)))
    for row in found.iterator(chunk_size=BATCH):
        yield [plain(column.exported(row, reader)) for column in columns]


def _csv_lines(table: "Table") -> Iterator[str]:
    request = table.request
    columns, reader = table.visible, table.reader
    language, zone = translation.get_language() or "zh-hans", timezone.get_current_timezone()
    organization_id, member_id = request.organization.pk, request.member.pk

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        with (
            translation.override(language),
            timezone.override(zone),
            tenant_context(organization_id, member_id=member_id, reason="export"),
        ):
            yield "\ufeff"
            yield writer.writerow([plain(str(column.label)) for column in columns])
            for row in _rows(table, columns, reader):
                yield writer.writerow(row)

    return lines()


def _workbook(table: "Table") -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options | {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    for index, column in enumerate(table.visible):
        sheet.write_string(0, index, str(column.label), bold)
        sheet.set_column(index, index, 22 if index == 0 else 16)
    for number, row in enumerate(_rows(table, table.visible, table.reader), start=1):
        for index, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(number, index, float(value), money)
            else:
                sheet.write(number, index, value)
    book.close()
    file.seek(0)
    return file


def export_response(table: "Table", kind: str) -> HttpResponseBase:
    """The whole list as a download, and a line in the operation log."""
    audit.record("list.exported", page=table.key, kind=kind, query=table.query)
    name = f"{table.key}-{table.reader.formats.today:%Y%m%d}.{kind}"
    response: HttpResponseBase
    if kind == "xlsx":
        response = FileResponse(_workbook(table), content_type=XLSX_TYPE)
    else:
        response = StreamingHttpResponse(_csv_lines(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{iri_to_uri(name)}"'
    return response

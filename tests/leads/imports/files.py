"""Lead files as people send them, made up on the spot."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.jobs import services as jobs
from crm.people.models import Member
from leads.models import ImportBatch
from leads.services import imports

HEADER = ("公司名称", "联系人", "手机", "邮箱", "省份", "备注")
Rows = Sequence[Sequence[str]]


def lead_row(number: int, *, province: str = "江苏") -> tuple[str, ...]:
    """A good row; every number is another company and another phone."""
    brand = f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'山水云林海川石田金木'[number // 10 % 10]}"
    brand += "春夏秋冬天地元亨利贞"[number // 100 % 10]
    return (
        f"苏州{brand}精密机械有限公司",
        f"李{brand[0]}",
        f"138{number:08d}",
        f"li{number}@brand{number}.com",
        province,
        "询价",
    )


def csv_text(rows: Rows, header: Sequence[str] = HEADER, delimiter: str = ",") -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\n') else cell

    return "".join(delimiter.join(map(quoted, row)) + "\r\n" for row in (header, *rows))


def csv_upload(
    rows: Rows, *, encoding: str = "utf-8", header: Sequence[str] = HEADER, name: str = "线索.csv"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_text(rows, header).encode(encoding))


def xlsx_upload(
    rows: Rows, *, header: Sequence[str] = HEADER, name: str = "线索.xlsx"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, workbook_of({"Sheet1": (header, *rows)}))


def workbook_of(sheets: Mapping[str, Rows]) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for line, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write_string(line, column, cell)
    return target.getvalue()


def work(batch: ImportBatch) -> ImportBatch:
    """Let the worker do what the import asked for; answers the import as it is then."""
    batch.refresh_from_db()
    jobs.run(batch.organization_id, batch.job_id)
    batch.refresh_from_db()
    return batch


def checked(upload: SimpleUploadedFile, *, by: Member) -> ImportBatch:
    """An import after its dry run with the guessed columns."""
    batch = imports.upload_leads(upload=upload, by=by)
    imports.choose_columns(batch_id=batch.pk, mapping=batch.mapping)
    return work(batch)


def imported(
    upload: SimpleUploadedFile, *, by: Member, include_probable: bool = False
) -> ImportBatch:
    """An import that has run to its end."""
    batch = checked(upload, by=by)
    imports.start_import(batch_id=batch.pk, include_probable=include_probable)
    return work(batch)

"""Rows leave the house with a reason, a line in the log, and a mark of whose copy it is."""

import asyncio
import csv
import io
import zipfile
from urllib.parse import unquote

import pytest
from python_calamine import CalamineWorkbook

from crm.audit.enums import Verb
from crm.audit.models import OperationLog
from crm.people.models import Member
from crm.tabular import read_table
from crm.tenancy.context import tenant_context
from crm.web.tables.export import Download
from tests.support.exports import exported

PAGE = "/acme/gallery/"


@pytest.fixture
def browser(cast, sign_in):
    return sign_in(cast.owner)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def log(cast) -> list[OperationLog]:
    with tenant_context(cast.organization.pk):
        return list(OperationLog.objects.filter(action="list.exported"))


def test_without_a_reason_there_is_a_question_and_no_file(browser, cast):
    for url in (f"{PAGE}?export=csv", f"{PAGE}?export=xlsx&export_reason="):
        response = browser.get(url)
        assert response.headers["Content-Type"].startswith("text/html")
        assert 'name="export_reason"' in response.content.decode()
    short = exported(browser, f"{PAGE}?export=csv", reason="ab")
    assert short.status_code == 422
    assert log(cast) == []


def test_a_link_from_elsewhere_brings_no_file(browser, cast, sign_in):
    """A reason in the address alone is not an answer; nor is another member's ticket."""
    response = browser.get(f"{PAGE}?export=csv&export_reason=because")
    assert response.headers["Content-Type"].startswith("text/html")
    page = sign_in(cast.owner).get(f"{PAGE}?export=csv").content.decode()
    ticket = page.partition('name="export_ticket" value="')[2].partition('"')[0]
    forged = ticket.replace(str(cast.owner.pk), str(cast.agent.pk), 1)
    query = {"export": "csv", "export_reason": "because", "export_ticket": forged}
    assert browser.get(PAGE, query).headers["Content-Type"].startswith("text/html")
    assert log(cast) == []


def test_the_log_knows_who_what_why_and_how_many(browser, cast):
    body(exported(browser, f"{PAGE}?export=xlsx&q=王", reason="给审计的名单"))
    (line,) = log(cast)
    assert line.verb == Verb.EXPORT
    assert line.member_id == cast.owner.pk
    assert line.details["reason"] == "给审计的名单"
    assert line.details["format"] == "xlsx"
    assert line.details["rows"] == 1
    assert line.details["filters"] == ["Search: 王"]


def test_a_workbook_says_whose_copy_it_is(browser, cast):
    data = body(exported(browser, f"{PAGE}?export=xlsx", reason="R&D review"))
    (line,) = log(cast)
    last = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(1).to_python()
    told = {row[0]: row[1] for row in last}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        properties = parts.read("docProps/core.xml").decode()

    assert told["Organisation"] == cast.organization.name
    assert told["Exported by"].startswith(cast.owner.name)
    assert told["Reason"] == "R&D review"
    assert told["Line of the operation log"] == str(line.pk)
    assert told["Rows"] == str(len(cast.members))
    assert cast.owner.name in sheet.partition("<oddHeader>")[2]
    assert "R&amp;&amp;D review" in sheet.partition("<oddFooter>")[2]
    assert cast.owner.name in properties
    assert "R&amp;D review" in properties


def test_a_csv_says_it_in_its_name_and_reads_back_without_a_row_too_many(browser, cast, tmp_path):
    response = exported(browser, f"{PAGE}?export=csv")
    (line,) = log(cast)
    name = unquote(response.headers["Content-Disposition"])
    assert f"-{cast.owner.name}-L{line.pk}.csv" in name
    path = tmp_path / "again.csv"
    path.write_bytes(body(response))
    assert len(list(read_table(path, "again.csv").iter_rows())) == len(cast.members)


def test_a_reason_cannot_start_a_formula(browser, cast):
    data = body(exported(browser, f"{PAGE}?export=xlsx", reason="=cmd|' /C calc'!A0"))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2)]
    assert all(b"<f>" not in sheet for sheet in sheets)


def test_names_cannot_start_a_formula(browser, cast):
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(name='=HYPERLINK("http://x")')
    rows = list(
        csv.reader(io.StringIO(body(exported(browser, f"{PAGE}?export=csv")).decode("utf-8-sig")))
    )
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]


def test_an_asynchronous_server_gets_the_file_in_pieces():
    async def read() -> list[bytes]:
        return [piece async for piece in Download(io.BytesIO(b"x" * 200_000))]

    pieces = asyncio.run(read())
    assert b"".join(pieces) == b"x" * 200_000
    assert max(map(len, pieces)) <= 64 * 1024

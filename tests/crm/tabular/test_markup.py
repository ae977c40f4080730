import pytest

from crm.tabular import UnreadableTable, read_table
from tests.crm.tabular.test_hostile_files import reason

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{0}">
<style>td {{ color: red }}</style></head><body><table border=1>
<tr><td colspan="3">客户清单 &amp; 电话</td></tr>
<tr><th>公司</th><th>电话</th><th>备注</th></tr>
<tr><td style="mso-number-format:'\\@'">甲公司</td><td>013800138000</td>
<td>第一行<br>第二行</td></tr>
<tr><td>乙公司<td>&nbsp;<td>&lt;空&gt;
</table></body></html>
"""

BOOK = """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Sheet1"><Table>
<Row><Cell><Data ss:Type="String">公司</Data></Cell><Cell><Data ss:Type="String">电话</Data></Cell>
<Cell><Data ss:Type="String">备注</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">甲公司</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="Number">138</Data></Cell></Row>
</Table></Worksheet></Workbook>
"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-16"])
def test_a_page_that_calls_itself_xls_is_read(encoding):
    table = read_table(PAGE.format(encoding).encode(encoding), "export.xls")
    assert (table.kind, table.header, table.header_row) == ("html", ("公司", "电话", "备注"), 2)
    assert table.preamble[0].cells == ("客户清单 & 电话",)
    assert [row.cells for row in table.rows] == [
        ("甲公司", "013800138000", "第一行\n第二行"),
        ("乙公司", None, "<空>"),
    ]


def test_a_workbook_of_excel_2003_is_read():
    table = read_table(BOOK.encode(), "export.xls")
    assert table.header == ("公司", "电话", "备注")
    assert table.rows[0].cells == ("甲公司", None, "138")


def test_a_page_without_a_table_is_empty():
    with pytest.raises(UnreadableTable, match="empty"):
        read_table(b"<html><body><p>Please sign in</p></body></html>")


def test_spans_are_bounded():
    with pytest.raises(UnreadableTable, match="too_many_columns"):
        read_table(b"<table><tr>" + b"<td colspan=99999>x</td>" * 3 + b"<td>y</td></tr></table>")


HEAD = "<html><table><tr><td>a</td></tr>"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (HEAD + "<tr>" + "<td colspan=500>" * 100_000, "too_many_columns"),
        (HEAD + "<tr><td colspan=499>" * 100_000, "too_many_cells"),
        (HEAD + "<a " + 'a="' * 300_000, "damaged"),
        (HEAD + "<!--" * 200_000, "damaged"),
        (HEAD + "</" * 400_000, "damaged"),
        (HEAD + "<![CDATA[" * 1_000, "damaged"),
    ],
    ids=["one row", "many rows", "attributes", "comments", "ends", "raw text"],
)
def test_a_page_that_is_made_to_be_slow_is_refused(page, expected):
    assert reason(page.encode(), max_cells=1_000_000) == expected


def test_a_style_sheet_and_a_picture_of_usual_size_are_passed_over():
    style = f"<style><!--{'td {color: black}' * 5_000}--></style>"
    picture = f"<td><img src='data:{'x' * 200_000}'></td>"
    table = read_table(f"{HEAD}{style}<tr>{picture}<td>b</td></tr></table>".encode())
    assert [row.cells for row in table.rows] == [("a",), (None, "b")]

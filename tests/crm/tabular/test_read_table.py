from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from crm.tabular import REASON_CODES, Limits, UnreadableTable, read_table

LEADS = """公司名称,联系人,电话
深圳市同舟科技有限公司,张三,13800138000
上海海华贸易有限公司,李四,021-5555 0100
"""
BIG5_LEADS = """公司名稱,聯絡人,電話
臺灣積體電路股份有限公司,陳先生,03-5636688
鴻海精密,郭小姐,0912
"""


def workbook(*sheets: list[list[object]], hidden_first: bool = False) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for rows in sheets:
        sheet = book.add_worksheet()
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value)
    if hidden_first:
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
        book.worksheets()[0].hide()
    book.close()
    return target.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_simplified_chinese_is_read_in_any_encoding(encoding):
    table = read_table(LEADS.encode(encoding))
    assert table.header == ("公司名称", "联系人", "电话")
    assert [row.cells[0] for row in table.rows] == [
        "深圳市同舟科技有限公司",
        "上海海华贸易有限公司",
    ]


def test_traditional_chinese_is_read_from_big5():
    table = read_table(BIG5_LEADS.encode("big5"))
    assert table.encoding == "cp950"
    assert table.rows[0].cells == ("臺灣積體電路股份有限公司", "陳先生", "03-5636688")


def test_western_text_is_not_taken_for_chinese():
    table = read_table("name;city\nMüller GmbH;Köln\nCafé Noël;Orléans\n".encode("cp1252"))
    assert [row.cells for row in table.rows] == [("Müller GmbH", "Köln"), ("Café Noël", "Orléans")]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_separator_is_recognised(delimiter):
    text = LEADS.replace(",", delimiter)
    assert read_table(text.encode()).rows[0].cells[2] == "13800138000"


def test_excel_separator_line_is_obeyed_and_not_data():
    table = read_table(b"sep=;\r\nname;note\r\nA;1,5\r\nB;2,5\r\n")
    assert table.delimiter == ";"
    assert table.header == ("name", "note")
    assert table.rows[0].number == 3


def test_preamble_and_blank_rows_keep_the_numbers_of_the_file():
    text = "客户清单\n导出时间：2024-01-05,操作员：王五\n\n公司,电话,城市\n"
    table = read_table(f"{text}\n甲公司,1,深圳\n\n乙公司,2,上海\n".encode("gbk"))
    assert table.header_row == 4
    assert [row.cells[0] for row in table.preamble] == ["客户清单", "导出时间：2024-01-05"]
    assert [row.number for row in table.rows] == [6, 8]


def test_a_preamble_longer_than_the_table_is_no_header():
    lines = [f"说明第{n}条" for n in range(30)] + ["日期,金额,对方", "2024-01-01,5.00,甲"]
    assert read_table("\n".join(lines).encode()).header == ("日期", "金额", "对方")


def test_file_without_column_names_gets_letters():
    table = read_table("甲公司,13800138000\n乙公司,13900139000\n".encode())
    assert not table.has_header
    assert table.header == ("A", "B")
    assert len(table.rows) == 2


def test_the_guess_of_the_header_can_be_overruled():
    data = "备注,说明\n公司,电话\n甲,1\n".encode()
    assert read_table(data, header_row=2).header == ("公司", "电话")
    assert read_table(data, header_row=0).header == ("A", "B")
    with pytest.raises(UnreadableTable, match="no_such_row"):
        read_table(data, header_row=99)


def test_reading_resumes_after_a_row():
    table = read_table(LEADS.encode())
    assert [row.number for row in table.iter_rows(after=2)] == [3]
    assert [row.number for row in table.iter_rows(after=2)] == [3]


def test_a_path_reads_like_bytes(tmp_path: Path):
    (tmp_path / "leads.csv").write_bytes(LEADS.encode("gbk"))
    assert read_table(tmp_path / "leads.csv").rows == read_table(LEADS.encode()).rows


def test_quoted_cells_keep_separators_quotes_and_line_breaks():
    table = read_table(b'name,note\n"A, Inc.","said ""hi""\nthere"\nB,x\n')
    assert table.rows[0].cells == ("A, Inc.", 'said "hi"\nthere')
    assert table.rows[1].number == 3


def test_padding_of_bank_exports_is_removed():
    table = read_table('日期,"摘要    \t",对方\n2024-01-01   \t,"工资  \t","　张三　"\t\n'.encode())
    assert table.header == ("日期", "摘要", "对方")
    assert table.rows[0].cells == ("2024-01-01", "工资", "张三")


def test_spreadsheet_guards_around_long_numbers_are_removed():
    table = read_table(b"name,phone\nA,=\"0138001\"\nB,'013800138000\nC,'+86 138\n")
    assert [row.cells[1] for row in table.rows] == ["0138001", "013800138000", "+86 138"]


def test_workbook_numbers_stay_whole_and_dates_are_iso():
    rows = [
        ["公司", "电话", "金额", "日期", "税号"],
        ["甲", 13800138000, 1234.56, date(2024, 1, 5), "091350"],
        [
            "乙",
            6.2e11,
            0.1 + 0.2,
            datetime(2024, 1, 5, 9, 30),  # noqa: DTZ001
            123456789012345678,
        ],
    ]
    table = read_table(workbook(rows))
    assert table.rows[0].cells == ("甲", "13800138000", "1234.56", "2024-01-05", "091350")
    assert table.rows[1].cells[1:3] == ("620000000000", "0.3")
    assert "E" not in table.rows[1].cells[4]
    assert table.rows[1].doubtful == (4,)


def test_zeros_that_only_the_format_shows_are_kept():
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    padded = book.add_format({"num_format": "000000"})
    sheet = book.add_worksheet("员工 & 客户")
    sheet.write_row(1, 1, ["公司", "编号", "数量"])
    sheet.write_row(2, 1, ["甲"])
    sheet.write_number(2, 2, 123, padded)
    sheet.write_number(2, 3, 123)
    book.close()
    assert read_table(target.getvalue()).rows[0].cells == ("甲", "000123", "123")


def test_first_visible_sheet_with_content_is_read():
    data = workbook(
        [["秘密", "x"], ["1", "2"]], [], [["公司", "电话"], ["甲", "1"]], hidden_first=True
    )
    table = read_table(data)
    assert table.sheet == "Sheet3"
    assert table.sheets == ("Sheet2", "Sheet3")
    with pytest.raises(UnreadableTable, match="no_such_sheet"):
        read_table(data, sheet="Sheet1")


def test_a_workbook_named_csv_is_still_a_workbook():
    assert read_table(workbook([["a", "b"], ["1", "2"]]), "leads.csv").kind == "xlsx"


def test_workbook_rows_keep_their_numbers():
    table = read_table(
        workbook([[], ["客户清单"], [], ["公司", "电话"], ["甲", "1"], [], ["乙", "2"]])
    )
    assert (table.header_row, [row.number for row in table.rows]) == (4, [5, 7])


def outcome(data: bytes) -> str:
    """Reads everything; the reason when it is refused. Any other exception is a failure."""
    try:
        rows = read_table(data).rows
    except UnreadableTable as error:
        return error.reason_code
    assert all(isinstance(cell, str | None) for row in rows for cell in row.cells)
    return "read"


texts = st.text(alphabet=st.characters(codec="gb18030"), max_size=20)


@given(
    st.lists(st.tuples(texts, texts, texts), max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_any_text_is_read_or_refused_in_words(rows, encoding):
    text = "公司名称,联系人,备注\n" + "\n".join(",".join(cells) for cells in rows)
    assert outcome(text.encode(encoding)) in {"read", *REASON_CODES}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(data):
    assert outcome(data) in {"read", *REASON_CODES}


def test_too_many_columns_name_the_row():
    data = ("a,b\n1,2\n" + ",".join("x" * 30)).encode()
    with pytest.raises(UnreadableTable) as refused:
        read_table(data, limits=Limits(max_columns=10)).rows  # noqa: B018
    assert (refused.value.place, refused.value.reason_code) == ("row:3", "too_many_columns")


@pytest.mark.parametrize("as_file", ["workbook", "text"])
def test_rows_are_counted_as_they_are_read(as_file):
    rows = [["名称", "电话"], ["华信", "1"], [" \u3000", "' "], ["", "2"], ["", ""], ["0", ""]]
    text = "\n".join(",".join(row) for row in rows).encode()
    table = read_table(workbook(rows) if as_file == "workbook" else text)
    assert table.count_rows() == len(table.rows)
    assert table.count_rows() in (3, 4)

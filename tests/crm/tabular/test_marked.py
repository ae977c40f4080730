from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.tabular import read_table, restore_cell, safe_cell, write_marked_csv, write_marked_xlsx

HEADER = ("公司", "电话", "备注")
ROWS = [
    (("甲公司", "+86 13800138000", "=HYPERLINK(1)"), "电话已存在"),
    (("乙公司", None), "=cmd|' /C calc'!A0"),
    (("丙公司", "0138", "@sum", "多余"), ""),
]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", " =1", "'=1"])
def test_what_could_start_a_formula_is_neutralised(text):
    assert str(safe_cell(text)).startswith("'")
    assert restore_cell(str(safe_cell(text))) == text


@pytest.mark.parametrize("value", ["甲公司", "13800138000", "", "'甲'", None, -5, 1.5])
def test_harmless_values_pass_unchanged(value):
    assert safe_cell(value) is value


@given(st.text(max_size=30))
def test_no_text_leaves_as_a_formula_and_all_come_back(text):
    safe = str(safe_cell(text))
    assert safe[:1] not in tuple("=+-@\t\r\n")
    if safe != text:
        assert restore_cell(safe) == text


@pytest.mark.parametrize("write", [write_marked_csv, write_marked_xlsx])
def test_a_marked_file_can_be_corrected_and_sent_again(write):
    target = BytesIO()
    assert write(target, HEADER, ROWS, error_label="错误") == 3
    table = read_table(target.getvalue())
    assert table.header == ("公司", "电话", "备注", "错误")
    assert [row.cells[:3] for row in table.rows] == [
        ("甲公司", "+86 13800138000", "=HYPERLINK(1)"),
        ("乙公司", None, None),
        ("丙公司", "0138", "@sum"),
    ]
    assert table.rows[0].cells[3] == "电话已存在"


def test_the_marked_text_file_holds_no_formula():
    target = BytesIO()
    write_marked_csv(target, HEADER, ROWS, error_label="错误")
    cells = target.getvalue().decode("utf-8-sig").replace("\r\n", ",").replace('"', "").split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]

"""Lists of people: names and addresses in several columns, birth dates, identity numbers."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from crm.tabular import Row, read_table, write_marked_xlsx
from leads.identity import Identity
from leads.services.cleaning import identity_of
from leads.services.cleaning_people import people_columns

LIST = """姓名,出生日期,身份证号,城市
王小明,1990年3月12日,,杭州
王小明,1957-11-28,,杭州
Wang Xiaoming,12/03/1990,,
李志强,,11010519491231002X,
李志強,,110105491231002,
"""
ABROAD = """given_name, surname, street_number, address_1, suburb, postcode, state, date_of_birth
harriet, davidson, 12, queen street, richmond, 3121, vic, 19900312
harriet, davidson, 9, king road, perth, 6000, vic, 19571128
davidson, harriet, 12, qeen street, richmond, 3121, vic, 19900312
"""


def said_of(path: Path, text: str, language: str = "en") -> dict[int, tuple[str | None, ...]]:
    path.write_text(text, "utf-8")
    call_command(
        "find_duplicates", str(path), stdout=StringIO(), stderr=StringIO(), language=language
    )
    marked = read_table(path.with_name(f"{path.stem}-marked.csv"))
    width = text.partition("\n")[0].count(",") + 1
    return {row.number: row.cells[width:] for row in marked.rows}


def test_people_are_told_apart_by_their_birth_dates(tmp_path: Path) -> None:
    said = said_of(tmp_path / "people.csv", LIST)
    assert (said[4][1], said[4][3]) == ("probably the same", "2")
    assert "same birth date" in str(said[4][4])
    assert not any(said[3])
    assert (said[6][1], said[6][3]) == ("same", "5")
    assert "same identity card number" in str(said[6][4])


def test_reasons_in_chinese(tmp_path: Path) -> None:
    said = said_of(tmp_path / "people.csv", LIST, "zh-hans")
    assert "出生日期相同" in str(said[4][4])
    assert "身份证号相同" in str(said[6][4])


def test_names_and_addresses_in_parts(tmp_path: Path) -> None:
    said = said_of(tmp_path / "abroad.csv", ABROAD)
    assert (said[4][1], said[4][3]) == ("same", "2")
    assert not any(said[3])


def test_a_workbook_keeps_its_dates(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with path.open("wb") as file:
        rows = [(["王小明", date(1990, 3, 12)], ""), (["王小明", "1990/3/12"], "")]
        write_marked_xlsx(file, ["姓名", "生日"], rows, error_label="x")
    told = StringIO()
    call_command("find_duplicates", str(path), stdout=told, stderr=StringIO(), language="en")
    assert "1 probably" in told.getvalue()


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["出生日期（必填）", "证件号码"], {"0": "birth_date", "1": "citizen_number"}),
        (["DOB", "First Name", "Last Name"],
         {"0": "birth_date", "1": "given_name", "2": "family_name"}),
        (["first_name", "公司"], {}),
        (["Street", "City"], {}),
        (["House No.", "Street", "Post code"], {"0": "house", "1": "line_1", "2": "postcode"}),
    ],
)  # fmt: skip
def test_headings(header: list[str], fields: dict[str, str]) -> None:
    assert people_columns(header) == fields


def test_a_row_put_together() -> None:
    columns = list(
        enumerate(["family_name", "given_name", "house", "line_1", "city", "birth_date"])
    )
    row = Row(2, ("王", "小明", "18号", "学院路", "杭州", "1990-03-12"))
    assert identity_of(row, columns) == Identity(
        2, person="王小明", address="杭州学院路18号", region="杭州", birth_date="1990-03-12"
    )

"""A file is cleaned before it is imported, without a look into the database."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crm.tabular import read_table
from leads.identity import HelperLost, batches
from leads.management.commands import find_duplicates
from leads.services import cleaning
from tests.leads.imports.files import workbook_of

ROWS = """客户名称,联系人,手机,备注
上海华信科技有限公司,王伟,13800138000,=1+1
上海市华信科技有限责任公司,Wang Wei,,
上海华信科技有限公司北京分公司,,,
杭州飞鱼网络有限公司,赵六,,
上海華信科技,,,
"""


def run(path: Path, **options: object) -> str:
    told = StringIO()
    call_command("find_duplicates", str(path), stdout=told, stderr=StringIO(), **options)
    return told.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "名单.csv"
    path.write_bytes(ROWS.encode("gb18030"))
    return path


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_rows_are_marked(file: Path, suffix: str) -> None:
    target = file.with_name(f"marked.{suffix}")
    assert run(file, out=str(target), language="en").startswith("5 rows: 2 the same")
    marked = read_table(target)
    assert marked.header[4:] == ("Cluster", "Verdict", "Score", "Duplicate of row", "Why")
    said = {row.number: row.cells[4:] for row in marked.rows}
    assert said[2][:2] == ("1", "first of its cluster")
    assert (said[3][1], said[3][3]) == ("same", "2")
    assert "same brand" in str(said[3][4])
    assert said[4][1] == "probably the same"
    assert "branch and parent" in str(said[4][4])
    assert not any(said.get(5, ()))
    assert said[6][0] == "1"


def test_a_formula_stays_text(file: Path) -> None:
    run(file, language="en")
    assert "'=1+1" in file.with_name("名单-marked.csv").read_text("utf-8-sig")


def test_told_in_chinese(file: Path) -> None:
    run(file, language="zh-hans")
    copy = file.with_name("名单-marked.csv").read_text("utf-8-sig")
    assert "查重分组" in copy.splitlines()[0]
    assert "字号相同" in copy


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("x,y\n华信科技,2\n华信科技,3\n", "utf-8")
    assert ": 1 the same" in run(path, columns="company_name=x", language="en")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"columns": "company_name=没有"}, "没有"),
        ({"columns": "nonsense=手机"}, "nonsense"),
        ({"columns": "nonsense"}, "field=column"),
        ({"out": "copy.pdf"}, ".csv or .xlsx"),
    ],
)
def test_what_is_wrong_is_said(file: Path, options: dict[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(file, language="en", **options)


def test_nothing_is_written_over(file: Path) -> None:
    with pytest.raises(CommandError, match="itself"):
        run(file, out=str(file), language="en")
    run(file, language="en")
    with pytest.raises(CommandError, match="already"):
        run(file, language="en")
    run(file, language="en", overwrite=True)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file"):
        run(tmp_path / "none.csv", language="en")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(CommandError):
        run(empty, language="en")


def test_a_file_without_rows_says_so_and_makes_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("公司,电话\n", "utf-8")
    with pytest.raises(CommandError, match="no rows below"):
        run(path, language="en")
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]


def test_the_sheet_with_the_companies_is_cleaned_and_the_others_are_named(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    rows = [line.split(",") for line in ROWS.splitlines()]
    path.write_bytes(
        workbook_of({"说明": [("每行一家公司",), ("谢谢",)], "客户": rows, "旧": [("公司",)]})
    )
    told = run(path, language="en")
    assert told.startswith("5 rows: 2 the same")
    assert "Read was the sheet “客户”; choose others with --sheet: 说明, 旧." in told
    with pytest.raises(CommandError, match="choose others with --sheet: 说明, 客户"):
        run(path, language="en", sheet="旧", overwrite=True)


def test_a_folder_that_is_not_there_is_said_before_the_work(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_duplicates, "clean", None)
    with pytest.raises(CommandError, match="no folder"):
        run(file, language="en", out=str(file.with_name("none") / "copy.csv"))


def test_a_disk_that_refuses_is_told_in_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(find_duplicates, "write_marked_csv", full)
    with pytest.raises(CommandError, match="No space left on device"):
        run(file, language="en")
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_killed_helper_is_told_in_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: object, **_options: object) -> None:
        raise HelperLost("A helper process was ended by signal 9.")

    monkeypatch.setattr(cleaning, "find_duplicates", lost)
    with pytest.raises(CommandError, match="--processes 1"):
        run(file, language="en")


def test_too_many_rows_are_told_in_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_RECORDS", 4)
    with pytest.raises(CommandError, match="too many rows"):
        run(file, language="en")
    assert not file.with_name("名单-marked.csv").exists()


def test_stopped_while_writing_leaves_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(find_duplicates, "write_marked_csv", stop)
    with pytest.raises(CommandError, match="nothing was written") as told:
        run(file, language="en")
    assert told.value.returncode == 130
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_helpers_mark_the_same(file: Path) -> None:
    run(file, language="en", out=str(file.with_name("one.csv")), processes=1)
    run(file, language="en", out=str(file.with_name("two.csv")), processes=2)
    one, two = (file.with_name(f"{name}.csv").read_bytes() for name in ("one", "two"))
    assert one == two

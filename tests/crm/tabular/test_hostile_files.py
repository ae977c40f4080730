import pickle
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from crm.tabular import REASON_CODES, Limits, UnreadableTable, read_table
from crm.tabular.compound import compound_of
from tests.crm.tabular.test_read_table import workbook

SHARED = Path(__file__).parents[4] / "shared" / "data" / "adversarial"


def package(**parts: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def with_sheet(xml: str) -> bytes:
    plain, target = BytesIO(workbook([["a"]])), BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            is_sheet = member.filename == "xl/worksheets/sheet1.xml"
            new.writestr(member.filename, xml if is_sheet else old.read(member))
    return target.getvalue()


def sheet_xml(body: str) -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'
    )


def reason(data: bytes, **limits: int) -> str:
    with pytest.raises(UnreadableTable) as refused:
        read_table(data, limits=Limits(**limits)).rows  # noqa: B018
    assert refused.value.reason_code in REASON_CODES
    return refused.value.reason_code


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        ("\ufeff".encode(), "empty"),
        (workbook([]), "empty"),
        (b"%PDF-1.7 x", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (bytes(range(256)) * 4, "not_a_table"),
        (b"PK\x03\x04 broken", "damaged"),
        (package(readme=b"hello"), "not_a_table"),
        (package(word__document_xml=b"x"), "not_a_table"),
        (package(**{"xl__workbook.bin": b"x"}), "unsupported_format"),
        (package(**{"content.xml": b"x"}), "unsupported_format"),
        (package(**{"xl__workbook.xml": b"<broken"}), "damaged"),
        (workbook([["a", "b"], ["1", "2"]])[:-700], "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(data, expected):
    assert reason(data) == expected


def test_encrypted_old_and_foreign_office_files_are_told_apart():
    assert reason(compound_of("EncryptedPackage", b"x")) == "encrypted"
    assert reason(compound_of("Book", b"x")) == "old_format"
    assert reason(compound_of("WordDocument", b"x")) == "not_a_table"
    assert reason(compound_of("Workbook", b"x")) == "old_format"


def test_a_package_that_unpacks_too_large_is_refused():
    data = with_sheet(sheet_xml(" " * 3_000_000))
    assert reason(data, max_unpacked=1_000_000) == "unpacked_too_large"


def test_the_declared_size_is_not_believed():
    data = bytearray(with_sheet(sheet_xml(" " * 3_000_000)))
    directory = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[directory : directory + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, directory + 24, 1000)
    assert reason(bytes(data), max_unpacked=1_000_000) in {"damaged", "unpacked_too_large"}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="ZZ1048576"><v>1</v></c>',
        "<c r = 'XFD900000'><v>1</v></c>",
        '<c s="0"\n\tr="AAA999999"><v>1</v></c>',
    ],
)
def test_one_cell_in_the_far_corner_does_not_end_the_process(cell):
    data = with_sheet(sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c>{cell}</row>'))
    assert reason(data) == "too_many_cells"


def test_a_wide_sheet_is_no_bomb():
    header, row = [f"列{n}" for n in range(300)], [str(n) for n in range(300)]
    table = read_table(workbook([header, row]))
    assert (len(table.header), table.rows[0].cells[299]) == (300, "299")


def test_an_unclosed_quote_names_its_row():
    data = ('name,note\nA,x\nB,"open\n' + "C,y\n" * 40).encode()
    with pytest.raises(UnreadableTable) as refused:
        read_table(data).rows  # noqa: B018
    assert (refused.value.place, refused.value.reason_code) == ("row:3", "unclosed_quote")


def test_an_endless_cell_is_refused():
    assert reason(b"name,note\nA," + b"x" * 200_000 + b"\nB,y\n") == "cell_too_long"


def test_null_bytes_are_dropped():
    table = read_table(b"name,note,c\nA\x00B,x,1\nC,y,2\nD,z,3\n")
    assert table.rows[0].cells == ("AB", "x", "1")


def test_a_reason_survives_the_way_between_processes():
    error = UnreadableTable("row:3", "unclosed_quote", {"row": 3})
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.place, again.reason_code, again.params) == ("row:3", "unclosed_quote", {"row": 3})


def needs(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"shared data absent: {path.name}")
    return path


def encoding_of(path: Path) -> str | None:
    try:
        return read_table(path).encoding
    except UnreadableTable as error:
        return error.reason_code


def test_shared_files_are_read_in_the_encoding_of_their_folder():
    encodings = {
        "GB2312": "gb18030",
        "Big5": "cp950",
        "UTF-16": "utf-16",
        "UTF-16LE": "utf-16-le",
        "UTF-16BE": "utf-16-be",
        "utf-8-sig": "utf-8-sig",
    }
    root = needs(SHARED / "encodings")
    for folder, encoding in encodings.items():
        for path in sorted((root / folder).iterdir()):
            # Web pages are no tables: quotes need not pair up, and some hold no row.
            found = encoding_of(path)
            assert found in {encoding, "unclosed_quote", "cell_too_long", "empty"}, path.name


def test_naughty_strings_survive_a_table():
    text = needs(SHARED / "blns.txt").read_text("utf-8")
    strings = [s for s in text.split("\n") if s.strip() and not s.startswith("#") and '"' not in s]
    table = read_table(("编号\t内容\n" + "\n".join(f"n\t{s}" for s in strings)).encode())
    assert len(table.rows) == len(strings)


def with_texts(texts: str, cells: str) -> bytes:
    """A workbook whose cells stand for texts that are kept once."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    plain, target = BytesIO(workbook([["a"]])), BytesIO()
    parts = {
        "xl/worksheets/sheet1.xml": sheet_xml(f'<row r="1">{cells}</row>'),
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst xmlns="{space}">{texts}</sst>',
    }
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename not in parts:
                new.writestr(member.filename, old.read(member))
        for name, xml in parts.items():
            new.writestr(name, xml)
    return target.getvalue()


LONG = f"<si><t>{'x' * 4_000}</t></si>"
SHORT = "<si><t>a</t></si>"


@pytest.mark.parametrize(
    ("texts", "cell"),
    [
        (SHORT + LONG, '<c r="A{n}" t="s"><v>1</v></c>'),
        (SHORT + LONG, "<c  t = 's'\n r='A{n}' ><v >1</v></c>"),
        (SHORT + LONG, '<c r="A{n}" t="s"><v>0</v><v>1</v></c>'),
        (SHORT + LONG, '<c r="A{n}" t="s" q="><v>0</v></c>"><v>1</v></c>'),
        (SHORT + LONG, '<c r="A{n}" t="s"><!--<v>0</v></c>--><v>1</v></c>'),
        (SHORT + LONG, '<x:c r="A{n}" t="s"><x:v>1</x:v></x:c>'),
        (LONG.replace("<t>", "<t><!--<si><t>-->"), '<c r="A{n}" t="s"><v>0</v></c>'),
        (LONG.replace("<si>", '<si a="<si>">'), '<c r="A{n}" t="s"><v>0</v></c>'),
        (LONG.replace("<t>", "<t><![CDATA[<si><t>]]>"), '<c r="A{n}" t="s"><v>0</v></c>'),
    ],
)
def test_a_text_that_many_cells_share_is_counted_for_each(texts, cell):
    cells = "".join(cell.replace("{n}", str(n)) for n in range(1, 501))
    assert reason(with_texts(texts, cells), max_unpacked=1_000_000) == "unpacked_too_large"


def test_one_long_text_among_many_short_ones_is_no_bomb():
    cells = "".join(f'<c r="{column}1" t="s"><v>0</v></c>' for column in "ABCDEFGHIJKLMNOPQRSTUVWX")
    data = with_texts(SHORT + LONG, f'{cells}<c r="Y1" t="s"><v>1</v></c>')
    table = read_table(data, header_row=0, limits=Limits(max_unpacked=50_000))
    assert [len(cell or "") for cell in table.rows[0].cells] == [1] * 24 + [4_000]


def test_more_shared_texts_than_a_sheet_may_have_cells_are_refused():
    data = with_texts("<si/>" * 600 + SHORT, '<c r="A1" t="s"><v>0</v></c>')
    assert reason(data, max_cells=500) == "unpacked_too_large"

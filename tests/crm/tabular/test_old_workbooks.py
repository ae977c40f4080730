import base64
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.tabular import UnreadableTable, read_table
from crm.tabular.compound import Compound, compound_of
from tests.crm.tabular.old_workbooks import (
    SAYS_TEXT,
    formula,
    label,
    number,
    old_workbook,
    record,
    said,
    shared,
    shared_texts,
)
from tests.crm.tabular.test_hostile_files import reason

# written by a program: a hidden sheet, a day, long texts, formulas that say a text and a number
REAL = zlib.decompress(
    base64.b85decode(
        b"c-rlqO>9(E7>3_-"
        b"=chB%nf}p&6rCAcg#lWfQY%$k21u1vn<7mRH7KPclC}dGF;F*Fuq#8NF){uwFt~7onizkgO={e@FsbOm#Dt{Pn"
        b"3%YcL<tM%^*i64TMN{LCbpsYzE9qB&pqd!@1D8m%;Mac<a{?-"
        b"J$34%`e|IHEeK%7jUqg!%!s%7CsmMo*R@&yxK->@%SzFR3}iTjFB0FD*)g=^Jq-sR2EURN_*wio4x{H#A)j7CZ"
        b"Pz~RGqw+%CMa{y!Q0{rtk!<jXu4n16`Fpa*M6z#RxLTHX{TH}Wgf+3u4hAgX&yh~G-"
        b"zFgqz0dAo1e6#1$Fqw&g17_Hr}-"
        b"%Y%3nzH?+(ulEFAmLxyxmzK}24^Gdvj7_djw+}+*W)is4$8Sc~g%S{7+`rqq`G|QK^+(61NURhrDFXa&##H-"
        b"6+b%MYs+$W8l%wvcH1zY2ocOTo_KPHp>>%(?tgz@yjfq{JC64L2%sW11w?$6}+7xPEt8#c7_;;uyBA0rZ_?b&l"
        b"L$>HoP@4PODU-PL0awyyL+fX^o`Qg^x&fa)m>iF4_(f;Ux-"
        b"q&oyOe2m_6h%=KMNt$*Q4~c{6h%=KMNt$*Q51DUsROArf6%9>MN$kV)^l|D=y1=j_LD1~^8ZGY0J57}n%hL_Y)"
        b"dwqX*7vGLI@#*5JCtcgb+dqA%qY@2w7b0Uj+E$Bq4+lLI@#*5JCtcgb+dqA%qZe)6;>sqWp^hA%qY@$PGgbfVc"
        b"l!)fM}{C3IJ`xTFK9)O@w>jaG#SF1>&L`|keU+!I<dDkc8TfOpz$sNmuS+d>*wXiZSlsCa|6*r@4ojk-qj^_tc"
        b"qWRGim>q?o2PUtl+YVBINPpj&O+`2jWjO53D-}zZ`?3dhn$)DLV{ao#tA9JVBAom=Q_LdW9GEL^qH>^I-"
        b"`A1XQL++fWtFPHlF5*;a-"
        b"$QUq+aFfqvfV*VRIQ)bJM*88cjm}hVD>B^XTjOCpqzzDk<C1jjYhU35Rj*5G_pM7%;3k-"
        b"?c>s0qtQ3&?spB7jzsrb*|=q;xXwIr9gQ0)^}`!aJ0j!y1Z>O;uItvIem16~F=M5e0Ug1AVuq2{GVhbxJs-WQ7"
        b"`o&mOsq0E76~IIwdR^@qV^hRBIzI$aw1ac=))XGQt~0muhhWxnkF@Eu-"
        b"(8Grv{%m{x*}omSPH<*>t&1VKeU()@?rRQ^kBwm7*w$q9}@@D2lqNWb~Z{bd?^|cL&}ATHhy>-"
        b"rU4Wn}x@9VGY=2aiuP%y=7#LE;#K17^oB5CHyM!ExIU$F6P&WZx!Drw#)jII4!<iY!~>A;ydgTT$jqgI&nt4UY"
        b"Fg_w;oO6X7OF(yTw^?i+Gc`ReX=QO?<C-v$$P+pZI?91L6*Gr(N`lbK)7-"
        b"buWwU@&BraaY#5KWAPvgax7wGLGx!NLdK6}uCtAO-"
        b"hO_!+`WiF^lLu`7d(G!;F!6e=eiq?{&!!Yh2DQ=A^lwB`~MC2Brlx"
    )
)
ROOM = 700 * 2**20
READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from crm.tabular import UnreadableTable, read_table
try:
    print(len(read_table(sys.argv[1]).rows))
except UnreadableTable as refused:
    print(refused.reason_code)
"""


def read_in_a_room(data: bytes, folder: Path) -> str:
    """What a process says that may not take more memory than this."""
    path = folder / "uploaded"
    path.write_bytes(data)
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", READ, str(path), str(ROOM)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.strip()


def test_a_workbook_of_a_program_is_read_with_all_that_people_see():
    table = read_table(REAL, "export.xls")
    assert (table.kind, table.sheets) == ("xls", ("客户",))
    assert table.header[:5] == ("公司名称", "电话", "金额", "日期", "备注")
    first, second, third = table.rows
    assert first.cells == ("深圳市同舟科技有限公司", "13800138000", "0.1", "2026-01-02", "x" * 9000)
    assert second.cells == (
        "上海海华贸易有限公司",
        "021-5555 0100",
        "-3",
        "2025-12-31",
        "名" * 9000,
    )
    assert third.cells[2] == "TRUE"
    assert third.cells[5:] == ("5", "6", "7", "8")


def test_formulas_show_their_results():
    words = [label(0, column, name) for column, name in enumerate(("a", "b", "c", "d"))]
    cells = [
        formula(1, 0, SAYS_TEXT, b"\x17\x01\0x"),
        said("同舟"),
        formula(1, 1, struct.pack("<d", 2.5), b"\x1e\x02\x00"),
        formula(1, 2, b"\x01\0\x01\0\0\0\xff\xff"),
        formula(1, 3, b"\x03\0\0\0\0\0\xff\xff"),
        label(2, 0, "end"),
    ]
    rows = read_table(old_workbook([*words, *cells])).rows
    assert [row.cells for row in rows] == [("同舟", "2.5", "TRUE"), ("end",)]


def many(cell, count: int) -> list[bytes]:
    return [cell(row) for row in range(count)]


LONG = shared_texts("短", "长" * 30_000)
WRAPPED = struct.pack("<HH", 0, 60_000) + bytes(6 * 10_537) + struct.pack("<H", 5_000 + 536)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (old_workbook(many(lambda n: shared(n, 0, 1), 60_000), texts=LONG), "unpacked_too_large"),
        (old_workbook(many(lambda n: label(n, 0, "", 65_535), 60_000)), "unpacked_too_large"),
        (
            old_workbook([formula(0, 0, SAYS_TEXT), *[said("", 65_535)] * 60_000]),
            "unpacked_too_large",
        ),
        (old_workbook([number(0, 0, 1), number(65_535, 65_535, 1)]), "too_many_cells"),
        (
            old_workbook(
                [
                    formula(0, 0, SAYS_TEXT),
                    said("a"),
                    formula(65_535, 65_535, SAYS_TEXT),
                    number(65_535, 0, 1),
                ]
            ),
            "too_many_cells",
        ),
        (old_workbook([number(9, 0, 1), number(2, 0, 1)]), "damaged"),
        (old_workbook([number(9, 0, 1), said("a")]), "damaged"),
        (old_workbook([number(0, 0, 1)] * 2, [], texts=shared_texts(count=2**31 - 1)), "damaged"),
        (old_workbook(*[[number(0, 0, 1)]] * 1_001), "too_many_cells"),
        (old_workbook([number(0, 0, 1)], [], share_place=True), "damaged"),
        (old_workbook([record(0xBD, WRAPPED), number(65_535, 0, 1)]), "too_many_cells"),
        (old_workbook([record(0x85, b"")], first=record(0x85, b"")), "damaged"),
        (old_workbook([number(0, 0, 1)], first=record(0x2F, b"\x01\0")), "encrypted"),
    ],
    ids=[
        "shared texts",
        "labels",
        "results",
        "corner",
        "corner of formulas",
        "rows out of order",
        "a result out of order",
        "texts that are not there",
        "sheets",
        "names of one sheet",
        "a row that wraps around",
        "a name that is too short",
        "encrypted",
    ],
)
def test_a_small_file_that_would_take_all_memory_is_refused(data, expected, tmp_path):
    assert len(data) < 2_000_000
    assert read_in_a_room(data, tmp_path) == expected


def test_a_sheet_may_say_that_it_is_as_large_as_it_likes(tmp_path):
    size = record(0x200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))
    data = old_workbook([size, label(0, 0, "a"), label(1, 0, "b")])
    assert read_in_a_room(data, tmp_path) == "1"


def test_a_chain_that_leads_back_is_refused(tmp_path):
    data = bytearray(old_workbook([number(0, 0, 1)] * 3_000))
    end_of_all = struct.pack("<II", 0xFFFFFFFE, 0xFFFFFFFF)
    struct.pack_into("<I", data, data.index(end_of_all, 4_096), 4)
    assert read_in_a_room(bytes(data), tmp_path) == "damaged"


@given(st.lists(st.sampled_from("a同") | st.just("长" * 5_000), min_size=1, max_size=12))
def test_every_text_is_counted_as_long_as_it_is_read(texts):
    cells = [shared(row, 0, row) for row in range(len(texts))]
    data = old_workbook(cells, texts=shared_texts(*texts))
    read = [row.cells[0] for row in read_table(data, header_row=0).rows]
    assert read == texts
    assert reason(data, max_unpacked=3 * sum(map(len, texts)) - 1) == "unpacked_too_large"


@given(
    st.lists(
        st.tuples(st.integers(0, 40_000), st.sampled_from([0, 1, 2, 127, 128, 255])), max_size=8
    )
)
def test_a_broken_workbook_is_read_or_refused_in_words(changes):
    stream = bytearray(Compound(REAL).read("Workbook"))
    for at, value in changes:
        stream[at % len(stream)] = value
    data = compound_of("Workbook", bytes(stream))
    with suppress(UnreadableTable):
        read_table(data).rows  # noqa: B018


@given(st.binary(max_size=20_000))
def test_a_stream_comes_out_as_it_went_in(content):
    assert Compound(compound_of("Workbook", content)).read("workbook")[: len(content)] == content

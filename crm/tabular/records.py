"""What an old Excel workbook costs to read, counted record by record before it is read.

The workbook library copies a text for every cell that shares it, keeps each sheet as one dense
block, makes room for as many cells as a sheet says it has, and reads a sheet anew for every name
that leads to it. So a few kilobytes could end the process. Records that show nothing are hidden
from it, formulas are left their results, and what remains is counted.
"""

import struct
from collections.abc import Sequence

from crm.tabular.errors import UnreadableTable

BIFF8 = 0x0600
BYTES_A_SIGN = 3
MOST_SHEETS = 1_000
_HIDDEN = b"\xff\xff"
_BOF, _EOF, _CONTINUE, _SHEET, _TEXTS = 0x0809, 0x000A, 0x003C, 0x0085, 0x00FC
_DATE_SYSTEM, _PASSWORD, _FORMAT, _STYLE = 0x0022, 0x002F, 0x041E, 0x00E0
_SHOWN = frozenset((_CONTINUE, _DATE_SYSTEM, _FORMAT, _STYLE))  # of what precedes the sheets
_FORMULA, _NUMBERS, _SHARED, _NUMBER = 0x0006, 0x00BD, 0x00FD, 0x0203
_LABEL, _TRUTH, _RESULT, _SHORT_NUMBER = 0x0204, 0x0205, 0x0207, 0x027E
_PLACED = frozenset((_NUMBERS, _SHARED, _NUMBER, _LABEL, _TRUTH, _SHORT_NUMBER))
_LEAST_FORMULA = 22
_HEAD = struct.Struct("<HH").unpack_from
_WORD = struct.Struct("<H").unpack_from
_LONG = struct.Struct("<I").unpack_from


def bounded_records(stream: bytes, *, max_text: int, max_cells: int) -> bytes:
    """The stream of a workbook with all that people see, at a cost within these bounds.

    Raises UnreadableTable where it would cost more, or breaks its own rules.
    """
    try:
        return _Counting(stream, max_text, max_cells).counted()
    except (struct.error, IndexError) as error:
        raise _damaged() from error


class _Counting:
    def __init__(self, stream: bytes, max_text: int, max_cells: int) -> None:
        self.data = bytearray(stream)
        self.texts: Sequence[int] = ()
        self.most_text, self.most_cells = max_text, max_cells
        self.text = self.cells = self.boxed = 0

    def counted(self) -> bytes:
        starts, end = self._before_sheets()
        if len(starts) > MOST_SHEETS:
            raise UnreadableTable("file", "too_many_cells", {"rows": 0, "columns": 0})
        for start in sorted(starts):
            if start < end:
                raise _damaged()  # sheets within sheets would be read more than once
            end = self._sheet(start)
        return bytes(self.data)

    def _before_sheets(self) -> tuple[list[int], int]:
        data, at, starts = self.data, 0, list[int]()
        kind, size = _HEAD(data, 0)
        if kind != _BOF or _WORD(data, 4)[0] != BIFF8:
            raise UnreadableTable("file", "old_format", {"kind": "ole"})
        at = 4 + size
        while at + 4 <= len(data):
            kind, size = _HEAD(data, at)
            begin, at = at, at + 4 + size
            if kind == _EOF:
                break
            if kind == _PASSWORD:
                raise UnreadableTable("file", "encrypted", {})
            if kind == _SHEET:
                starts.append(_LONG(data, begin + 4)[0])
            elif kind == _TEXTS:
                self.texts = _SharedTexts(data, begin).sizes()
            elif kind not in _SHOWN:
                data[begin : begin + 2] = _HIDDEN
        return starts, at

    def _sheet(self, start: int) -> int:
        data, end = self.data, len(self.data)
        at, texts, text, cells = start, self.texts, 0, 0
        box, said = _Box(), _Box()  # of all cells; of formulas that say a text
        row = column = 0  # of the last of these
        while at + 4 <= end:
            kind, size = _HEAD(data, at)
            begin, at = at, at + 4 + size
            if at > end:
                raise _damaged()
            if kind == _EOF:
                break
            if kind == _FORMULA:
                kind = self._result_alone(begin, size)
            if kind == _FORMULA:
                row, column = _HEAD(data, begin + 4)
                said.take(row, column)
            elif kind == _RESULT:
                cells += 1
                box.take(row, column)
                text += _WORD(data, begin + 4)[0] * BYTES_A_SIGN
            elif kind in _PLACED:
                cells += 1
                box.take(*_HEAD(data, begin + 4))
                if kind == _SHARED:
                    number = _LONG(data, begin + 10)[0]
                    text += texts[number] if number < len(texts) else 0
                elif kind == _LABEL:
                    text += _WORD(data, begin + 10)[0] * BYTES_A_SIGN
                elif kind == _NUMBERS:
                    more = size // 6 - 2
                    cells += more
                    box.take(*_along(data, begin + 4, more))
            else:
                data[begin : begin + 2] = _HIDDEN
        self._add(text, cells, box, said)
        return at

    def _result_alone(self, begin: int, size: int) -> int:
        """Leaves a formula its result: as a cell that holds it, or as one a text follows."""
        data, kind = self.data, _NUMBER
        if size < _LEAST_FORMULA:
            raise _damaged()
        if data[begin + 16 : begin + 18] == b"\xff\xff":
            what, value = data[begin + 10], data[begin + 12]
            if what == 0:
                data[begin + 24 : begin + 26] = b"\0\0"  # no tokens
                return _FORMULA
            if what not in (1, 2):
                return 0  # it says nothing
            kind, data[begin + 10], data[begin + 11] = _TRUTH, value, what - 1
        data[begin : begin + 2] = struct.pack("<H", kind)
        return kind

    def _add(self, text: int, cells: int, box: "_Box", said: "_Box") -> None:
        self.text += text
        self.cells += cells
        self.boxed += box.size() + said.size()
        if self.text > self.most_text:
            raise UnreadableTable("file", "unpacked_too_large", {"limit": self.most_text})
        if max(self.cells, self.boxed) > self.most_cells:
            params = {"rows": box.rows(), "columns": box.columns()}
            raise UnreadableTable("file", "too_many_cells", params)


class _Box:
    """The block of cells that reaches from the first to the last; rows must come in order."""

    def __init__(self) -> None:
        self.first_row = self.last_row = -1
        self.left, self.right = 0x10000, -1

    def take(self, row: int, column: int) -> None:
        if self.first_row < 0:
            self.first_row = row
        if row < self.last_row:
            raise _damaged()  # cells out of order would be lost without a word
        self.last_row = row
        if column < self.left:
            self.left = column
        if column > self.right:
            self.right = column

    def rows(self) -> int:
        return self.last_row - self.first_row + 1 if self.right >= 0 else 0

    def columns(self) -> int:
        return max(0, self.right - self.left + 1)

    def size(self) -> int:
        return self.rows() * self.columns()


def _along(data: bytearray, at: int, more: int) -> tuple[int, int]:
    row, column = _HEAD(data, at)
    return row, column + more


class _SharedTexts:
    """The texts that cells share, which go on from record to record."""

    def __init__(self, data: bytearray, begin: int) -> None:
        kind, size = _HEAD(data, begin)
        pieces = [(begin + 4, begin + 4 + size)]
        at = begin + 4 + size
        while at + 4 < len(data):
            kind, size = _HEAD(data, at)
            if kind != _CONTINUE:
                break
            pieces.append((at + 4, at + 4 + size))
            at += 4 + size
        if pieces[-1][1] > len(data):
            raise _damaged()
        self._data, self._rest = data, pieces[:0:-1]
        self._at, self._end = pieces[0]

    def sizes(self) -> Sequence[int]:
        """How much memory each text may take."""
        (count,) = _LONG(self._data, self._at + 4)
        self._at += 8
        if count > len(self._data) // 3:
            raise _damaged()
        return [self._text() * BYTES_A_SIGN for _ in range(count)]

    def _text(self) -> int:
        if self._at == self._end:
            self._go_on()
        data, at = self._data, self._at
        if self._end - at < 3:
            raise _damaged()
        signs: int = _WORD(data, at)[0]
        flags = data[at + 2]
        at += 3
        skipped = 0
        if flags & 8:
            skipped += _WORD(data, at)[0] * 4
            at += 2
        if flags & 4:
            skipped += _LONG(data, at)[0]
            at += 4
        self._at = at
        if at > self._end:
            raise _damaged()
        self._pass_signs(signs, 2 if flags & 1 else 1)
        self._pass(skipped)
        return signs

    def _pass_signs(self, signs: int, width: int) -> None:
        while signs:
            here = min(signs, (self._end - self._at) // width)
            self._at += here * width
            signs -= here
            if signs:
                self._go_on()
                width = 2 if self._data[self._at] & 1 else 1
                self._at += 1

    def _pass(self, size: int) -> None:
        while size:
            if self._at == self._end:
                self._go_on()
            here = min(size, self._end - self._at)
            self._at += here
            size -= here

    def _go_on(self) -> None:
        if not self._rest:
            raise _damaged()
        self._at, self._end = self._rest.pop()


def _damaged() -> UnreadableTable:
    return UnreadableTable("file", "damaged", {})

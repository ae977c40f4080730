"""The file within a file that old Excel workbooks are: one stream taken out of it, or put into it.

The workbook library follows the chains of such a file wherever they lead, and believes the sizes
it is told. So a stream is taken out here, and what was looked at is handed on in a file of our own.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from crm.tabular.errors import UnreadableTable

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE, _IS_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_HEADER, _ENTRY, _MINI = 512, 128, 64
_STREAM, _ROOT = 2, 5
_SECTOR = 4_096
_IN_HEADER = 109
_NUMBERS_A_SECTOR = _SECTOR // 4


class _Stream(NamedTuple):
    start: int
    size: int


class Compound:
    """The streams of a compound file by name; no chain is followed beyond the file's length."""

    def __init__(self, data: bytes) -> None:
        try:
            self._data = data
            (shift,) = struct.unpack_from("<H", data, 30)
            if shift not in (9, 12):
                raise _damaged()
            self._sector = 1 << shift
            (self._least,) = struct.unpack_from("<I", data, 56)
            self._table = self._numbers(self._table_sectors())
            (directory,) = struct.unpack_from("<I", data, 48)
            self._root, self._streams = self._entries(self._chained(directory))
        except struct.error as error:
            raise _damaged() from error

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._streams

    def read(self, name: str) -> bytes:
        """The whole stream of this name, whichever way its letters are written."""
        stream = self._streams[name.lower()]
        if stream.size >= self._least:
            return self._chained(stream.start)[: stream.size]
        (start,) = struct.unpack_from("<I", self._data, 60)
        table = _unpacked(self._chained(start))
        minis = self._chained(self._root.start)
        places = (number * _MINI for number in _followed(stream.start, table))
        return b"".join(minis[at : at + _MINI] for at in places)[: stream.size]

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._data[start : start + self._sector]

    def _numbers(self, sectors: Sequence[int]) -> Sequence[int]:
        return _unpacked(b"".join(map(self._at, sectors)))

    def _table_sectors(self) -> Sequence[int]:
        """Where the table of chains stands; its list goes on in sectors that each name the next."""
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        (number,) = struct.unpack_from("<I", self._data, 68)
        left = len(self._data) // self._sector
        while number not in (_END, _FREE):
            *more, number = _unpacked(self._at(number)) or (_END,)
            found += more
            left -= 1
            if left < 0:
                raise _damaged()
        sectors = [number for number in found if number != _FREE]
        if len(sectors) > len(set(sectors)):
            raise _damaged()
        return sectors

    def _chained(self, start: int) -> bytes:
        return b"".join(map(self._at, _followed(start, self._table)))

    def _entries(self, directory: bytes) -> tuple[_Stream, Mapping[str, _Stream]]:
        root, streams = _Stream(_END, 0), dict[str, _Stream]()
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[at : at + _ENTRY]
            length, kind = struct.unpack_from("<HB", entry, 64)
            start, size = struct.unpack_from("<II", entry, 116)
            if kind == _ROOT:
                root = _Stream(start, size)
            elif kind == _STREAM:
                name = entry[: min(64, max(0, length - 2))].decode("utf-16-le", errors="replace")
                streams.setdefault(name.lower(), _Stream(start, size))
        return root, streams


def compound_of(name: str, content: bytes) -> bytes:
    """A compound file that holds this stream and nothing else."""
    body = content.ljust(_SECTOR, b"\0")
    lengths = (1, 1, -(-len(body) // _SECTOR))  # directory, what small streams share, the stream
    tables = 1
    while tables * _NUMBERS_A_SECTOR < tables + sum(lengths):
        tables += 1
    if tables > _IN_HEADER:
        raise UnreadableTable("file", "unpacked_too_large", {"limit": _IN_HEADER << 22})
    chains, starts = [_IS_TABLE] * tables, []
    for length in lengths:
        starts.append(len(chains))
        chains += [*range(len(chains) + 1, len(chains) + length), _END]
    chains += [_FREE] * (tables * _NUMBERS_A_SECTOR - len(chains))
    directory = (
        _entry("Root Entry", _ROOT, starts[1], _SECTOR, child=1)
        + _entry(name, _STREAM, starts[2], len(body), child=_FREE)
    ).ljust(_SECTOR, b"\0")
    header = struct.pack(
        "<8s16xHHHHH6xIII4xIIIII",
        *(MAGIC, 0x3E, 4, 0xFFFE, 12, 6),
        *(1, tables, starts[0], _SECTOR, _END, 0, _END, 0),
    ) + struct.pack(f"<{_IN_HEADER}I", *[*range(tables), *[_FREE] * (_IN_HEADER - tables)])
    padding = bytes(-len(body) % _SECTOR)
    table = struct.pack(f"<{len(chains)}I", *chains)
    return b"".join((header.ljust(_SECTOR, b"\0"), table, directory, bytes(_SECTOR), body, padding))


def _entry(name: str, kind: int, start: int, size: int, *, child: int) -> bytes:
    label = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII36xIQ", label, len(label) + 2, kind, 1, _FREE, _FREE, child, start, size
    )


def _followed(start: int, table: Sequence[int]) -> Iterator[int]:
    number = start
    for _ in range(len(table) + 1):
        if number == _END:
            return
        if number >= len(table):
            break
        yield number
        number = table[number]
    raise _damaged()


def _unpacked(sectors: bytes) -> Sequence[int]:
    count = len(sectors) // 4
    return struct.unpack(f"<{count}I", sectors[: count * 4])


def _damaged() -> UnreadableTable:
    return UnreadableTable("file", "damaged", {})

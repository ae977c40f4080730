"""Old Excel workbooks, record by record: honest ones, and such as no program writes."""

import struct
from collections.abc import Iterable

from crm.tabular.compound import compound_of

BOF_BOOK, BOF_SHEET = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0), struct.pack("<HH", 0x600, 16)
END = struct.pack("<HH", 0x0A, 0)


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def shared_texts(*texts: str, count: int | None = None) -> bytes:
    """The texts that cells share, cut into records wherever one is full."""
    room, pieces = 8_224, [struct.pack("<II", len(texts), len(texts) if count is None else count)]
    for text in texts:
        body = struct.pack("<HB", len(text), 1)
        if len(pieces[-1]) + len(body) > room:
            pieces.append(b"")
        pieces[-1] += body
        rest = text.encode("utf-16-le")
        while rest:
            here = (room - len(pieces[-1])) // 2 * 2
            pieces[-1], rest = pieces[-1] + rest[:here], rest[here:]
            if rest:
                pieces.append(b"\x01")
    first, *others = pieces
    return record(0xFC, first) + b"".join(record(0x3C, piece) for piece in others)


def shared(row: int, column: int, number: int) -> bytes:
    return record(0xFD, struct.pack("<HHHI", row, column, 0, number))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def label(row: int, column: int, text: str, signs: int | None = None) -> bytes:
    length = len(text) if signs is None else signs
    head = struct.pack("<HHHHB", row, column, 0, length, 1)
    return record(0x204, head + text.encode("utf-16-le"))


def said(text: str, signs: int | None = None) -> bytes:
    """What a formula says, in the record that follows it."""
    length = len(text) if signs is None else signs
    return record(0x207, struct.pack("<HB", length, 1) + text.encode("utf-16-le"))


def formula(row: int, column: int, result: bytes, tokens: bytes = b"") -> bytes:
    head = struct.pack("<HHH8sHIH", row, column, 0, result, 0, 0, len(tokens))
    return record(6, head + tokens)


SAYS_TEXT = b"\0\0\0\0\0\0\xff\xff"


def old_workbook(
    *sheets: Iterable[bytes], texts: bytes = b"", first: bytes = b"", share_place: bool = False
) -> bytes:
    """A workbook of these sheets; `share_place` lets every name lead to the first one."""
    bodies = [record(0x809, BOF_SHEET) + b"".join(sheet) + END for sheet in sheets]
    names = [f"S{index}" for index in range(len(bodies))]
    size = sum(4 + 8 + 2 * len(name) for name in names)
    before = record(0x809, BOF_BOOK) + first
    at = len(before) + size + len(texts) + len(END)
    places = []
    for body in bodies:
        places.append(places[0] if share_place and places else at)
        at += len(body)
    tables = b"".join(
        record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 1) + name.encode("utf-16-le"))
        for place, name in zip(places, names, strict=True)
    )
    return compound_of("Workbook", before + tables + texts + END + b"".join(bodies))

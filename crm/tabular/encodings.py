"""Which encoding a text is in: marks first, then validity, then how common its letters are."""

import codecs
from collections.abc import Callable, Iterator
from itertools import pairwise

from crm.tabular.errors import UnreadableTable
from crm.tabular.sources import Source

SAMPLE_BYTES = 65_536
TOLERATED_DAMAGE = 0.001
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(source: Source) -> str:
    """The name of the codec the whole file can be read with.

    Raises UnreadableTable when the bytes are no text, or no text in any encoding known here.
    """
    head = source.head(SAMPLE_BYTES)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    encoding = marked or _utf16_without_mark(head)
    if encoding is None:
        if _is_binary(head):
            raise UnreadableTable("file", "not_a_table", {"kind": "binary"})
        encoding = _multibyte_encoding(source, head)
    elif _damage(source, encoding) > TOLERATED_DAMAGE:
        raise UnreadableTable("file", "encoding", {"encoding": encoding})
    return encoding


def _multibyte_encoding(source: Source, head: bytes) -> str:
    if _damage(source, "utf-8") == 0:
        return "utf-8"
    simplified, traditional = _share(head, _is_common_gb), _share(head, _is_common_big5)
    likely = ["gb18030"] if simplified >= 0.5 else []
    if traditional >= 0.5:
        likely[0 if traditional > simplified else 1 :] = ["cp950", "big5hkscs", *likely]
    for encoding in likely:
        if _damage(source, encoding) <= TOLERATED_DAMAGE:
            return encoding
    if _damage(source, "utf-8") <= TOLERATED_DAMAGE:
        return "utf-8"
    if _looks_western(head) and _damage(source, "cp1252") == 0:
        return "cp1252"
    if _damage(source, "gb18030") == 0:
        return "gb18030"
    raise UnreadableTable("file", "encoding", {})


def _utf16_without_mark(head: bytes) -> str | None:
    if len(head) < 4 or b"\x00" not in head:
        return None
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    if abs(zeros_even - zeros_odd) < 0.8 * (zeros_even + zeros_odd):
        return None
    encoding = "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"
    text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    plausible = sum(1 for char in text if _is_plausible(char))
    return encoding if plausible >= 0.95 * len(text) else None


def _is_plausible(char: str) -> bool:
    return (
        char in "\t\r\n"
        or "\x20" <= char <= "\u04ff"
        or "\u2000" <= char <= "\u9fff"
        or "\uff00" <= char <= "\uffef"
        or char > "\uffff"
    )


def _is_binary(head: bytes) -> bool:
    controls = sum(head.count(code) for code in range(32) if code not in b"\t\n\r\x0c\x1a")
    return controls > max(2, 0.01 * len(head))


def _damage(source: Source, encoding: str) -> float:
    """The share of characters the codec cannot read, over the whole file; a cut end is forgiven."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    bad = total = 0
    for chunk in source.chunks():
        text = decoder.decode(chunk)
        bad += text.count("\ufffd")
        total += len(text)
    return bad / total if total else 0.0


def _double_bytes(head: bytes) -> Iterator[tuple[int, int]]:
    pairs = pairwise(head)
    for first, second in pairs:
        if first >= 0x80:
            yield first, second
            next(pairs, None)


def _share(head: bytes, is_common: Callable[[int, int], bool]) -> float:
    found = [is_common(first, second) for first, second in _double_bytes(head)]
    return sum(found) / len(found) if found else 0.0


def _is_common_gb(first: int, second: int) -> bool:
    return second >= 0xA1 and (0xB0 <= first <= 0xD7 or 0xA1 <= first <= 0xA3)


def _is_common_big5(first: int, second: int) -> bool:
    trail = 0x40 <= second <= 0x7E or 0xA1 <= second <= 0xFE
    return trail and 0xA1 <= first <= 0xC6


def _looks_western(head: bytes) -> bool:
    high = sum(1 for byte in head if byte >= 0x80)
    return high < 0.2 * len(head)

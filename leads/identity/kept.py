"""The records of a file while their duplicates are looked for: by the million, and few come back.

One that is a company and perhaps a phone is kept as the bytes of these, a quarter of its size.
"""

from array import array
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from leads.identity.types import Identity

_NEXT, _LAST = "\0", "\1"  # between what a record says, and behind it


class Kept:
    """Records by their position; one comes back equal to what was given."""

    def __init__(self) -> None:
        self.ids: list[Hashable] = []
        self.text = bytearray()
        self.ends = array("Q", [0])
        self.whole: dict[int, Identity] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, records: Sequence[Identity], more: Iterable[int]) -> None:
        """Keep these after the others; some of them say more than a company and phones."""
        told = [_NEXT.join((record.company, *record.phones)) for record in records]
        for at in {*more, *_odd(records, told)}:
            self.whole[len(self.ids) + at] = records[at]
            told[at] = ""
        packed = _LAST.join((*told, "")).encode("utf-8", "surrogatepass")
        ends = np.flatnonzero(np.frombuffer(packed, np.uint8) == ord(_LAST)) + 1
        self.ends.frombytes((ends + len(self.text)).astype(np.uint64).tobytes())
        self.ids += [record.id for record in records]
        self.text += packed

    def __getitem__(self, position: int) -> Identity:
        record = self.whole.get(position)
        if record is None:
            packed = self.text[self.ends[position] : self.ends[position + 1]]
            company, *phones = packed.decode("utf-8", "surrogatepass")[:-1].split(_NEXT)
            record = Identity(self.ids[position], company, "", tuple(phones))
        return record


def _odd(records: Sequence[Identity], told: Sequence[str]) -> list[int]:
    """Those that use our own marks: hardly ever one."""
    together, marks = "".join(told), sum([len(record.phones) for record in records])
    if together.count(_NEXT) == marks and _LAST not in together:
        return []
    return [
        at
        for at, (record, text) in enumerate(zip(records, told, strict=True))
        if text.count(_NEXT) != len(record.phones) or _LAST in text
    ]

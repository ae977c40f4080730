"""The records of a file while their duplicates are looked for: by the million, and few come back.

One that is a company and perhaps a phone is kept as the bytes of these, a quarter of its size.
"""

from array import array
from collections.abc import Hashable, Sequence
from itertools import accumulate, islice

from leads.identity.packing import says_no_more
from leads.identity.types import Identity

_END = "\0"


class Kept:
    """Records by their position; one comes back equal to what was given."""

    def __init__(self) -> None:
        self.ids: list[Hashable] = []
        self.text = bytearray()
        self.ends = array("Q", [0])
        self.whole: dict[int, Identity] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, records: Sequence[Identity]) -> None:
        """Keep these after the others."""
        texts = []
        for at, record in enumerate(records, len(self.ids)):
            told = _END.join((record.company, *record.phones))
            if not says_no_more(record) or _made(record.id, told) != record:
                self.whole[at] = record
                told = ""
            texts.append(told.encode("utf-8", "surrogatepass"))
        self.ids += [record.id for record in records]
        self.text += b"".join(texts)
        self.ends.extend(islice(accumulate(map(len, texts), initial=self.ends[-1]), 1, None))

    def __getitem__(self, position: int) -> Identity:
        record = self.whole.get(position)
        if record is None:
            told = self.text[self.ends[position] : self.ends[position + 1]]
            record = _made(self.ids[position], told.decode("utf-8", "surrogatepass"))
        return record


def _made(pk: Hashable, told: str) -> Identity:
    company, *phones = told.split(_END)
    return Identity(pk, company, "", tuple(phones))

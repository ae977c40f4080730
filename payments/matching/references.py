"""Numbers people quote: HT-2031合同款, 合同HT2031首付, SO 2026/0301."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

_RUN = re.compile(r"[A-Z0-9]+(?:[-_/.\s#—–·:]{1,3}[A-Z0-9]+)*")
_ATOM = re.compile(r"[A-Z]+|[0-9]+")
_DIGITS = re.compile(r"\d{4,}", re.ASCII)
_NOISE = re.compile(r"[\W_]+")
LONGEST_QUOTE = 10
SHORTEST_STRONG = 5


def normalise_reference(text: str) -> str:
    """A number without width, case, blanks and separators: ht-2031 → HT2031."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", plain.upper())


def is_strong(reference: str) -> bool:
    """Whether a normalised number is long enough to mean one thing: HT2031, but not 2031."""
    digits = sum(char.isdigit() for char in reference)
    if reference.isdigit():
        return digits >= 7
    return len(reference) >= SHORTEST_STRONG and digits >= 3


def digits_key(reference: str) -> str:
    """The longest run of digits, what is left when a payer drops the letters; '' when too short."""
    runs = _DIGITS.findall(reference)
    return max(runs, key=len) if runs else ""


@lru_cache(maxsize=32768)
def quoted_numbers(text: str) -> frozenset[str]:
    """Every number the text may quote, normalised: neighbours joined, never a part of a number."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return frozenset(quote for run in _RUN.findall(plain) for quote in _joined(_ATOM.findall(run)))


def _joined(atoms: list[str]) -> Iterator[str]:
    for start in range(len(atoms)):
        quote = ""
        for atom in atoms[start : start + LONGEST_QUOTE]:
            quote += atom
            if len(quote) >= 4 and not quote.isalpha():
                yield quote


def quotes_chinese(text: str, reference: str) -> bool:
    """Whether a normalised number with Chinese in it, 深合字2026第031号, stands in the text."""
    plain = normalise_reference(text)
    start = plain.find(reference)
    if start < 0:
        return False
    end = start + len(reference)
    borders = pairwise(plain[max(0, start - 1) : end + 1])
    first, last = next(iter(borders), ("", "")), plain[end - 1 : end + 1]
    cut_before = start > 0 and first[0].isdigit() and first[1].isdigit()
    return not cut_before and not (len(last) == 2 and last.isdigit())

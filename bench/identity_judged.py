"""Names a careful sales administrator answered for: `judged/names.txt`, half of it never studied.

Written before the engine was asked, by the hand that then mended it: only the unseen half says
what that was worth, and no error of it was looked at.
"""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from leads.identity import compare_company_names

_FILE = Path(__file__).with_name("judged") / "names.txt"
HALVES = ("studied", "unseen")
ALLOWED = {
    "same": {"same"},
    "found": {"same", "probable"},
    "ask": {"probable"},
    "apart": {"probable", "different"},
    "two": {"different"},
}


class JudgedPair(NamedTuple):
    """Two names, the kind of difference, the answer wanted, and whether errors were studied."""

    kind: str
    answer: str
    left: str
    right: str
    half: str


def judged_names() -> Iterator[JudgedPair]:
    """All pairs of the file, in its order."""
    kind = ""
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            answer, left, right = line.split(" | ")
            half = HALVES[blake2b(left.encode(), digest_size=1).digest()[0] % 2]
            yield JudgedPair(kind, answer, left, right, half)


def by_hand() -> dict[str, dict[str, float]]:
    """Pairs of names written and answered by hand: the share that got an allowed answer."""
    table: dict[str, dict[str, float]] = {}
    for pair in judged_names():
        verdict = compare_company_names(pair.left, pair.right).verdict
        for row in (f"{pair.half}: {pair.answer}", f"{pair.half}: all"):
            figures = table.setdefault(row, {"pairs": 0, "right": 0})
            figures["pairs"] += 1
            figures["right"] += verdict in ALLOWED[pair.answer]
    for figures in table.values():
        figures["right"] /= figures["pairs"]
    return dict(sorted(table.items()))

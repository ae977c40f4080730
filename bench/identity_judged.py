"""Names, people, addresses and records a careful sales administrator answered for: `judged/*.txt`.

Written before the engine was asked, by the hand that then mended it: only the unseen half of each
file says what that was worth, and no error of it was looked at.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from leads.identity import (
    Identity,
    compare,
    compare_company_names,
    find_duplicates,
    match_keys,
    profile_of,
)
from leads.identity.addresses import compare_addresses
from leads.identity.persons import compare_persons
from leads.identity.seeking import ENOUGH, sought_keys

_FILES = Path(__file__).with_name("judged")
HALVES = ("studied", "unseen")
ALLOWED = {
    "same": {"same"},
    "found": {"same", "probable"},
    "ask": {"probable"},
    "apart": {"probable", "different"},
    "two": {"different"},
}
PERSONS = {
    "one": {"equal", "near", "pinyin", "alike"},
    "open": {"open", "alike"},
    "may": {"equal", "near", "pinyin", "alike", "open"},
    "two": {"different", "given"},
}
ADDRESSES = {
    "door": {"room", "number"},
    "house": {"building", "number"},
    "may": {"room", "number", "building", "street"},
    "two": {"street", ""},
}
_SHORTER = {"code": "credit_code", "phone": "phones", "mail": "emails"}
_SEVERAL = frozenset({"phones", "emails", "aliases"})
Table = dict[str, dict[str, float]]
Says = Callable[[str, str], str]


class JudgedPair(NamedTuple):
    """Two texts, the kind of difference, the answer wanted, and whether errors were studied."""

    kind: str
    answer: str
    left: str
    right: str
    half: str


def judged_names(file: str = "names") -> Iterator[JudgedPair]:
    """All pairs of a file, in its order."""
    kind = ""
    for line in (_FILES / f"{file}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            answer, left, right = line.split(" | ")
            half = HALVES[blake2b(left.encode(), digest_size=1).digest()[0] % 2]
            yield JudgedPair(kind, answer, left, right, half)


def _names(left: str, right: str) -> str:
    return compare_company_names(left, right).verdict


def _people(left: str, right: str) -> str:
    return compare_persons(_person(left), _person(right))


def _person(text: str) -> str:
    return profile_of(Identity(person=text)).person


def _records(left: str, right: str) -> str:
    return compare(record_of(left), record_of(right)).verdict


def record_of(text: str) -> Identity:
    """company=华信 ; phone=13805951234 as a record."""
    fields: dict[str, Any] = {}
    for part in text.split(" ; "):
        name, _, value = part.partition("=")
        field = _SHORTER.get(name, name)
        fields[field] = (value,) if field in _SEVERAL else value
    return Identity(**fields)


_ASKED: dict[str, tuple[Says, dict[str, set[str]]]] = {
    "names": (_names, ALLOWED),
    "messy": (_names, ALLOWED),
    "further": (_names, ALLOWED),
    "kinds": (_names, ALLOWED),
    "people": (_people, PERSONS),
    "addresses": (compare_addresses, ADDRESSES),
    "records": (_records, ALLOWED),
    "typed": (_names, ALLOWED),
    "typed_people": (_people, PERSONS),
    "typed_addresses": (compare_addresses, ADDRESSES),
    "typed_records": (_records, ALLOWED),
}


FILES = tuple(_ASKED)


def answered(file: str, *, is_swapped: bool = False) -> Iterator[tuple[JudgedPair, str, bool]]:
    """Each pair of a file, what the engine says, and whether that is allowed."""
    says, allowed = _ASKED[file]
    for pair in judged_names(file):
        said = says(pair.right, pair.left) if is_swapped else says(pair.left, pair.right)
        yield pair, said, said in allowed[pair.answer]


def brought_together() -> Table:
    """Of the names that the comparison takes for one client or asks about: how many a look-up
    reads (each asked for beside the other), and how many a file of the two alone compares."""
    table: Table = {}
    for file, (says, _allowed) in _ASKED.items():
        if says is not _names:
            continue
        for pair, said, is_right in answered(file):
            if said == "different" or not is_right:
                continue
            figures = table.setdefault(
                f"{file}, {pair.half}: brought together", {"pairs": 0, "look-up": 0, "file": 0}
            )
            left, right = Identity(1, company=pair.left), Identity(2, company=pair.right)
            figures["pairs"] += 1
            figures["look-up"] += (is_read(left, right) + is_read(right, left)) / 2
            figures["file"] += any(find_duplicates([left, right], processes=1))
    for figures in table.values():
        figures["look-up"] /= figures["pairs"]
        figures["file"] /= figures["pairs"]
    return table


def is_read(asked: Identity, known: Identity) -> bool:
    """Whether a look-up reads a record, as `leads.selectors.candidates` has the database decide."""
    keys = match_keys(known)
    shared = [one for one in sought_keys(profile_of(asked)) if one.key in keys]
    return any(one.is_enough for one in shared) or sum(one.worth for one in shared) >= ENOUGH


def by_hand() -> Table:
    """What was written and answered by hand: the share that got an allowed answer."""
    table: Table = {}
    for file in FILES:
        for pair, _said, is_right in answered(file):
            for row in (pair.kind, pair.answer, "all"):
                figures = table.setdefault(f"{file}, {pair.half}: {row}", {"pairs": 0, "right": 0})
                figures["pairs"] += 1
                figures["right"] += is_right
    for figures in table.values():
        figures["right"] /= figures["pairs"]
    return dict(sorted(table.items()))

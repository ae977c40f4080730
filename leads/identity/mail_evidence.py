"""What two e-mail addresses, or an address and a person's name, have in common."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from leads.identity.contacts import SHARED_MAILBOXES, mailbox_of
from leads.identity.persons import chinese_spellings
from leads.identity.text import has_chinese

_SOME = 8  # addresses of a record that are compared
_LONG = 8  # characters of an address from which one slip leaves it recognisable
_LONGEST = 120
_OWN = 5  # characters before the @ that are somebody's own
_ONE_BOX = 0.85  # lin.hai+fair@gmail.com, linhai@googlemail.com
_ALIKE, _SAME_OWNER = 0.5, 0.75  # a slip in the name may be a colleague's, one in the host is none
_HOST, _MAIL = 72, 84  # of 100
_FULL, _INITIAL = 0.5, 0.2  # gregory.freddie@, f.gregory@
_WORD = 4  # letters beside an initial
_MARKS = re.compile(r"[\d._+-]+")
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
_STRAY = re.compile(r"(?<=[a-z])\d(?=[a-z])")  # ro6berson.com


class Alike(NamedTuple):
    """Two addresses that may be one, and how much that says."""

    pair: dict[str, str]
    weight: float


def alike_addresses(left: Iterable[str], right: Iterable[str]) -> Alike | None:
    """zhang.san@huaxin.cn, zhang.sam@huaxin.cn: a slip or two in a long address."""
    others = sorted(right)[:_SOME]
    for one in sorted(left)[:_SOME]:
        for other in others:
            if weight := _likeness(one[:_LONGEST], other[:_LONGEST]):
                return Alike({"left": one, "right": other}, weight)
    return None


def _likeness(left: str, right: str) -> float:
    size = min(len(left), len(right))
    if size <= _LONG:
        return 0.0
    if mailbox_of(left) == mailbox_of(right):
        return _ONE_BOX
    (name, _, host), (other, _, other_host) = left.partition("@"), right.partition("@")
    if name == other:
        if _differ_in_number(host, other_host):
            return 0.0
        is_own = len(name) >= _OWN and name not in SHARED_MAILBOXES
        return _SAME_OWNER if is_own and ratio(host, other_host) >= _HOST else 0.0
    if len(name) == len(other) and _DIGITS.sub("", name) == _DIGITS.sub("", other):
        return 0.0  # wang1, wang2
    slips = 1 + (size > 2 * _LONG)
    if OSA.distance(left, right, score_cutoff=slips) <= slips:
        return _ALIKE
    is_near = size > 2 * _LONG and ratio(left, right) >= _MAIL and ratio(name, other) >= _MAIL
    return _ALIKE if is_near else 0.0


def _differ_in_number(host: str, other: str) -> bool:
    """huaxin115.com, huaxin119.cn; but a digit within a word of one that tells none is a slip."""
    left, right = _NUMBER.findall(host), _NUMBER.findall(other)
    if left == right or (left and right):
        return left != right
    return bool(_NUMBER.search(_STRAY.sub("", host if left else other)))


@lru_cache(maxsize=4096)
def names_person(address: str, person: str) -> float:
    """How much an address says that it is this person's: freddie.gregory@, zhangsan@."""
    made = _MARKS.sub("", address.partition("@")[0])
    if len(made) < _OWN:
        return 0.0
    for words in _in_letters(person):
        if len(words) != 2 or min(map(len, words)) < 2:
            continue
        for one, other in (words, words[::-1]):
            if made == one + other:
                return _FULL
            if len(other) >= _WORD and made in (one[0] + other, other + one[0]):
                return _INITIAL
    return 0.0


def _in_letters(person: str) -> list[tuple[str, ...]]:
    if has_chinese(person):
        return chinese_spellings(person)
    return [tuple(person.split())]

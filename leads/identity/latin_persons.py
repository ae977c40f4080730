"""People's names in letters: Robert Allen, ALLEN Rob, R. Allen, Geeorge Davidson."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA, JaroWinkler

from leads.identity.words import table, words

LatinLikeness = Literal["equal", "near", "alike", "given", "open", "different"]

_TITLES = words("persons", "latin_titles")
_GENERATIONS = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii"}
_NICKNAMES = table("persons", "nicknames")
_FORMAL = {nick: name for name, nicks in _NICKNAMES.items() for nick in (name, *nicks)}
_FINALS = (
    "a|o|e|ai|ei|ao|ou|an|en|ang|eng|i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ua|uo|uai|ui|uan|un|"
    "uang|ong|v|ve|ue"
)
_PINYIN = re.compile(rf"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:{_FINALS})){{1,2}}")
_CLOSE, _FAIRLY = 0.9, 0.8
_LONG = 6  # letters of a name that stand two slips
_CUT_SHORT = 3  # letters from which a beginning stands for the name: Rob, Robert
_WHOLE = 8  # letters of a whole name that stand a slip anywhere, even in its spaces
_LETTERS = 48  # what is longer is no person's name
_GIVEN = 4  # letters of a given name that hardly two people of one household have


def is_pinyin(name: str) -> bool:
    """Whether a name reads as Chinese in letters: Wang Xiaoming, of which there are thousands."""
    return all(map(_PINYIN.fullmatch, name.split()))


def compare_latin_persons(left: str, right: str) -> LatinLikeness:
    """How alike two names are, whatever the order of their words."""
    (a, generation), (b, other) = _words_of(left), _words_of(right)
    if generation and other and generation != other:
        return "different"
    few, many = (a, b) if (len(a), a) <= (len(b), b) else (b, a)
    if not few:
        return "different"
    if sorted(few) == sorted(many) or _joined(few) & _joined(many):
        return "equal"
    if _is_slip(" ".join(sorted(few)), " ".join(sorted(many))) or _is_slip(
        "".join(few), "".join(many)
    ):
        return "near"
    if not _has_partner(few, many):
        return "given" if _share_given(few, many) else "different"
    if len(few) == 1:
        says_little = len(few[0]) <= _CUT_SHORT or is_pinyin(few[0])
        return "open" if says_little else "alike"
    return "near" if _are_whole(few, many) else "alike"


@lru_cache(maxsize=16384)
def _words_of(name: str) -> tuple[tuple[str, ...], str]:
    """The words without titles, and which of father and son it is."""
    found = [word for word in name[:_LETTERS].split() if word not in _TITLES]
    generation = next((_GENERATIONS[word] for word in found[1:] if word in _GENERATIONS), "")
    return tuple([word for word in found if word not in _GENERATIONS] or found), generation


def _joined(words: Sequence[str]) -> set[str]:
    """Wang Xiaoming as it may be run together: the family name first or last."""
    text = "".join(words)
    return {text, words[-1] + "".join(words[:-1]), "".join(words[1:]) + words[0]}


def _is_slip(a: str, b: str) -> bool:
    """One or two letters of a whole name; a letter exchanged for another counts as much."""
    shorter = min(len(a), len(b))
    if shorter < _WHOLE or a[0] != b[0]:
        return False
    allowed = 1 + (shorter >= _WHOLE + _CUT_SHORT)
    is_near = OSA.distance(a, b, score_cutoff=allowed) <= allowed
    return is_near and not is_pinyin(a) and not is_pinyin(b)


def _are_whole(few: Sequence[str], many: Sequence[str]) -> bool:
    """No initials, nothing cut short: every word is there, give or take a slip."""
    if len(few) != len(many) or is_pinyin(" ".join(few)):
        return False
    return all(
        any(_is_misspelt(word, other) for other in many) and len(word) >= _CUT_SHORT for word in few
    )


def _is_misspelt(a: str, b: str) -> bool:
    return a == b or (abs(len(a) - len(b)) <= 2 and OSA.distance(a, b) <= 2)


def _share_given(few: Sequence[str], many: Sequence[str]) -> bool:
    """Chevonne Walkley, Chevonne Tognolini: one first name, as after a marriage."""
    return (
        few[0] == many[0]
        and len(few) > 1
        and len(many) > 1
        and len(few[0]) >= _GIVEN
        and not is_pinyin(few[0])
    )


def _has_partner(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether every word of the shorter name stands, more or less, in the longer one."""
    left = list(many)
    for word in few:
        partner = next((other for other in left if _is_near(word, other)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def _is_near(a: str, b: str) -> bool:
    short, full = (a, b) if len(a) <= len(b) else (b, a)
    if full.startswith(short) and (len(short) == 1 or len(short) >= _CUT_SHORT):
        return True
    if a in _FORMAL and _FORMAL[a] == _FORMAL.get(b):
        return True  # Bob, Robert
    if len(short) > _CUT_SHORT and OSA.distance(a, b, score_cutoff=1) <= 1:
        return True
    similar = JaroWinkler.similarity(a, b)
    if similar >= _CLOSE or (len(a) >= _CUT_SHORT and sorted(a) == sorted(b)):
        return True  # Amy, Aym
    is_long = len(short) >= _LONG and a[0] == b[0] and similar >= _FAIRLY
    return is_long and OSA.distance(a, b, score_cutoff=2) <= 2

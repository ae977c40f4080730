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
_NOBODY: frozenset[str] = frozenset()


def _formal_names() -> dict[str, frozenset[str]]:
    """What each first name may stand for: alex for alexander, alexandra."""
    found: dict[str, frozenset[str]] = {}
    for name, others in table("persons", "nicknames").items():
        for one in (name, *others):
            found[one] = found.get(one, _NOBODY) | {name}
    return found


_FORMAL = _formal_names()
GIVEN_NAMES = words("persons", "latin_given") | _FORMAL.keys()
_OF_THE_OTHER_SEX = frozenset({"a", "e", "n", "ne", "le", "lle", "ine", "ette", "tte", "ia", "na"})
_UMLAUTS = re.compile("(?<=[aou])e")
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
    if _are_two_given(few, many):
        return "different"
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
    words = [_UMLAUTS.sub("", word) for word in words]  # Mueller, Müller
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


def _are_two_given(few: Sequence[str], many: Sequence[str]) -> bool:
    """Maria Silva, Mario Silva: a letter apart, and yet two names that people have."""
    one, other = [w for w in few if w not in many], [w for w in many if w not in few]
    if len(one) != 1 or len(other) != 1 or not GIVEN_NAMES.issuperset(one + other):
        return False
    (a, b) = (one[0], other[0]) if len(one[0]) <= len(other[0]) else (other[0], one[0])
    is_short_for = b.startswith(a) and b[len(a) :] not in _OF_THE_OTHER_SEX
    return not (is_short_for or _are_kin(a, b))


def _are_kin(a: str, b: str) -> bool:
    """Bob, Robert; Stephen, Steven."""
    return not _FORMAL.get(a, _NOBODY).isdisjoint(_FORMAL.get(b, _NOBODY))


def _has_partner(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether every word of the shorter name stands, more or less, in the longer one."""
    left = list(many)
    near = _is_syllable_near if all(map(is_pinyin, (*few, *many))) else _is_near
    for word in few:
        partner = next((other for other in left if near(word, other)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def _is_syllable_near(a: str, b: str) -> bool:
    """Wang X, Wang Xiaoming; Zhang Jin, Zhang Jing: but Jing and Ping are two."""
    short, full = (a, b) if len(a) <= len(b) else (b, a)
    return (len(short) == 1 and full.startswith(short)) or _blurred(a) == _blurred(b)


def _blurred(pinyin: str) -> str:
    return pinyin.replace("ng", "n").replace("zh", "z").replace("ch", "c").replace("sh", "s")


def _is_near(a: str, b: str) -> bool:
    short, full = (a, b) if len(a) <= len(b) else (b, a)
    if full.startswith(short) and (len(short) == 1 or len(short) >= _CUT_SHORT):
        return True
    if _are_kin(a, b):
        return True
    if len(short) > _CUT_SHORT and OSA.distance(a, b, score_cutoff=1) <= 1:
        return True
    similar = JaroWinkler.similarity(a, b)
    if similar >= _CLOSE or (len(a) >= _CUT_SHORT and sorted(a) == sorted(b)):
        return True  # Amy, Aym
    is_long = len(short) >= _LONG and a[0] == b[0] and similar >= _FAIRLY
    return is_long and OSA.distance(a, b, score_cutoff=2) <= 2

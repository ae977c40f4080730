"""Company names in Latin script: word by word, in any order."""

import re

from rapidfuzz.distance import OSA

from leads.identity import lexicon
from leads.identity.latin_spelling import apart_from_beside, take_branch, words_of
from leads.identity.places import place_at
from leads.identity.types import CompanyName

_UMLAUTS = re.compile("(?<=[aou])e")
_LONG = 6  # letters from which one slip leaves a word recognisable
_CODE = 3  # digits from which a number is somebody's own code
_CHINA, _OUTSIDE = "中国", frozenset({"香港", "澳门", "台湾"})
_FEW = 2  # words in which no slip is forgiven beside words that lack
_SLIPS = 2  # at most, however long the word
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
_SHORT_WORDS = {
    "st": ("saint",), "saint": ("st",), "mt": ("mount",), "mount": ("mt",), "ft": ("fort",),
    "fort": ("ft",),
}  # fmt: skip
_SEEN = str.maketrans("01i5", "olls")


def parse_latin(text: str) -> CompanyName:
    """Words of a normalised name, each put where it belongs; the first is never a trade or form."""
    text, other = apart_from_beside(text)
    body, branch = take_branch(text)
    words = words_of(body)
    places = _places(words)
    forms = [word for word in words[1:] if word in lexicon.LATIN_FORMS]
    named = [word for word in words if word not in lexicon.LATIN_FILLERS] or words
    rest = [w for i, w in enumerate(named) if w not in places and not (i and w in forms)]
    trades = [word for word in rest[1:] if word in lexicon.LATIN_TRADES]
    brand = [word for i, word in enumerate(rest) if not (i and word in trades)]
    place = place_at(lexicon.LATIN_PLACES[places[0]]) if places else None
    region = place.name if place else (lexicon.LATIN_PLACES[places[0]] if places else "")
    return CompanyName(
        region=region,
        brand=" ".join(brand or words),
        industry=" ".join(trades),
        legal_form=" ".join(forms),
        branch=branch,
        province=place.province if place else region,
        city=place.city if place else "",
        form_kind="company" if forms else "",
        industries=tuple(trades),
        is_generic=not brand or set(brand) <= lexicon.LATIN_TRADES,
        text=text,
        former=other,
    )


def _places(words: list[str]) -> list[str]:
    """The words that are places. Bank of China Hong Kong is not the one of China."""
    found = [word for word in words if word in lexicon.LATIN_PLACES]
    if len(found) > 1 and lexicon.LATIN_PLACES[found[0]] == _CHINA:
        return [word for word in found if lexicon.LATIN_PLACES[word] not in _OUTSIDE]
    return found


def compare_latin(left: str, right: str) -> float:
    """How alike two Latin brands of several words are; 0 when they are two."""
    a, b = sorted((left.split(), right.split()), key=lambda words: (len(words), words))
    if not a:
        return 0.0
    joined, other_joined = "".join(a), "".join(b)
    if joined == other_joined or _UMLAUTS.sub("", joined) == _UMLAUTS.sub("", other_joined):
        return 0.97  # Mary-Land, Maryland; Moeller, Möller
    if not (_NUMBERS.keys().isdisjoint(a) and _NUMBERS.keys().isdisjoint(b)):
        a, b = _in_figures(a), _in_figures(b)
    plain, other = _without_codes(a), _without_codes(b)
    if plain == other and _numbers(a) and _numbers(b):
        return 0.0 if _numbers(a) != _numbers(b) else 0.97  # Plant No. 1, No. 2
    if len(plain) > 1 and plain == other:
        return 0.95  # ZM049-501 behind a name is somebody's own number for it
    if as_seen(joined) == as_seen(other_joined):
        return 0.86  # 0ptics, Comer
    is_as_many = len(a) == len(b)
    hits = _matched(a, b, is_strict=len(a) <= _FEW and not is_as_many)
    if is_as_many and (hits == len(b) or (hits and sorted(a) == sorted(b))):
        return 0.86  # University of Kestrel, Kestrel University
    if len(a) == 1 and a[0] in lexicon.LATIN_COMMON:
        return 0.0  # General Motors, General Electric
    if hits == len(a) and (len(a) > 1 or len(a[0]) >= _LONG) and is_word(a[0], b[0]):
        return 0.84 if len(a) > 1 else 0.72
    joined, other_joined = " ".join(a), " ".join(b)
    longest = max(len(joined), len(other_joined))
    allowed = max(1, longest // 8)
    if (
        longest >= _LONG
        and (joined[0] == other_joined[0] or not is_as_many)
        and OSA.distance(joined, other_joined, score_cutoff=allowed) <= allowed
    ):
        return 0.86
    return 0.0


def as_seen(text: str) -> str:
    """Letters and figures that a scan does not tell apart, as one: 0 and o, 1 and l, rn and m."""
    return text.translate(_SEEN).replace("rn", "m").replace("vv", "w")


def _in_figures(words: list[str]) -> list[str]:
    """Three Rivers as 3 Rivers."""
    return [_NUMBERS.get(word, word) for word in words]


def _without_codes(words: list[str]) -> list[str]:
    return [word for word in words if not any(map(str.isdigit, word))]


def _numbers(words: list[str]) -> list[str]:
    return [word for word in words if word.isdigit() and len(word) < _CODE]


def _matched(few: list[str], many: list[str], *, is_strict: bool = False) -> int:
    """How many words find a partner further on: the same, nearly the same, or cut short.

    No slips are forgiven to a name that lacks words of the other (is_strict).
    """
    position = hits = 0
    for word in few:
        for place in range(position, len(many)):
            if is_word(word, many[place], is_strict=is_strict):
                hits, position = hits + 1, place + 1
                break
    return hits


def is_word(a: str, b: str, *, is_strict: bool = False) -> bool:
    if a == b or b in _SHORT_WORDS.get(a, ()):
        return True
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(short) >= 2 and full.startswith(short):
        return len(short) >= 3 or len(full) <= 2 * len(short)
    if len(full) < _LONG or a[0] != b[0]:
        return False  # Harlow, Barlow
    if is_strict:
        return _UMLAUTS.sub("", a) == _UMLAUTS.sub("", b)
    allowed = min(_SLIPS, len(full) // 6)
    return OSA.distance(a, b, score_cutoff=allowed) <= allowed

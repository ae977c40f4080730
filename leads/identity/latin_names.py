"""Company names in Latin script: word by word, in any order."""

import re

from rapidfuzz.distance import OSA

from leads.identity import lexicon
from leads.identity.places import place_at
from leads.identity.types import CompanyName

_WORD = re.compile(r"[\w&+]+")
_INITIALS = re.compile(r"\b(\w) & (\w)\b")
_UMLAUTS = re.compile("(?<=[aou])e")
_LONG = 6  # letters from which one slip leaves a word recognisable
_CODE = 3  # digits from which a number is somebody's own code
_SLIPS = 2  # at most, however long the word


def parse_latin(text: str) -> CompanyName:
    """Words of a normalised name, each put where it belongs; the first is never a trade or form."""
    if " & " in text:
        text = _INITIALS.sub(r"\1&\2", text)  # H & M
    words = _WORD.findall(text)
    if not lexicon.LATIN_SAME.keys().isdisjoint(words):
        words = [lexicon.LATIN_SAME.get(word, word) for word in words]
    if words[-2:] == ["a", "s"]:
        words[-2:] = ["as"]
    places = [word for word in words if word in lexicon.LATIN_PLACES]
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
        province=place.province if place else region,
        city=place.city if place else "",
        form_kind="company" if forms else "",
        industries=tuple(trades),
        is_generic=not brand or set(brand) <= lexicon.LATIN_TRADES,
        text=text,
    )


def compare_latin(left: str, right: str) -> float:
    """How alike two Latin brands of several words are; 0 when they are two."""
    a, b = sorted((left.split(), right.split()), key=lambda words: (len(words), words))
    if not a:
        return 0.0
    plain, other = _without_codes(a), _without_codes(b)
    if plain == other and _numbers(a) and _numbers(b):
        return 0.0 if _numbers(a) != _numbers(b) else 0.97  # Plant No. 1, No. 2
    if len(plain) > 1 and plain == other:
        return 0.95  # ZM049-501 behind a name is somebody's own number for it
    joined, other_joined = "".join(a), "".join(b)
    if joined == other_joined or _UMLAUTS.sub("", joined) == _UMLAUTS.sub("", other_joined):
        return 0.97  # Mary-Land, Maryland; Moeller, Möller
    hits = _matched(a, b)
    if hits == len(b) == len(a):
        return 0.86
    if len(a) == 1 and a[0] in lexicon.LATIN_COMMON:
        return 0.0  # General Motors, General Electric
    if hits == len(a) and (len(a) > 1 or len(a[0]) >= _LONG) and _is_word(a[0], b[0]):
        return 0.84 if len(a) > 1 else 0.72
    joined, other_joined = " ".join(a), " ".join(b)
    longest = max(len(joined), len(other_joined))
    allowed = max(1, longest // 8)
    if longest >= _LONG and OSA.distance(joined, other_joined, score_cutoff=allowed) <= allowed:
        return 0.86
    return 0.0


def _without_codes(words: list[str]) -> list[str]:
    return [word for word in words if not any(map(str.isdigit, word))]


def _numbers(words: list[str]) -> list[str]:
    return [word for word in words if word.isdigit() and len(word) < _CODE]


def _matched(few: list[str], many: list[str]) -> int:
    """How many words find a partner further on: the same, nearly the same, or cut short."""
    position = hits = 0
    for word in few:
        for place in range(position, len(many)):
            if _is_word(word, many[place]):
                hits, position = hits + 1, place + 1
                break
    return hits


def _is_word(a: str, b: str) -> bool:
    if a == b:
        return True
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(short) >= 2 and full.startswith(short):
        return len(short) >= 3 or len(full) <= 2 * len(short)
    if len(full) < _LONG:
        return False
    allowed = min(_SLIPS, len(full) // 6)
    return OSA.distance(a, b, score_cutoff=allowed) <= allowed

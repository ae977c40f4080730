"""English names in one spelling: forms written out, abbreviations, branches, other names beside."""

import re

from leads.identity import lexicon
from leads.identity.words import index, table

_WORD = re.compile(r"[\w&+]+")
_INITIALS = re.compile(r"\b(\w) & (\w)\b")
_LETTERS = re.compile(r"(?:(?<= )\w ){1,4}\w$")
_PHRASES = {
    phrase.replace("_", " "): form
    for form, phrases in table("companies", "latin_phrases").items()
    for phrase in phrases
}
_PHRASE = re.compile(rf"\b(?:{'|'.join(sorted(_PHRASES, key=len, reverse=True))})\b")
_PHRASE_STARTS = frozenset(phrase.partition(" ")[0] for phrase in _PHRASES)
_BESIDE = re.compile(
    r"^(.{2,}?) \(?(?:t a|trading as|d b a|dba|doing business as|a k a|aka|also known as|"
    r"f k a|fka|formerly known as|formerly|previously known as|previously) ([^()]{2,})\)?(?: .*)?$"
)
_OFFICE = r"(?:branch(?: office| company)?|(?:representative|rep|liaison) office|office)"
_BRANCH = re.compile(rf"^(.{{3,}}?) \(?([a-z]{{3,}}(?: city)?) {_OFFICE}\)?$")
_BRANCH_OF = re.compile(rf"^([a-z]{{3,}}) {_OFFICE} of (.{{3,}})$")
_LISTED_IN_INDONESIA = "tbk"
_LETTERS_FIRST = 2  # P T Cahaya
_AREAS = frozenset({"city", "province", "prov", "municipality"})
_FORMS_FIRST: frozenset[str] = frozenset(table("companies", "latin_first")["company"])
_MISREAD: dict[str, str] = index("companies", "latin_misread")


def apart_from_beside(text: str) -> tuple[str, str]:
    """A name without the other one given beside it, and that other: A t/a B, A (formerly B)."""
    found = _BESIDE.match(text)
    return (found[1], found[2]) if found else (text, "")


def take_branch(text: str) -> tuple[str, str]:
    """Split kestrel foods ltd|shanghai branch, where a place tells which."""
    if found := _BRANCH.match(text):
        head, town = found[1], found[2]
    elif found := _BRANCH_OF.match(text):
        head, town = found[2], found[1]
    else:
        return text, ""
    place = lexicon.LATIN_PLACES.get(town.removesuffix(" city"))
    return (head.rstrip(" ("), place) if place else (text, "")


def words_of(text: str) -> list[str]:
    """The words of a normalised name, each in its usual spelling."""
    if " & " in text:
        text = _INITIALS.sub(r"\1&\2", text)  # H & M
    words = _WORD.findall(text)
    if not _PHRASE_STARTS.isdisjoint(words):
        words = _PHRASE.sub(lambda found: _PHRASES[found[0]], " ".join(words)).split()
    if len(words) > 2 and len(words[-1]) == 1:
        words = _run_together(words)
    if len(words) > _LETTERS_FIRST and "".join(words[:2]) in _FORMS_FIRST:
        words = ["".join(words[:2]), *words[2:]]  # P T Cahaya
    if not _MISREAD.keys().isdisjoint(words):
        words = [words[0], *(_MISREAD.get(word, word) for word in words[1:])]
    if not lexicon.LATIN_SAME.keys().isdisjoint(words):
        words = [lexicon.LATIN_SAME.get(word, word) for word in words]
    if not _AREAS.isdisjoint(words):
        words = [word for at, word in enumerate(words) if not _is_area(words, at)]
    if words and words[0] in _FORMS_FIRST and _is_form_first(words):
        words = [*words[1:], words[0]]  # OOO Severnaya Zvezda
    return words


def _is_form_first(words: list[str]) -> bool:
    """AO Severnaya, but AO Smith Corp: a form that stands first is the only one."""
    others = {*words[1:]} - {_LISTED_IN_INDONESIA}
    return len(words) > _LETTERS_FIRST and lexicon.LATIN_FORMS.isdisjoint(others)


def _run_together(words: list[str]) -> list[str]:
    """S p A at the end of a name is spa."""
    found = _LETTERS.search(" ".join(words))
    letters = found[0].replace(" ", "") if found else ""
    for size in range(len(letters), 1, -1):
        if letters[-size:] in lexicon.LATIN_FORMS:
            return [*words[:-size], letters[-size:]]
    return words


def _is_area(words: list[str], at: int) -> bool:
    """Ningbo City, Jiangsu Province: the word behind a place that is told already."""
    return at > 0 and words[at] in _AREAS and words[at - 1] in lexicon.LATIN_PLACES

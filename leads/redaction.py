"""How much of a name somebody learns who may not see the record: what they typed themselves."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from leads.identity import parse_company_name

HIDDEN = "****"
SHORTEST = 2  # a single sign in common is chance


def masked_name(name: str, typed: str) -> str:
    """The runs of the name that were typed, everything else as **** however long it is.

    Whole when it was typed whole, with whatever spaces and brackets. Without anything in common
    only the first sign remains.
    """
    if typed_whole(name, typed):
        return name
    folded = _folded(name)
    runs = SequenceMatcher(None, folded, _folded(typed), autojunk=False).get_matching_blocks()
    shown = [(run.a, run.a + run.size) for run in runs if run.size >= SHORTEST]
    if not shown:
        return f"{name[:1]}{HIDDEN}"
    parts, end = [], 0
    for start, stop in shown:
        parts += [HIDDEN] if start > end else []
        parts.append(name[start:stop])
        end = stop
    parts += [HIDDEN] if end < len(name) else []
    return "".join(parts)


def best_mask(name: str, typed: Iterable[str]) -> str:
    """The same for whoever typed several names: the one that had most of it counts."""
    masked = {masked_name(name, one) for one in typed} or {masked_name(name, "")}
    return max(masked, key=lambda one: (one == name, len(one.replace(HIDDEN, "")), one))


def typed_whole(name: str, typed: str) -> bool:
    """Whether the very name was typed: not a short form of it, nor one without its former name."""
    if not typed.strip():
        return False
    known, said = parse_company_name(name), parse_company_name(typed)
    return (known.text, known.former) == (said.text, said.former)


def without_names(text: str, names: Iterable[str], typed: Iterable[str]) -> str:
    """A free text in which these names say no more than their redacted cards do.

    Hidden are the whole name and its brand, however they are spaced and set; what the reader
    typed themselves stays. A client described without its name cannot be told from other words.
    """
    known = [one for one in typed if one.strip()]
    folded_known = [_folded(one).replace(" ", "") for one in known]
    shown: dict[str, str] = {}
    for name in names:
        shown[name] = best_mask(name, known)
        for part in _callable(name):
            if not any(_folded(part).replace(" ", "") in one for one in folded_known):
                shown[part] = HIDDEN
    for name in sorted(shown, key=len, reverse=True):
        text = _replaced(text, name, shown[name])
    return text


def _callable(name: str) -> list[str]:
    """What people call a company for short: its brand, and the brand with its trade."""
    parsed = parse_company_name(name)
    brand = parsed.brand.strip()
    parts = [f"{brand}{parsed.industry}", f"{parsed.region}{brand}", brand]
    return [one for one in parts if len(brand) >= SHORTEST and len(one) >= SHORTEST]


def _replaced(text: str, name: str, by: str) -> str:
    """Every occurrence of the name, whatever its case, width and spaces."""
    signs = [re.escape(sign) for sign in _folded(name) if not sign.isspace()]
    pattern = r"\s*".join(signs)
    if name.isascii():
        pattern = rf"(?<![a-z0-9]){pattern}(?![a-z0-9])"
    parts, end = [], 0
    for found in re.finditer(pattern, _folded(text)):
        parts += [text[end : found.start()], by]
        end = found.end()
    return "".join([*parts, text[end:]])


def _folded(text: str) -> str:
    """Letters without case and width, sign by sign so that places stay what they are."""
    return "".join(_folded_sign(sign) for sign in text)


def _folded_sign(sign: str) -> str:
    folded = unicodedata.normalize("NFKC", sign).casefold()
    return folded if len(folded) == 1 else sign

"""How much of a name somebody learns who may not see the record: what they typed themselves."""

import unicodedata
from difflib import SequenceMatcher

HIDDEN = "****"
SHORTEST = 2  # a single sign in common is chance


def masked_name(name: str, typed: str) -> str:
    """The runs of the name that were typed, everything else as **** however long it is.

    Whole when nothing is left to hide. Without anything in common only the first sign remains.
    """
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


def _folded(text: str) -> str:
    """Letters without case and width, sign by sign so that places stay what they are."""
    return "".join(_folded_sign(sign) for sign in text)


def _folded_sign(sign: str) -> str:
    folded = unicodedata.normalize("NFKC", sign).casefold()
    return folded if len(folded) == 1 else sign

"""Reasons that the system gives by itself: stored as a code with what it names, not as a sentence.

    lead.invalid_reason = COLLISION.of("CC26-000012")   stored: "collision:CC26-000012"
    coded.in_words(lead.invalid_reason)                 read: "Collision CC26-000012"

What people typed is none of the codes and stays as it is. Each app declares its own.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise

_FORM = re.compile(r"([a-z_]+):(\S+)")


@dataclass(frozen=True)
class Coded:
    """One such reason; its words say `%(number)s` where the thing is named."""

    code: str
    words: str | Promise

    def of(self, thing: str) -> str:
        """As it is stored."""
        return f"{self.code}:{thing}"


_known: dict[str, Coded] = {}


def declare(code: str, words: str | Promise) -> Coded:
    """Make a code known, with its words in every language."""
    if code in _known:
        raise ValueError(f"The reason {code} is declared twice")
    return _known.setdefault(code, Coded(code, words))


def in_words(stored: str) -> str:
    """A stored reason as its reader reads it."""
    found = _FORM.fullmatch(stored)
    known = _known.get(found[1]) if found else None
    return str(known.words) % {"number": found[2]} if found and known else stored

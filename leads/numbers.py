"""Several telephone numbers in one text: as people write them, and as they are kept."""

import re
from collections.abc import Iterable

from leads.identity import normalise_phone

BETWEEN = "、"
ROOM = 250  # characters for the further numbers of a record
_SEVERAL = re.compile(r"[/、;；\n\r|]+|[,，](?=\s*\S{6})|\s{2,}|\s+(?=1[3-9]\d{9})")


class TooManyNumbers(ValueError):
    """More further numbers than a record keeps."""


def split_numbers(text: str) -> list[str]:
    """The numbers of a text: one, or several with marks between them."""
    if normalise_phone(text):
        return [text.strip()]
    return [part.strip() for part in _SEVERAL.split(text) if part.strip()]


def numbers_kept(text: str) -> list[str]:
    """The numbers of a kept text, which has one mark between them."""
    return text.split(BETWEEN) if text else []


def other_numbers(numbers: Iterable[str], *, beside: str = "") -> str:
    """Numbers as they are kept: each once, without the one that has a field of its own.

    More than fit raise `TooManyNumbers`: none is dropped.
    """
    seen, found = {_key(beside)}, []
    for number in numbers:
        key = _key(number)
        if key and key not in seen:
            seen.add(key)
            found.append(number)
    text = BETWEEN.join(found)
    if len(text) > ROOM:
        raise TooManyNumbers(text)
    return text


def _key(number: str) -> str:
    return (normalise_phone(number) or number) if number else ""

"""Numbers as addresses and forms give them: anybody may write anything there."""

from collections.abc import Iterable

LARGEST_ID = 2**63 - 1
LONGEST = len(str(LARGEST_ID))


def record_id(text: str) -> int | None:
    """The id that was written down; None for what can be nobody's."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        return None
    return pk if (pk := int(text)) <= LARGEST_ID else None


def record_ids(texts: Iterable[str]) -> list[int]:
    """The ids among these words, in their order."""
    return [pk for text in texts if (pk := record_id(text)) is not None]

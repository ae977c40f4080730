"""Places with a slip of the scanner or the hand: 可南 for 河南, 杭洲 for 杭州, 上悔市 for 上海市.

A name that begins so is read as it is meant; that it is another writing makes it a question.
"""

from leads.identity.characters import looking_like
from leads.identity.words import table, words

_PAIR = 2
TAILS = frozenset("省市")
_LISTED = table("places", "often_named")
_PROVINCES = frozenset(table("places", "prefectures"))
_CITIES = words("places", "prefectures") | {"北京", "上海", "天津", "重庆"}
_KNOWN = (
    _PROVINCES | _CITIES | words("places", "renamed") | words("counties", "also_words")
    | words("counties", "bare") | words("counties", "of_prefectures")
    | words("counties", "districts") | {*_LISTED["no_slips"]}
)  # fmt: skip


def _slips() -> dict[str, str]:
    """What the eye may take for a province or a large city → what is meant."""
    found: dict[str, set[str]] = {}
    for name in (*_PROVINCES, *_LISTED["cities"]):
        if len(name) == _PAIR:
            first, last = name[0], name[1]
            ways = {one + last for one in looking_like(first)}
            for slip in ways | {first + one for one in looking_like(last)}:
                found.setdefault(slip, set()).add(name)
    return {
        slip: min(names) for slip, names in found.items() if len(names) == 1 and slip not in _KNOWN
    }


SLIPS = _slips()


def meant_by(text: str) -> str:
    """The place of two characters that a text begins with by a slip; empty when with none.

    Before 省 or 市 any one character may be wrong, as long as no place is called so.
    """
    slip = text[:_PAIR]
    if meant := SLIPS.get(slip):
        return meant
    if text[_PAIR : _PAIR + 1] not in TAILS or slip in _KNOWN:
        return ""
    near = [
        name
        for name in (_PROVINCES if text[_PAIR] == "省" else _CITIES)
        if len(name) == _PAIR and (name[0] == slip[0]) != (name[1] == slip[1])
    ]
    return near[0] if len(near) == 1 else ""


def begins_misread(text: str, region: str) -> bool:
    """Whether the place of a name was told by a slip."""
    is_as_told = not region or text[:_PAIR] == region[:_PAIR]
    return not is_as_told and bool(meant_by(text))

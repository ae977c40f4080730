"""Places with a slip of the scanner or the hand: 可南 for 河南, 杭洲 for 杭州, 上悔市 for 上海市.

A name that begins so is read as it is meant; that it is another writing makes it a question.
"""

from collections.abc import Iterator

from leads.identity.characters import looking_like
from leads.identity.words import table, words

_PAIR = 2
_SIZES = (2, 3, 4)  # characters of places whose slips are known
TAILS = frozenset("省市")
_LISTED = table("places", "often_named")
_PROVINCES = frozenset(table("places", "prefectures"))
_CITIES = words("places", "prefectures") | {"北京", "上海", "天津", "重庆"}
_WORDS = words("places", "also_brands") | words("counties", "also_words")
_KNOWN = (
    _PROVINCES | _CITIES | _WORDS | words("places", "renamed")
    | words("counties", "bare") | words("counties", "of_prefectures")
    | words("counties", "districts") | {*_LISTED["no_slips"]}
)  # fmt: skip
_OF_BRANDS = frozenset("".join(_LISTED["letters_of_brands"]))


def _slips() -> dict[str, str]:
    """What the eye may take for a province or a city → what is most likely meant."""
    found: dict[str, set[tuple[int, str]]] = {}
    for name in _PROVINCES | (_CITIES | {*_LISTED["towns"]}) - _WORDS:
        if len(name) in _SIZES:
            for rank, slip in _misread(name):
                if not (rank and _OF_BRANDS.issuperset(slip)):
                    found.setdefault(slip, set()).add((rank, name))
    for slip in _KNOWN & found.keys():
        del found[slip]
    return {slip: min(names)[1] for slip, names in found.items() if _has_first(names)}


def _misread(name: str) -> Iterator[tuple[int, str]]:
    """A name with one of its characters taken for another, the likeliest before others."""
    seen_as = table("characters", "seen_as")
    for at, character in enumerate(name):
        by_hand = looking_like(character)
        for other in by_hand:
            yield 0, name[:at] + other + name[at + 1 :]
        for rank, other in enumerate("".join(seen_as.get(character, ())), 1):
            if other not in by_hand:
                yield rank, name[:at] + other + name[at + 1 :]


def _has_first(names: set[tuple[int, str]]) -> bool:
    """Whether one of them is likelier than the others."""
    return len(names) == 1 or sorted(names)[0][0] < sorted(names)[1][0]


SLIPS = _slips()


def slip_at(text: str) -> str:
    """The place that a text begins with by a slip known as such; empty when with none."""
    known = SLIPS.get
    return known(text[:2]) or known(text[:3]) or known(text[:4]) or ""


def meant_by(text: str) -> str:
    """The place that a text begins with by a slip; empty when with none.

    Before 省 or 市 any one of two characters may be wrong, as long as no place is called so.
    """
    if meant := slip_at(text):
        return meant
    slip = text[:_PAIR]
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
    return bool(region) and not text.startswith(region[: _SIZES[-1]]) and bool(meant_by(text))

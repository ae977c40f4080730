"""The words company names are made of: legal forms, trades, branches."""

from collections.abc import Iterable

from leads.identity.words import index, table, words


def _sizes_by_end(endings: Iterable[str], size: int) -> dict[str, tuple[int, ...]]:
    """The last characters of words → how long words with them are, the longest first."""
    found: dict[str, set[int]] = {}
    for word in endings:
        found.setdefault(word[-size:], set()).add(len(word))
    return {
        end: tuple(sorted((length for length in lengths if length > 1), reverse=True))
        for end, lengths in found.items()
    }


LEGAL_KIND: dict[str, str] = index("companies", "legal_forms")
FORM_SIZES = _sizes_by_end(LEGAL_KIND, 1)

STRONG_BRANCH_ENDS: tuple[str, ...] = table("companies", "branch_ends")["strong"]
BRANCH_ENDS: tuple[str, ...] = STRONG_BRANCH_ENDS + table("companies", "branch_ends")["weak"]

GENERIC_TRADES: frozenset[str] = frozenset(table("companies", "trades")["generic"])
TRADES: frozenset[str] = GENERIC_TRADES | frozenset(table("companies", "trades")["special"])
SINGLE_TRADES: frozenset[str] = frozenset(table("companies", "trades")["single"])
PRODUCT_ENDS: frozenset[str] = frozenset(table("companies", "trades")["product_ends"])
NO_BRAND_BEGINS: frozenset[str] = frozenset(table("companies", "trades")["no_brand_begins"])
QUALIFIERS: frozenset[str] = words("companies", "qualifiers")
QUALIFIER_SIZES = _sizes_by_end(QUALIFIERS, 1)
TRADE_SIZES = _sizes_by_end(TRADES, 2)
LONGEST_TRADE = max(map(len, TRADES))
TRADE_GROUP: dict[str, str] = index("companies", "trade_groups")

NO_NAMES: frozenset[str] = words("companies", "no_names")
SHORT_NAMES: dict[str, str] = index("companies", "short_names")
OFFICES: dict[str, str] = index("companies", "offices")
OFFICES_IN_FULL = tuple(table("companies", "offices"))

SUCCEEDED: dict[str, frozenset[str]] = {
    today: frozenset(before) for today, before in table("companies", "succeeded").items()
}

LATIN_FORMS: frozenset[str] = words("companies", "latin_forms")
LATIN_SAME: dict[str, str] = index("companies", "latin_same")
LATIN_COMMON: frozenset[str] = frozenset(
    table("translations", "words") | table("translations", "places")
)
LATIN_TRADES: frozenset[str] = words("companies", "latin_trades")
LATIN_FILLERS: frozenset[str] = words("companies", "latin_fillers")
LATIN_PLACES: dict[str, str] = index("places", "latin")

"""The words company names are made of: legal forms, trades, branches."""

from leads.identity.words import index, table, words

LEGAL_KIND: dict[str, str] = index("companies", "legal_forms")
FORM_TAILS = frozenset(form[-1] for form in LEGAL_KIND)
LONGEST_FORM = max(map(len, LEGAL_KIND))

STRONG_BRANCH_ENDS: tuple[str, ...] = table("companies", "branch_ends")["strong"]
BRANCH_ENDS: tuple[str, ...] = STRONG_BRANCH_ENDS + table("companies", "branch_ends")["weak"]

GENERIC_TRADES: frozenset[str] = frozenset(table("companies", "trades")["generic"])
TRADES: frozenset[str] = GENERIC_TRADES | frozenset(table("companies", "trades")["special"])
SINGLE_TRADES: frozenset[str] = frozenset(table("companies", "trades")["single"])
PRODUCT_ENDS: frozenset[str] = frozenset(table("companies", "trades")["product_ends"])
TRADE_TAILS = frozenset(trade[-2:] for trade in TRADES)
LONGEST_TRADE = max(map(len, TRADES))
TRADE_GROUP: dict[str, str] = index("companies", "trade_groups")

SHORT_NAMES: dict[str, str] = index("companies", "short_names")

LATIN_FORMS: frozenset[str] = words("companies", "latin_forms")
LATIN_TRADES: frozenset[str] = words("companies", "latin_trades")
LATIN_FILLERS: frozenset[str] = words("companies", "latin_fillers")
LATIN_PLACES: dict[str, str] = index("places", "latin")

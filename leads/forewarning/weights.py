"""How much each factor speaks for a collision.

Set by judgement, not measured: no organisation has a history when it begins. Each number answers
"of a hundred pairs that share this and nothing else, how many will two reps end up fighting over?".
The page of risks shows beside them what became of the organisation's own.
"""

# Evidence: that both may be one client, or belong together.
GROUP_LONG_BRAND = 0.45  # the same brand of three characters or more, other region or trade
GROUP_SHORT_BRAND = 0.30  # of two: 华信 is many firms
BRANCH = 0.55
ACCOUNT = 0.55  # one bank account paid for both: one firm, a group, or an agent who pays for many
MAIL_DOMAIN = 0.50
ADDRESS = 0.45
MAIL_DOMAIN_OF_STRANGERS = 0.30  # the names have nothing in common: a shared host or a group
ADDRESS_OF_STRANGERS = 0.20  # neighbours in one building
PERSON = 0.30
ONE_SLIP = 0.30  # brands one character apart in one place and trade
REFERRER = 0.40
EVENT = 0.30  # only while few came from it

# Circumstances: they make evidence worse, and are none themselves.
EVENT_CROWDED = 0.15
REFERRER_BUSY = 0.20
BORDER = 0.15
TERRITORY = 0.10
POOL = 0.20
ACTIVE = 0.10

# How alike the identity engine finds them → weight, straight lines between.
LIKENESS = ((0.30, 0.0), (0.50, 0.25), (0.65, 0.55), (0.80, 0.75), (0.90, 0.88), (1.0, 0.97))

FEW = 6  # more records from one event or referrer say little about two of them
USUAL = 3  # so many records may share a thing before it says less
OTHER_REGION_AND_TRADE = 0.5  # one brand in another region and another trade may be chance
TWO_CREDIT_CODES = 0.60  # two legal entities for certain: at most a group
MOST = 0.99
SHOWN_FROM = 0.30  # below it a pair is noise

# From the most telling kind to the least: of equal weight, what speaks of the client itself first.
EVIDENCE_BY_KIND = (
    "same_client", "nearly_alike", "account", "branch", "group", "mail_domain", "person",
    "address", "referrer", "event",
)  # fmt: skip
CIRCUMSTANCES_BY_KIND = ("pool", "border", "territory", "active")
TELLING = EVIDENCE_BY_KIND + CIRCUMSTANCES_BY_KIND
EVIDENCE, CIRCUMSTANCES = frozenset(EVIDENCE_BY_KIND), frozenset(CIRCUMSTANCES_BY_KIND)
CODES = EVIDENCE | CIRCUMSTANCES


def rarity(number: int) -> float:
    """1 while few records share a thing, less the more do."""
    return min(1.0, USUAL / max(number, 1))


def likeness(score: float) -> float:
    """The weight of an identity score."""
    (low, before), *others = LIKENESS
    if score <= low:
        return before
    for high, weight in others:
        if score <= high:
            return before + (weight - before) * (score - low) / (high - low)
        low, before = high, weight
    return before

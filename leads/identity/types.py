"""What goes into the identity engine and what comes out of it."""

from collections.abc import Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple, get_args

from leads.identity.reasons import Reason
from leads.identity.sounds import sound_bits

Verdict = Literal["same", "probable", "different"]
KeyKind = Literal[
    "credit",
    "phone",
    "email",
    "wechat",
    "name",
    "sound_region",
    "sound_trade",
    "brand",
    "firm",
    "near",
    "part",
    "short",
    "domain",
]

KEY_KINDS: tuple[KeyKind, ...] = get_args(KeyKind)
STRONG_KINDS: frozenset[KeyKind] = frozenset({"credit", "phone", "email", "wechat", "name"})


# where the brand stands in the value of a key
_BESIDE: dict[KeyKind, int] = {
    "name": 1,
    "brand": 0,
    "part": 0,
    "short": 0,
    "sound_region": 0,
    "sound_trade": 0,
}


class Key(NamedTuple):
    """A blocking key: two records that share one are worth comparing."""

    kind: KeyKind
    value: str

    @property
    def hash64(self) -> int:
        """The key as a signed 64-bit number, the same on every machine; see `KEYS_VERSION`.

        Keys of one brand begin alike, as do those of brands that sound alike, so that a look-up
        finds them side by side in a large index.
        """
        digest = blake2b(f"{self.kind}:{self.value}".encode(), digest_size=8).digest()
        if self.kind in _BESIDE:
            brand = self.value.split("|")[_BESIDE[self.kind]]
            digest = sound_bits(brand).to_bytes(4, "big") + digest[4:]
        return int.from_bytes(digest, "big", signed=True)

    @property
    def is_strong(self) -> bool:
        """Whether sharing this key alone is reason enough to stop and ask."""
        return self.kind in STRONG_KINDS


class Identity(NamedTuple):
    """What is known about a lead, customer or contact that can tell who it is."""

    id: Hashable = None
    company: str = ""
    person: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    credit_code: str = ""
    website: str = ""
    wechat: str = ""
    address: str = ""
    region: str = ""
    aliases: tuple[str, ...] = ()
    birth_date: str = ""  # of a private person, in any usual form
    citizen_number: str = ""  # 居民身份证


class CompanyName(NamedTuple):
    """A company name taken apart; every part normalised, empty when the name does not say."""

    region: str = ""
    brand: str = ""
    industry: str = ""
    legal_form: str = ""
    branch: str = ""
    province: str = ""
    city: str = ""
    form_kind: str = ""
    industries: tuple[str, ...] = ()
    is_generic: bool = False
    text: str = ""
    former: str = ""  # an earlier name given in the same text: 华信（原大江）
    province_hint: str = ""  # from the record's region or address, when the name has no place

    @property
    def place(self) -> str:
        """The finest place the name mentions."""
        return self.city or self.province or self.region

    @property
    def canonical(self) -> str:
        """The name without what people write in many ways: legal form, suffixes, punctuation."""
        return "|".join((self.place, self.brand, self.industry, self.branch))


class NameMatch(NamedTuple):
    """How alike two company names are, and why."""

    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityMatch:
    """How likely two records are the same client, and why."""

    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


class DuplicatePair(NamedTuple):
    """Two records of one batch that are, or may be, the same client."""

    left: Identity
    right: Identity
    match: IdentityMatch

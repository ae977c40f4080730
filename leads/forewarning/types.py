"""What goes into a forecast and what comes out of it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from leads.identity import IdentityMatch, Profile


@dataclass(frozen=True, slots=True)
class Side:
    """One record as a forecast needs it; places are two-digit codes of GB/T 2260."""

    profile: Profile
    owner: Hashable = None
    province: str = ""
    serves: frozenset[str] = frozenset()  # the provinces of the owner or their department
    street: str = ""  # see street_key
    campaign: str = ""
    is_referred: bool = False
    is_active: bool = False  # followed up within the last weeks


@dataclass(frozen=True, slots=True)
class Shared:
    """How many records have what the two share, themselves included."""

    brand: int = 2
    domain: int = 2
    street: int = 2
    campaign: int = 2
    account: int = 0  # of a bank account that paid for both; 0 where there is none


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that speaks for a collision, and how much: 0 nothing, 1 certainty."""

    code: str
    weight: float
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    def as_dict(self) -> dict[str, object]:
        """Plain data for a JSON column; the weight in percent."""
        return {"code": self.code, "weight": round(self.weight * 100), "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Forecast:
    """How likely a collision is, why, and what the identity engine says of the two."""

    probability: float
    factors: tuple[Factor, ...]
    match: IdentityMatch

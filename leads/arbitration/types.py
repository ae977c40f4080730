"""What the proposal is made of: facts of each side in, an outcome with its reasons out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Verdict = Literal["same", "probable", "different"]


class Rule(StrEnum):
    """By what a client is given to somebody, in the usual order."""

    DIFFERENT = "different"
    PROTECTED = "protected"
    ORDER = "order"
    DEAL = "deal"
    REFERRAL = "referral"
    EXHIBITION = "exhibition"
    FOLLOW_UP = "follow_up"
    REGISTRATION = "registration"


class Outcome(StrEnum):
    """What can be proposed; people can decide more than this."""

    KEEP = "keep"
    REASSIGN = "reassign"
    SHARE = "share"
    NOT_SAME = "not_same"


class Passed(StrEnum):
    """Why a rule did not settle it."""

    NOBODY = "nobody"
    SEVERAL = "several"


@dataclass(frozen=True)
class Side:
    """One rep who claims the client, and what speaks for them. `registered_at` None: no record."""

    member: int
    is_holder: bool = False
    is_active: bool = True
    registered_at: datetime | None = None
    protected_until: datetime | None = None
    orders: int = 0
    first_order_at: datetime | None = None
    open_deals: int = 0
    # the latest effective follow-up on an open deal
    deal_followed_up_at: datetime | None = None
    referred_at: datetime | None = None
    exhibited_at: datetime | None = None
    # moments of effective follow-ups, in any order
    follow_ups: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Facts:
    """A case at a moment. `likeness` is the engine's best verdict over its records today."""

    sides: tuple[Side, ...]
    now: datetime
    likeness: Verdict = "same"


@dataclass(frozen=True)
class Terms:
    """The organisation's order of rules and how long things count."""

    rules: tuple[Rule, ...] = tuple(Rule)
    effective_days: int = 90
    exhibition_days: int = 30


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for a side: a code and what goes into its sentence."""

    code: str
    member: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """What the rules say, by which rule and why, and which rules were asked in vain."""

    outcome: Outcome
    rule: Rule
    reasons: tuple[Reason, ...]
    winner: int | None = None
    # member → percent, for SHARE; adds up to 100
    shares: Mapping[int, int] = field(default_factory=dict)
    passed: tuple[tuple[Rule, Passed], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the decision."""
        found = asdict(self)
        found["shares"] = {str(member): share for member, share in self.shares.items()}
        return found

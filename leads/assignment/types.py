"""What goes into the assignment engine and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from leads.assignment.reasons import Reason

Operator = Literal["eq", "in", "contains", "startswith", "gte", "lte", "is_empty"]
Strategy = Literal["round_robin", "weighted", "least_loaded"]
Trait = Literal["region", "industry", "skill"]

OPERATORS: tuple[Operator, ...] = (
    "eq",
    "in",
    "contains",
    "startswith",
    "gte",
    "lte",
    "is_empty",
)
STRATEGIES: tuple[Strategy, ...] = ("round_robin", "weighted", "least_loaded")
ANYWHERE = "*"  # a rep's trait that covers every value

STRIDE = 720_720  # one turn of a rep of weight 1; divisible by every weight up to 16


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead waiting for an owner: its id and the fields that rules may ask about."""

    lead_id: int
    fields: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody who may get leads. `departments` holds the own department and all above it."""

    rep_id: int
    departments: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    open_leads: int = 0
    capacity: int | None = None
    weight: int = 1
    is_active: bool = True
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One question to a lead: field, operator, value (`in` takes a sequence)."""

    field: str
    op: Operator
    value: object = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Whose turn it can be. Empty = everybody; each filled-in line narrows the choice.

    `same` names traits that rep and lead must share: {"region"} = reps who serve the lead's region.
    """

    rep_ids: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    same: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """If all conditions hold, the pool takes the lead by the strategy.

    When nobody of the pool can take it the next rule is asked, unless `is_final`.
    """

    rule_id: str
    conditions: tuple[Condition, ...] = ()
    pool: Pool = Pool()
    strategy: Strategy = "round_robin"
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in the order they are asked."""

    rules: tuple[Rule, ...] = ()


class Seat(NamedTuple):
    """A rep's place in one line; a rule has one line per shared trait: 'r1' or 'r1/浙江'."""

    line: str
    rep_id: int


@dataclass(frozen=True, slots=True)
class State:
    """How far every rep has come in every line: a lead moves a rep by STRIDE / weight."""

    positions: Mapping[Seat, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Score:
    """Where a rep stood when the lead was given: turns taken or open leads, fewest goes first."""

    rep_id: int
    value: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets the lead, by which rule and why; `rep_id` None = nobody, the reasons say why not.

    `seat` and `position` are what the decision changes in the State, see `advance`.
    """

    lead_id: int
    rep_id: int | None
    rule: str | None
    reasons: tuple[Reason, ...]
    scores: tuple[Score, ...] = ()
    seat: Seat | None = None
    position: int = 0

"""Why a rep got a lead, or why nobody did: codes a screen can translate, never sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReasonCode(StrEnum):
    """Every reason this engine can give; `Reason.params` holds the values named in the comment."""

    # given
    RULE_MATCHED = "rule_matched"  # rule
    SHARED_TRAIT = "shared_trait"  # trait, value
    FEWEST_TURNS = "fewest_turns"  # turns, pool
    FEWEST_TURNS_FOR_WEIGHT = "fewest_turns_for_weight"  # turns, weight, pool
    LEAST_LOADED = "least_loaded"  # open_leads, pool
    # not given
    NO_RULES = "no_rules"
    CONDITION_FAILED = "condition_failed"  # rule, field, op, value
    TRAIT_UNKNOWN = "trait_unknown"  # rule, trait
    POOL_EMPTY = "pool_empty"  # rule, line
    POOL_EXHAUSTED = "pool_exhausted"  # rule, line
    REP_INACTIVE = "rep_inactive"  # rule, rep_id
    REP_ABSENT = "rep_absent"  # rule, rep_id
    REP_WITHOUT_SHARE = "rep_without_share"  # rule, rep_id
    REP_FULL = "rep_full"  # rule, rep_id, open_leads, capacity


REASON_CODES: tuple[str, ...] = tuple(code.value for code in ReasonCode)


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: a code and the values a sentence about it needs."""

    code: ReasonCode
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)

    def as_dict(self) -> dict[str, object]:
        """Plain data for a JSON column."""
        return {"code": self.code.value, "params": dict(self.params)}

"""Engine: who gets it? Ordered rules, fair lines, a reason for every decision.

Plain Python: no Django, database, clock or network. Everything in and out is frozen.

    decide(batch, reps, rules, state) -> list[Decision]     one per lead, in order
    advance(state, decisions)         -> State              what the next batch starts from

A `Rule` has conditions (all must hold: eq in contains startswith gte lte is_empty), a `Pool` of
reps (ids, departments, regions, industries, skills; `same=("region",)` = who serves the lead's
region) and a strategy: round_robin, weighted, least_loaded. A rule whose reps are all absent or
full passes the lead on to the next, unless it `is_final`. Nobody = `rep_id None` and the reasons.

Region → round robin among the region's reps:

    Rule("region", pool=Pool(same=("region",)))

Fairness: for equal shares the turns of two reps in a line never differ by more than one, also over
batches, because the `State` goes from one batch to the next: store `decision.seat → position`, and
hold a lock on it from reading it to writing it. Who is new or was away does not make up for turns
missed. A `Reason` is a code of `REASON_CODES` with the values its sentence needs.
"""

from leads.assignment.engine import advance, decide
from leads.assignment.reasons import REASON_CODES, Reason, ReasonCode
from leads.assignment.types import (
    ANYWHERE,
    OPERATORS,
    STRATEGIES,
    STRIDE,
    Candidate,
    Condition,
    Decision,
    Operator,
    Pool,
    Rep,
    Rule,
    RuleSet,
    Score,
    Seat,
    State,
    Strategy,
    Trait,
)

__all__ = [
    "ANYWHERE",
    "OPERATORS",
    "REASON_CODES",
    "STRATEGIES",
    "STRIDE",
    "Candidate",
    "Condition",
    "Decision",
    "Operator",
    "Pool",
    "Reason",
    "ReasonCode",
    "Rep",
    "Rule",
    "RuleSet",
    "Score",
    "Seat",
    "State",
    "Strategy",
    "Trait",
    "advance",
    "decide",
]

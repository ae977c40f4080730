"""Who should have a client that several reps claim: ordered rules, in plain Python.

    propose(Facts(sides=(Side(...), Side(...)), now=...), Terms()) -> Proposal

No Django and no database. Every proposal names the rule that settled it, its reasons as codes, and
the rules that were asked before it in vain.
"""

from leads.arbitration.engine import even_split, propose
from leads.arbitration.types import (
    Facts,
    Outcome,
    Passed,
    Proposal,
    Reason,
    Rule,
    Side,
    Terms,
    Verdict,
)

__all__ = [
    "Facts",
    "Outcome",
    "Passed",
    "Proposal",
    "Reason",
    "Rule",
    "Side",
    "Terms",
    "Verdict",
    "even_split",
    "propose",
]

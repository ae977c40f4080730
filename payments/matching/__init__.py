"""Engine: which line pays what? Plain Python: lines and open items in, proposals out.

    propose(lines, open_items, knowledge) -> list[Proposal]

One proposal per line. `post` may happen by itself, `propose` wants a person's yes, `exception`
needs a person to find out; each says why in `reasons`, codes of `REASON_CODES`.
"""

from payments.matching.engine import propose
from payments.matching.payers import normalise_payer, payer_keys
from payments.matching.references import normalise_reference
from payments.matching.types import (
    EXCEPTION_TYPES,
    REASON_CODES,
    Allocation,
    Band,
    Candidate,
    Knowledge,
    Line,
    OpenItem,
    Policy,
    Proposal,
    Reason,
)

__all__ = [
    "EXCEPTION_TYPES",
    "REASON_CODES",
    "Allocation",
    "Band",
    "Candidate",
    "Knowledge",
    "Line",
    "OpenItem",
    "Policy",
    "Proposal",
    "Reason",
    "normalise_payer",
    "normalise_reference",
    "payer_keys",
    "propose",
]

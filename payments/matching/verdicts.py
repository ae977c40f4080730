"""Post, propose or exception: what may happen by itself and what a person must see."""

import re
from collections.abc import Sequence
from decimal import Decimal

from payments.matching.book import Book
from payments.matching.evidence import Case
from payments.matching.hypotheses import Hypothesis
from payments.matching.money import from_minor, to_minor
from payments.matching.references import normalise_reference, quoted_numbers
from payments.matching.types import (
    Allocation,
    Band,
    Candidate,
    Knowledge,
    Line,
    Proposal,
    Reason,
)

_RETURNED = re.compile(
    r"退款|退汇|退回|退票|冲正|冲销|\brefund|\breversal|\breturned", re.IGNORECASE
)
_WHOLE = frozenset({"exact", "quoted_set", "all_open"})
_LOOSE = frozenset({"part", "near", "over"})


def without_items(line: Line) -> Proposal | None:
    """Lines no receivable can explain: money out, and lines of no amount."""
    if line.amount < 0:
        kind = "refund" if _RETURNED.search(line.memo) else "outgoing"
        return _exception(line, kind, (Reason("money_out", {"amount": line.amount}),))
    if line.amount == 0:
        return _exception(line, "unknown", (Reason("no_amount"),))
    return None


def _exception(
    line: Line,
    kind: str,
    reasons: tuple[Reason, ...],
    candidates: tuple[Candidate, ...] = (),
    confidence: float = 0.0,
) -> Proposal:
    return Proposal(
        line_ids=(line.id,),
        allocations=(),
        band="exception",
        confidence=confidence,
        reasons=reasons,
        exception_type=kind,
        rest=max(line.amount, Decimal(0)),
        candidates=candidates,
    )


class Verdicts:
    """Decides one line, given its explanations."""

    def __init__(self, knowledge: Knowledge, book: Book) -> None:
        self.policy = knowledge.policy
        self.book = book
        self.settled = [
            (
                item,
                to_minor(item.amount_open),
                {normalise_reference(text) for text in item.references},
            )
            for item in knowledge.settled_items
        ]

    def decide(
        self,
        case: Case,
        ways: Sequence[Hypothesis],
        *,
        lost: Hypothesis | None,
        is_contested: bool,
    ) -> tuple[Proposal, Hypothesis | None]:
        """The proposal for a line and the explanation it grants, if any."""
        if not ways or ways[0].confidence < self.policy.propose_confidence:
            return self._unexplained(case, ways, lost), None
        ways = self._oldest_first(ways)
        best = ways[0]
        rivals = [way for way in ways[1:] if best.confidence - way.confidence < self.policy.tie]
        if any(way.customer_id != best.customer_id for way in rivals):
            return self._ambiguous(case, ways), None
        if _RETURNED.search(case.line.memo) and not best.evidence.is_quoted:
            reasons = (Reason("returned_money"), *best.reasons(case))
            return _exception(case.line, "refund", reasons, self._listed(case, ways)), None
        return self._granted(case, ways, lost, is_contested), best

    def _oldest_first(self, ways: Sequence[Hypothesis]) -> list[Hypothesis]:
        """Of equal items of one customer the oldest is paid first, whatever is nearer in days."""
        best = ways[0]
        equal = [
            way
            for way in ways
            if way.shape == best.shape == "exact"
            and way.customer_id == best.customer_id
            and way.evidence.quote == best.evidence.quote
            and best.confidence - way.confidence < self.policy.tie
        ]
        oldest = min(equal, key=lambda way: way.shares[0][0].place, default=best)
        return [oldest, *(way for way in ways if way is not oldest)]

    def _granted(
        self,
        case: Case,
        ways: Sequence[Hypothesis],
        lost: Hypothesis | None,
        is_contested: bool,
    ) -> Proposal:
        best, others = ways[0], ways[1:]
        doubts = self._doubts(best, others, lost, is_contested)
        band: Band = "propose"
        if best.shape == "over":
            band = "exception"
        elif not doubts and self._may_post(case, best, others):
            band = "post"
        given = sum(share for _, share in best.shares)
        return Proposal(
            line_ids=(case.line.id,),
            allocations=_allocations(best),
            band=band,
            confidence=round(best.confidence, 4),
            reasons=(*best.reasons(case), *doubts),
            exception_type=_left_over(case, best),
            rest=from_minor(case.amount - given),
            candidates=self._listed(case, others),
        )

    def _may_post(self, case: Case, best: Hypothesis, others: Sequence[Hypothesis]) -> bool:
        """Two strong signs that do not depend on each other, nothing against, no close second."""
        evidence = best.evidence
        runner_up = max((way.confidence for way in others if _competes(way, best)), default=0.0)
        knows_payer = evidence.payer is not None and evidence.payer.is_certain
        payer_fits = evidence.payer is not None or not case.line.counterparty_name
        return (
            best.shape in _WHOLE
            and best.is_untouched
            and best.confidence >= self.policy.post_confidence
            and best.confidence - runner_up >= self.policy.post_margin
            and evidence.is_timely
            and not evidence.is_contradicted
            and (evidence.is_quoted and payer_fits or knows_payer and self._is_expected(best))
        )

    def _is_expected(self, best: Hypothesis) -> bool:
        """Without a number the payment must come when it was due: sums repeat over the years."""
        days_off = best.evidence.days_off
        return -self.policy.post_days_early <= days_off <= self.policy.post_days_late

    def _doubts(
        self,
        best: Hypothesis,
        others: Sequence[Hypothesis],
        lost: Hypothesis | None,
        is_contested: bool,
    ) -> list[Reason]:
        doubts = []
        close = [w for w in others if best.confidence - w.confidence < self.policy.tie]
        if any(way.shape == best.shape == "exact" for way in close):
            doubts.append(Reason("oldest_of_equal", {"equal": len(close) + 1}))
        elif close:
            doubts.append(Reason("equal_candidates", {"equal": len(close) + 1}))
        if is_contested:
            doubts.append(Reason("contested"))
        if lost is not None:
            doubts.append(Reason("taken_by_other_line", _items(lost)))
        return doubts

    def _ambiguous(self, case: Case, ways: Sequence[Hypothesis]) -> Proposal:
        equal = [way for way in ways if ways[0].confidence - way.confidence < self.policy.tie]
        reasons = (Reason("equal_candidates", {"equal": len(equal)}), *ways[0].reasons(case))
        confidence = round(ways[0].confidence / len(equal), 4)
        return _exception(case.line, "ambiguous", reasons, self._listed(case, equal), confidence)

    def _unexplained(
        self, case: Case, ways: Sequence[Hypothesis], lost: Hypothesis | None
    ) -> Proposal:
        line, listed = case.line, self._listed(case, ways)
        if _RETURNED.search(line.memo):
            return _exception(line, "refund", (Reason("returned_money"),), listed)
        if lost is not None and _was_sure(lost):
            reasons = (Reason("taken_by_other_line", _items(lost)),)
            return _exception(line, "duplicate", reasons, listed)
        if (settled := self._settled(case)) is not None:
            return _exception(line, "duplicate", (settled,), listed)
        known = [payer for payer in case.payers if payer.is_strong]
        if known:
            return _exception(line, "over", (known[0].reason, Reason("nothing_open")), listed)
        params = {"payer": line.counterparty_name}
        return _exception(line, "unknown_payer", (Reason("payer_unknown", params),), listed)

    def _settled(self, case: Case) -> Reason | None:
        """An item of this amount that was paid before, by this payer or under this number."""
        quotes = quoted_numbers(f"{case.line.reference} {case.line.memo}")
        payers = {payer.customer_id for payer in case.payers if payer.is_strong}
        for item, amount, references in self.settled:
            fits = amount == case.amount and item.currency == case.line.currency
            if fits and (item.customer_id in payers or references & quotes):
                return Reason("already_settled", {"item": item.id})
        return None

    def _listed(self, case: Case, ways: Sequence[Hypothesis]) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(_allocations(way), round(way.confidence, 4), way.reasons(case))
            for way in ways[: self.policy.listed_candidates]
        )


def _competes(way: Hypothesis, best: Hypothesis) -> bool:
    """A known payer could always pay a part of something; that is no rival to an exact fit."""
    return way.shape not in _LOOSE or way.evidence.is_quoted or way.customer_id != best.customer_id


def _was_sure(way: Hypothesis) -> bool:
    """Whether the line clearly was for these items, so that it must be a second payment."""
    payer = way.evidence.payer
    is_known = way.evidence.is_quoted or (payer is not None and payer.is_strong)
    return way.shape in _WHOLE and is_known


def _left_over(case: Case, best: Hypothesis) -> str | None:
    if best.shape == "over" or sum(share for _, share in best.shares) < case.amount:
        return "over"
    return "short" if best.shape in ("part", "near") else None


def _allocations(way: Hypothesis) -> tuple[Allocation, ...]:
    return tuple(Allocation(entry.item.id, from_minor(share)) for entry, share in way.shares)


def _items(way: Hypothesis) -> dict[str, object]:
    return {"items": tuple(entry.item.id for entry, _ in way.shares)}

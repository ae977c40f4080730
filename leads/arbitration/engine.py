"""Ask the rules one after the other until one settles it. Always ends with an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from leads.arbitration.rules import CLAIMS, ONLY_ALONE, Claim, earliest, in_order
from leads.arbitration.types import (
    Facts,
    Outcome,
    Passed,
    Proposal,
    Reason,
    Rule,
    Side,
    Terms,
)

DEFAULT_TERMS = Terms()


def propose(facts: Facts, terms: Terms = DEFAULT_TERMS) -> Proposal:
    """Who should have the client, by the first rule that settles it.

    Depends on the facts alone, not on the order of the sides. Reps who have left do not count
    while anybody else is there.
    """
    sides = tuple(sorted(facts.sides, key=lambda side: (side.member, not side.is_holder)))
    active = tuple(side for side in sides if side.is_active)
    facts = replace(facts, sides=active or sides)
    passed: list[tuple[Rule, Passed]] = []
    for rule in _asked(terms):
        found = _answer(rule, facts, terms)
        if isinstance(found, Proposal):
            return replace(found, passed=tuple(passed))
        passed.append((rule, found))
    return replace(_last_resort(facts), passed=tuple(passed))


def _asked(terms: Terms) -> list[Rule]:
    """The rules in their order, each once; registration is always asked in the end."""
    return list(dict.fromkeys((*terms.rules, Rule.REGISTRATION)))


def _answer(rule: Rule, facts: Facts, terms: Terms) -> Proposal | Passed:
    """What a rule proposes, or why it does not."""
    if rule == Rule.DIFFERENT:
        if facts.likeness != "different":
            return Passed.NOBODY
        return Proposal(Outcome.NOT_SAME, rule, (Reason("different"),))
    claims = in_order(CLAIMS[rule](facts, terms))
    if not claims:
        return Passed.NOBODY
    if rule == Rule.ORDER and len(claims) > 1:
        return _shared(rule, claims)
    best = claims if rule in ONLY_ALONE else earliest(claims)
    if len(best) > 1:
        return Passed.SEVERAL
    return _given(rule, best[0].side, tuple(claim.reason for claim in [*best, *_others(claims)]))


def _others(claims: Sequence[Claim]) -> list[Claim]:
    """The next best claim: what the winner was measured against."""
    return list(claims[1:2])


def _given(rule: Rule, side: Side, reasons: tuple[Reason, ...]) -> Proposal:
    outcome = Outcome.KEEP if side.is_holder else Outcome.REASSIGN
    return Proposal(outcome, rule, reasons, winner=side.member)


def _shared(rule: Rule, claims: Sequence[Claim]) -> Proposal:
    """Several sell to the client: each keeps a part, the earliest what cannot be divided."""
    members = [claim.side.member for claim in claims]
    return Proposal(
        Outcome.SHARE,
        rule,
        tuple(claim.reason for claim in claims),
        winner=members[0],
        shares=even_split(members),
    )


def even_split(members: Sequence[int]) -> Mapping[int, int]:
    """Whole percents that add up to 100; the first ones get what is left over.

    More than a hundred cannot share: the rest get nothing and are left out.
    """
    counted = list(members)[:100]
    part, over = divmod(100, len(counted))
    return {member: part + (place < over) for place, member in enumerate(counted)}


def _last_resort(facts: Facts) -> Proposal:
    """Nothing tells them apart: it stays where it is, or else goes to the first by number."""
    holder = next((side for side in facts.sides if side.is_holder), None)
    if holder is not None:
        return _given(Rule.REGISTRATION, holder, (Reason("holder", holder.member),))
    if facts.sides:
        first = facts.sides[0]
        return _given(Rule.REGISTRATION, first, (Reason("first_come", first.member),))
    return Proposal(Outcome.KEEP, Rule.REGISTRATION, (Reason("nobody"),))

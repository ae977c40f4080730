"""Ask the rules in order who gets each lead."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from leads.assignment.conditions import compile_condition
from leads.assignment.lines import Line, Turn
from leads.assignment.reasons import Reason, ReasonCode
from leads.assignment.types import (
    ANYWHERE,
    Candidate,
    Condition,
    Decision,
    Pool,
    Rep,
    Rule,
    RuleSet,
    State,
    Trait,
)

_Known = dict[str, dict[int, int]]  # line → rep → position
_TRAITS: dict[Trait, str] = {"region": "regions", "industry": "industries", "skill": "skills"}


def decide(
    batch: Sequence[Candidate], reps: Sequence[Rep], rules: RuleSet, state: State
) -> list[Decision]:
    """One decision per lead, in order. Same input, same output; `state` is left as it is."""
    if not rules.rules:
        nobody = (Reason(ReasonCode.NO_RULES),)
        return [Decision(lead.lead_id, None, None, nobody) for lead in batch]
    loads = {rep.rep_id: rep.open_leads for rep in reps}
    known: _Known = {}
    for seat, position in state.positions.items():
        known.setdefault(seat.line, {})[seat.rep_id] = position
    desks = [_Desk(rule, reps, known, loads) for rule in rules.rules]
    return [_decide_one(lead, desks) for lead in batch]


def advance(state: State, decisions: Iterable[Decision]) -> State:
    """The state after these decisions: what the next batch must start from."""
    positions = dict(state.positions)
    for decision in decisions:
        if decision.seat is not None:
            positions[decision.seat] = decision.position
    return State(positions)


def _decide_one(lead: Candidate, desks: list["_Desk"]) -> Decision:
    refusals: tuple[Reason, ...] = ()
    passed_on: tuple[Reason, ...] = ()
    for desk in desks:
        if failed := desk.first_failure(lead):
            refusals += (failed,)
            continue
        line = desk.line_for(lead)
        if turn := line.take_turn():
            return _given(lead, line, turn, passed_on)
        refusals += line.why_nobody()
        passed_on += line.why_nobody()[:1]
        if desk.rule.is_final:
            break
    return Decision(lead.lead_id, None, None, refusals)


def _given(lead: Candidate, line: Line, turn: Turn, passed_on: tuple[Reason, ...]) -> Decision:
    return Decision(
        lead_id=lead.lead_id,
        rep_id=turn.rep_id,
        rule=line.rule.rule_id,
        reasons=(*passed_on, *line.matched, turn.reason),
        scores=line.next_scores(),
        seat=turn.seat,
        position=turn.position,
    )


@dataclass(frozen=True, slots=True)
class _Question:
    ask: Callable[[Candidate], bool]
    failure: Reason


class _Desk:
    """One rule made ready for a batch: compiled conditions, its pool, its lines."""

    def __init__(
        self, rule: Rule, reps: Sequence[Rep], known: _Known, loads: dict[int, int]
    ) -> None:
        self.rule = rule
        self.questions = [
            _Question(compile_condition(condition), _failure(rule, condition))
            for condition in rule.conditions
        ]
        self.pool = [rep for rep in reps if _in_pool(rep, rule.pool)]
        self.known = known
        self.loads = loads
        self.lines: dict[tuple[str, ...], Line] = {}

    def first_failure(self, lead: Candidate) -> Reason | None:
        """The first condition the lead does not meet; None when it meets all."""
        for question in self.questions:
            if not question.ask(lead):
                return question.failure
        return None

    def line_for(self, lead: Candidate) -> Line:
        """The line of reps who share the lead's traits, made when first needed."""
        values = tuple(str(lead.fields.get(trait) or "") for trait in self.rule.pool.same)
        line = self.lines.get(values)
        if line is None:
            line = self.lines[values] = self._make_line(values)
        return line

    def _make_line(self, values: tuple[str, ...]) -> Line:
        traits = dict(zip(self.rule.pool.same, values, strict=True))
        matched = [Reason(ReasonCode.RULE_MATCHED, {"rule": self.rule.rule_id})]
        for trait, value in traits.items():
            code = ReasonCode.SHARED_TRAIT if value else ReasonCode.TRAIT_UNKNOWN
            rule = {} if value else {"rule": self.rule.rule_id}
            matched.append(Reason(code, {**rule, "trait": trait, "value": value}))
        name = "/".join((self.rule.rule_id, *values))
        return Line(
            name=name,
            rule=self.rule,
            members=[rep for rep in self.pool if _shares(rep, traits)],
            known=self.known.get(name, {}),
            loads=self.loads,
            matched=tuple(matched),
        )


def _failure(rule: Rule, condition: Condition) -> Reason:
    params = {
        "rule": rule.rule_id,
        "field": condition.field,
        "op": condition.op,
        "value": _shown(condition.value),
    }
    return Reason(ReasonCode.CONDITION_FAILED, params)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _in_pool(rep: Rep, pool: Pool) -> bool:
    """Every line of the pool that is filled in must fit the rep."""
    return (
        (not pool.rep_ids or rep.rep_id in pool.rep_ids)
        and (not pool.departments or not pool.departments.isdisjoint(rep.departments))
        and _covers_any(rep.regions, pool.regions)
        and _covers_any(rep.industries, pool.industries)
        and pool.skills <= rep.skills
    )


def _covers_any(offered: frozenset[str], wanted: frozenset[str]) -> bool:
    return not wanted or ANYWHERE in offered or not wanted.isdisjoint(offered)


def _shares(rep: Rep, traits: dict[Trait, str]) -> bool:
    """A lead without the trait goes to reps who serve everything (ANYWHERE)."""
    return all(
        ANYWHERE in (offered := getattr(rep, _TRAITS[trait])) or value in offered
        for trait, value in traits.items()
    )

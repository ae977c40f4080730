"""A rule tried on past leads before it goes live: who would have had how many."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm.people.models import Member
from leads.assignment import Candidate, Rep, State, decide
from leads.models import AssignmentRule
from leads.selectors import assignments

TRIAL_DAYS = 30


@dataclass(frozen=True)
class Line:
    """One rep's leads under today's rules and under the changed ones; no name: nobody."""

    name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Trial:
    """The outcome of a trial, the reps whose share changes most first."""

    leads: int
    lines: tuple[Line, ...]

    @property
    def changed(self) -> list[Line]:
        """The reps who would have had more or fewer."""
        return [line for line in self.lines if line.change]

    @property
    def unchanged(self) -> int:
        return len(self.lines) - len(self.changed)


def try_rules(*, changed: AssignmentRule) -> Trial:
    """Give last month's leads out twice, with today's rules and with one changed or added.

    Both start from equal turns and empty desks, so that the rules alone make the difference.
    """
    leads = [candidate for _at, candidate, _owner in assignments.leads_since(TRIAL_DAYS)]
    rules = assignments.active_rules()
    reps = [replace(rep, open_leads=0) for rep in assignments.reps(rules)]
    before = _shares(leads, reps, rules)
    after = _shares(leads, reps, _with(rules, changed))
    ids = {pk for pk in (*before, *after) if pk is not None}
    names = dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))
    lines = [
        Line(names.get(pk, "") if pk else "", before[pk], after[pk]) for pk in {*before, *after}
    ]
    lines.sort(key=lambda line: (-abs(line.change), -line.after, line.name))
    return Trial(len(leads), tuple(lines))


def _shares(
    leads: Sequence[Candidate], reps: Sequence[Rep], rules: Sequence[AssignmentRule]
) -> Counter[int | None]:
    decisions = decide(leads, reps, assignments.rule_set_of(rules), State())
    return Counter(decision.rep_id for decision in decisions)


def _with(rules: Sequence[AssignmentRule], changed: AssignmentRule) -> list[AssignmentRule]:
    if any(rule.pk == changed.pk for rule in rules):
        return [changed if rule.pk == changed.pk else rule for rule in rules]
    if changed.pk is None:
        changed.pk = 0
    return [*rules, changed]

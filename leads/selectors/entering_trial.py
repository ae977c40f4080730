"""Collision rules tried out: on one client, and on what was entered lately."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from leads.entering import EntryRule, evidence_of, first_that_fits
from leads.enums import RecordKind, RuleEffect
from leads.identity import Identity
from leads.models import CollisionRule, Lead
from leads.selectors.candidates import identity_of
from leads.selectors.entering import as_entry_rule, entry_rules, levels_of, stored_rules
from leads.selectors.identity import Match, find_similar

TRIAL_DAYS, MOST_TRIED = 30, 100
# how much each effect does, the strongest first
STRENGTH = (RuleEffect.REFUSE, RuleEffect.BLOCK, RuleEffect.WARN, RuleEffect.IGNORE)


@dataclass(frozen=True)
class Fired:
    """A known client and the rule that speaks about it; no rule: it does not matter."""

    match: Match
    rule: EntryRule | None


def fired_by(identity: Identity, *, channel: str) -> list[Fired]:
    """Which rule each known client that is like this one meets, likeliest first."""
    matches = find_similar(identity)
    rules, levels = entry_rules(), levels_of(matches)
    return [Fired(match, _rule_for(match, rules, channel, levels)) for match in matches]


def _rule_for(
    match: Match, rules: Sequence[EntryRule], channel: str, levels: dict[int, str]
) -> EntryRule | None:
    level = levels.get(match.record_id, "") if match.kind == RecordKind.CUSTOMER else ""
    evidence = evidence_of(match.verdict, match.reasons)
    return first_that_fits(rules, evidence, channel=channel, level=level)


@dataclass(frozen=True)
class Trial:
    """What would have happened to the latest entries under the rules of today and the changed."""

    entries: int
    before: Counter[RuleEffect] = field(default_factory=Counter)
    after: Counter[RuleEffect] = field(default_factory=Counter)

    @property
    def lines(self) -> list[tuple[RuleEffect, int, int]]:
        """Each effect that occurs, with its number today and then."""
        return [
            (effect, self.before[effect], self.after[effect])
            for effect in STRENGTH
            if effect != RuleEffect.IGNORE and (self.before[effect] or self.after[effect])
        ]

    @property
    def is_unchanged(self) -> bool:
        return all(before == after for _effect, before, after in self.lines)


def try_rule(changed: CollisionRule) -> Trial:
    """Enter the latest leads of the last month again, with today's rules and with one changed.

    At most MOST_TRIED of them, each looked up once; only what was there before it counts.
    """
    today = entry_rules()
    then = _with(changed)
    since = timezone.now() - timedelta(days=TRIAL_DAYS)
    leads = list(Lead.objects.filter(created_at__gte=since).order_by("-id")[:MOST_TRIED])
    before: Counter[RuleEffect] = Counter()
    after: Counter[RuleEffect] = Counter()
    for lead in leads:
        met = _met_before(lead)
        levels = levels_of(met)
        before[_strongest(met, today, lead.channel, levels)] += 1
        after[_strongest(met, then, lead.channel, levels)] += 1
    return Trial(len(leads), before, after)


def _met_before(lead: Lead) -> list[Match]:
    own = [(RecordKind.LEAD.value, lead.pk)]
    if lead.customer_id:
        own.append((RecordKind.CUSTOMER.value, lead.customer_id))
    return [
        match
        for match in find_similar(identity_of(lead), excluding=own)
        if match.is_open and match.owner_id != lead.owner_id
        if match.kind != RecordKind.LEAD or match.record_id < lead.pk
    ]


def _strongest(
    matches: Sequence[Match], rules: Sequence[EntryRule], channel: str, levels: dict[int, str]
) -> RuleEffect:
    effects = {
        rule.effect
        for match in matches
        if (rule := _rule_for(match, rules, channel, levels)) is not None
    }
    return next((effect for effect in STRENGTH if effect in effects), RuleEffect.IGNORE)


def _with(changed: CollisionRule) -> list[EntryRule]:
    """The rules as they will be asked with this one in its place, a new one first."""
    kept = stored_rules()
    if changed.pk is None:
        return [as_entry_rule(changed), *(as_entry_rule(one) for one in kept if one.is_active)]
    rules = [changed if one.pk == changed.pk else one for one in kept]
    return [as_entry_rule(one) for one in rules if one.is_active]

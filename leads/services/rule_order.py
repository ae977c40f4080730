"""Rules that are asked one after the other until one fits: kept in order by administrators.

One place for the rules by which leads find reps and those for entering known clients. What
changes is recorded as `<action>.added`, `.changed`, `.moved`, `.switched_on`, `.switched_off`.
"""

from typing import Any, TypeVar

from django.db import transaction

from crm.audit import services as audit
from leads.models.bases import OrderedRule

RuleT = TypeVar("RuleT", bound=OrderedRule)


@transaction.atomic
def add(model: type[RuleT], *, action: str, is_first: bool, **facts: Any) -> RuleT:
    """A new rule, asked before all others or after them."""
    rules = _all_locked(model)
    rule: RuleT = model.objects.create(position=len(rules) + 1, **facts)
    _number([rule, *rules] if is_first else [*rules, rule])
    audit.record(f"{action}.added", target=rule)
    return rule


@transaction.atomic
def change(model: type[RuleT], *, action: str, rule_id: int, **facts: Any) -> RuleT:
    """Other facts for a rule, in its place."""
    rule = _locked(model, rule_id)
    for name, value in facts.items():
        setattr(rule, name, value)
    rule.save(update_fields=sorted(facts))
    audit.record(f"{action}.changed", target=rule)
    return rule


@transaction.atomic
def switch(model: type[RuleT], *, action: str, rule_id: int, is_active: bool) -> RuleT:
    """Let a rule be asked or not; it keeps its place."""
    rule = _locked(model, rule_id)
    if rule.is_active != is_active:
        rule.is_active = is_active
        rule.save(update_fields=["is_active"])
        audit.record(f"{action}.switched_{'on' if is_active else 'off'}", target=rule)
    return rule


@transaction.atomic
def move(model: type[RuleT], *, action: str, rule_id: int, steps: int) -> None:
    """Ask a rule earlier (steps < 0) or later; the others close up."""
    rules = _all_locked(model)
    place = [rule.pk for rule in rules].index(rule_id)
    moved = rules.pop(place)
    rules.insert(max(0, min(len(rules), place + steps)), moved)
    _number(rules)
    audit.record(f"{action}.moved", target=moved, position=moved.position)


def _number(rules: list[RuleT]) -> None:
    """Places from one on; only what stands elsewhere than before is written."""
    moved = [(place, rule) for place, rule in enumerate(rules, 1) if rule.position != place]
    for place, rule in moved:
        rule.position = place
    if moved:
        type(rules[0]).objects.bulk_update([rule for _place, rule in moved], ["position"])


def _all_locked(model: type[RuleT]) -> list[RuleT]:
    rows = model.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.order_by("position", "id"))


def _locked(model: type[RuleT], rule_id: int) -> RuleT:
    rule: RuleT = model.objects.select_for_update(of=("self",), no_key=True).get(pk=rule_id)
    return rule

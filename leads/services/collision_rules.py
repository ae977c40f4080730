"""The rules for entering known clients, and their settings: changed by administrators."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from crm.audit import services as audit
from leads.entering import DEFAULT_RULES
from leads.models import CollisionRule, CollisionSettings
from leads.selectors.entering import stored_rules


@transaction.atomic
def ensure_rules() -> None:
    """Keep the delivered rules as rows, so that they can be changed; once."""
    if CollisionRule.objects.exists():
        return
    CollisionRule.objects.bulk_create(
        CollisionRule(
            name=str(name), position=position, conditions=as_conditions(needs), effect=effect
        )
        for position, (name, needs, effect) in enumerate(DEFAULT_RULES, start=1)
    )


def as_conditions(needs: Any) -> list[dict[str, str]]:
    """Conditions by name ("phone:exact") as they are stored."""
    pairs = (need.partition(":") for need in needs)
    return [{"field": field, "op": op} for field, _sep, op in pairs]


@transaction.atomic
def save_rule(*, rule_id: int | None = None, **facts: Any) -> CollisionRule:
    """Add a rule at the top, where it is asked first, or change one in its place."""
    if rule_id is None:
        rule: CollisionRule = CollisionRule.objects.create(position=0, **facts)
        _renumber(stored_rules())
        audit.record("collision_rule.added", target=rule)
        return rule
    rule = _locked(rule_id)
    for name, value in facts.items():
        setattr(rule, name, value)
    rule.save(update_fields=sorted(facts))
    audit.record("collision_rule.changed", target=rule)
    return rule


@transaction.atomic
def switch_rule(*, rule_id: int, is_active: bool) -> CollisionRule:
    """Let a rule be asked or not; it keeps its place."""
    rule = _locked(rule_id)
    if rule.is_active != is_active:
        rule.is_active = is_active
        rule.save(update_fields=["is_active"])
        action = "collision_rule.switched_on" if is_active else "collision_rule.switched_off"
        audit.record(action, target=rule)
    return rule


@transaction.atomic
def move_rule(*, rule_id: int, steps: int) -> None:
    """Ask a rule earlier (steps < 0) or later; the others close up."""
    rows = CollisionRule.objects.select_for_update(of=("self",), no_key=True)
    rules = list(rows.order_by("position", "id"))
    place = [rule.pk for rule in rules].index(rule_id)
    moved = rules.pop(place)
    rules.insert(max(0, min(len(rules), place + steps)), moved)
    _renumber(rules)
    audit.record("collision_rule.moved", target=moved, position=moved.position)


def _renumber(rules: list[CollisionRule]) -> None:
    for position, rule in enumerate(rules, start=1):
        rule.position = position
    CollisionRule.objects.bulk_update(rules, ["position"])


@transaction.atomic
def save_settings(**facts: Any) -> CollisionSettings:
    """Change how the organisation deals with known clients."""
    latest = CollisionSettings.objects.aggregate(pk=Max("pk"))["pk"]
    if latest is None:
        settings: CollisionSettings = CollisionSettings.objects.create(**facts)
    else:
        settings = CollisionSettings.objects.select_for_update(of=("self",), no_key=True).get(
            pk=latest
        )
        for name, value in facts.items():
            setattr(settings, name, value)
        settings.save(update_fields=sorted(facts))
    audit.record("collision_settings.changed", target=settings)
    return settings


def _locked(rule_id: int) -> CollisionRule:
    rule: CollisionRule = CollisionRule.objects.select_for_update(of=("self",), no_key=True).get(
        pk=rule_id
    )
    return rule

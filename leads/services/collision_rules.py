"""The rules for entering known clients, and their settings: changed by administrators."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from crm.audit import services as audit
from leads.entering import DEFAULT_RULES
from leads.models import CollisionRule, CollisionSettings
from leads.services import rule_order

ACTION = "collision_rule"


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


def save_rule(*, rule_id: int | None = None, **facts: Any) -> CollisionRule:
    """Add a rule at the top, where it is asked first, or change one in its place."""
    if rule_id is None:
        return rule_order.add(CollisionRule, action=ACTION, is_first=True, **facts)
    return rule_order.change(CollisionRule, action=ACTION, rule_id=rule_id, **facts)


def switch_rule(*, rule_id: int, is_active: bool) -> CollisionRule:
    """Let a rule be asked or not; it keeps its place."""
    return rule_order.switch(CollisionRule, action=ACTION, rule_id=rule_id, is_active=is_active)


def move_rule(*, rule_id: int, steps: int) -> None:
    """Ask a rule earlier (steps < 0) or later; the others close up."""
    rule_order.move(CollisionRule, action=ACTION, rule_id=rule_id, steps=steps)


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

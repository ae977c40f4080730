"""The rules by which leads find their reps: kept in order, changed by administrators."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from crm.audit import services as audit
from leads.models import AssignmentRule
from leads.models.assignments import Strategy
from leads.selectors import assignments


@transaction.atomic
def ensure_rules() -> None:
    """An organisation starts with one rule per regional department: its provinces, in turn."""
    if AssignmentRule.objects.exists():
        return
    AssignmentRule.objects.bulk_create(
        AssignmentRule(
            name=department.name,
            position=position,
            conditions=[{"field": "province", "op": "in", "value": department.provinces}],
            pool={"departments": [department.pk]},
            strategy=Strategy.ROUND_ROBIN,
        )
        for position, department in enumerate(assignments.departments_serving_provinces(), start=1)
    )


@transaction.atomic
def save_rule(*, rule_id: int | None = None, **facts: Any) -> AssignmentRule:
    """Add a rule at the end, or change one in its place."""
    if rule_id is None:
        last = AssignmentRule.objects.aggregate(last=Max("position"))["last"] or 0
        rule: AssignmentRule = AssignmentRule.objects.create(position=last + 1, **facts)
        audit.record("assignment_rule.added", target=rule)
        return rule
    rule = _locked(rule_id)
    for name, value in facts.items():
        setattr(rule, name, value)
    rule.save(update_fields=sorted(facts))
    audit.record("assignment_rule.changed", target=rule)
    return rule


@transaction.atomic
def switch_rule(*, rule_id: int, is_active: bool) -> AssignmentRule:
    """Let a rule be asked or not; it keeps its place and its turns."""
    rule = _locked(rule_id)
    if rule.is_active != is_active:
        rule.is_active = is_active
        rule.save(update_fields=["is_active"])
        action = "assignment_rule.switched_on" if is_active else "assignment_rule.switched_off"
        audit.record(action, target=rule)
    return rule


@transaction.atomic
def move_rule(*, rule_id: int, steps: int) -> None:
    """Ask a rule earlier (steps < 0) or later; the others close up."""
    rules = list(
        assignments.rules_in_order()
        .select_for_update(of=("self",), no_key=True)
        .order_by("position", "id")
    )
    ids = [rule.pk for rule in rules]
    place = ids.index(rule_id)
    moved = rules.pop(place)
    rules.insert(max(0, min(len(rules), place + steps)), moved)
    for position, rule in enumerate(rules, start=1):
        rule.position = position
    AssignmentRule.objects.bulk_update(rules, ["position"])
    audit.record("assignment_rule.moved", target=moved, position=moved.position)


def _locked(rule_id: int) -> AssignmentRule:
    rule: AssignmentRule = AssignmentRule.objects.select_for_update(of=("self",), no_key=True).get(
        pk=rule_id
    )
    return rule

"""The rules by which leads find their reps: kept in order, changed by administrators."""

from typing import Any

from django.db import transaction

from leads.models import AssignmentRule
from leads.models.assignments import Strategy
from leads.selectors import assignments
from leads.services import rule_order

ACTION = "assignment_rule"


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


def save_rule(*, rule_id: int | None = None, **facts: Any) -> AssignmentRule:
    """Add a rule at the end, or change one in its place."""
    if rule_id is None:
        return rule_order.add(AssignmentRule, action=ACTION, is_first=False, **facts)
    return rule_order.change(AssignmentRule, action=ACTION, rule_id=rule_id, **facts)


def switch_rule(*, rule_id: int, is_active: bool) -> AssignmentRule:
    """Let a rule be asked or not; it keeps its place and its turns."""
    return rule_order.switch(AssignmentRule, action=ACTION, rule_id=rule_id, is_active=is_active)


def move_rule(*, rule_id: int, steps: int) -> None:
    """Ask a rule earlier (steps < 0) or later; the others close up."""
    rule_order.move(AssignmentRule, action=ACTION, rule_id=rule_id, steps=steps)

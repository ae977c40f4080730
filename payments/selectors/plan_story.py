"""How a payment plan was changed, for its timeline."""

from datetime import date
from typing import Any

from crm.audit.selectors import FieldChange, changes_of
from crm.people.models import Member
from crm.web.components import Change, Entry
from crm.web.formats import Formats, money
from payments.enums import InstalmentKind
from payments.models import PaymentPlan

TOLD = frozenset({"amount", "due_date", "kind", "label"})


def plan_story(plan: PaymentPlan, *, limit: int = 20) -> list[Entry]:
    """Who moved which instalment, from what to what; the newest first."""
    changes = [
        (change, row)
        for row in plan.instalments.order_by("position", "pk")
        for change in changes_of(row, limit=limit)
        if any(field.field in TOLD for field in change.fields)
    ]
    people = {change.member_id for change, _row in changes if change.member_id}
    names = dict(Member.objects.filter(pk__in=people).values_list("pk", "name"))
    entries = [
        Entry(
            change.at,
            row.name,
            who=names.get(change.member_id or 0, ""),
            icon="pencil",
            changes=[shown(field, plan) for field in change.fields if field.field in TOLD],
        )
        for change, row in changes
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def shown(field: FieldChange, plan: PaymentPlan) -> Change:
    """A changed field as the reader writes such values."""
    return Change(
        field.label, in_words(field, field.before, plan), in_words(field, field.after, plan)
    )


def in_words(field: FieldChange, value: Any, plan: PaymentPlan) -> object:
    if isinstance(value, date):
        return Formats.current().day(value)
    if field.field == "kind":
        return InstalmentKind(value).label
    return money(value, plan.currency) if field.field == "amount" else value

"""Questions about the past of one record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from crm.audit.models import OperationLog

UNINTERESTING = {"id", "organization", "updated_at", "last_activity_at", "version"}


@dataclass(frozen=True)
class FieldChange:
    """One field of one change; values are as stored, foreign keys are ids."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One update of a record: who, when, why, and what from what to what."""

    at: datetime
    member_id: int | None
    reason: str
    fields: list[FieldChange]


def changes_of(record: Model, *, limit: int = 100) -> list[Change]:
    """The latest field changes of a tracked record, newest first."""
    events = list(record.history.order_by("-pgh_id")[:limit])  # type: ignore[attr-defined]
    found: list[Change] = []
    after: Any = record
    for event in events:
        fields = differences(type(record), event, after)
        context = event.pgh_context or {}
        if fields:
            found.append(
                Change(
                    at=event.pgh_created_at,
                    member_id=context.get("member"),
                    reason=context.get("reason") or "",
                    fields=fields,
                )
            )
        after = event
    return found


def differences(model: type[Model], before: Any, after: Any) -> list[FieldChange]:
    """The concrete fields whose values differ between two states of a row."""
    return [
        FieldChange(
            field=field.name,
            label=str(getattr(field, "verbose_name", field.name)),
            before=getattr(before, field.attname),
            after=getattr(after, field.attname),
        )
        for field in model._meta.concrete_fields
        if field.name not in UNINTERESTING
        and hasattr(before, field.attname)
        and getattr(before, field.attname) != getattr(after, field.attname)
    ]


def operations_on(record: Model, *, limit: int = 100) -> list[OperationLog]:
    """What was done to the record, newest first."""
    rows = OperationLog.objects.filter(
        subject_kind=record._meta.label_lower, subject_id=record.pk
    ).select_related("member")
    return list(rows.order_by("-id")[:limit])

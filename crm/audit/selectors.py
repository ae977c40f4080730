"""Questions about the past of one record."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from crm.access import fields
from crm.access.viewer import current_viewer
from crm.audit.field_words import field_words
from crm.audit.models import OperationLog
from crm.encryption.cipher import masked
from crm.encryption.fields import BlindIndexField, EncryptedTextField

if TYPE_CHECKING:
    from crm.people.models import Member

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
    """The latest field changes of a tracked record, newest first, as the viewer may see them."""
    events = list(record.history.order_by("-pgh_id")[:limit])  # type: ignore[attr-defined]
    found: list[Change] = []
    after: Any = record
    for event in events:
        found_fields = differences(type(record), event, after)
        context = event.pgh_context or {}
        if found_fields:
            found.append(
                Change(
                    at=event.pgh_created_at,
                    member_id=context.get("member"),
                    reason=context.get("reason") or "",
                    fields=found_fields,
                )
            )
        after = event
    return found


def differences(model: type[Model], before: Any, after: Any) -> list[FieldChange]:
    """The concrete fields whose values differ between two states of a row."""
    viewer = current_viewer()
    return [
        FieldChange(
            field=field.name,
            label=field_words(model, field, field.name),
            before=_shown(viewer, model, field, getattr(before, field.attname)),
            after=_shown(viewer, model, field, getattr(after, field.attname)),
        )
        for field in model._meta.concrete_fields
        if field.name not in UNINTERESTING
        and not isinstance(field, BlindIndexField)
        and hasattr(before, field.attname)
        and getattr(before, field.attname) != getattr(after, field.attname)
    ]


def _shown(viewer: "Member | None", model: type[Model], field: Any, value: Any) -> Any:
    """Encrypted values are told by their end only, guarded ones as the viewer's roles say."""
    if isinstance(field, EncryptedTextField):
        return masked(value or "")
    return fields.shown(viewer, model, field.name, value)


def operations_on(record: Model, *, limit: int = 100) -> list[OperationLog]:
    """What was done to the record in the words of the business, newest first.

    That it was opened, or which fields changed, is told elsewhere.
    """
    rows = (
        OperationLog.objects.filter(subject_kind=record._meta.label_lower, subject_id=record.pk)
        .exclude(action__startswith="record.")
        .select_related("member")
    )
    return list(rows.order_by("-id")[:limit])


def last_verification() -> OperationLog | None:
    """The latest verification of the log, which the log itself tells of."""
    return OperationLog.objects.filter(action="log.verified").order_by("-at", "-id").first()

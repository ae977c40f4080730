import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db.models import Model

from crm.audit.enums import verb_of
from crm.audit.models import OperationLog
from crm.tenancy.context import current_member_id, current_organization_id, current_token

SEEN_AGAIN = 3_600
# action, kind and id of its subject, details
Line = tuple[str, str, int | None, dict[str, Any]]


def record(action: str, *, target: Model | None = None, **details: Any) -> OperationLog:
    """Write down that the acting member did `action` ("order.submitted") to `target`.

    `details` must be JSON; it is shown to those who may see the target.
    """
    if target is None:
        return write(action, "", None, details)
    return write(action, target._meta.label_lower, target.pk, details)


def write(action: str, kind: str, pk: int | None, details: dict[str, Any]) -> OperationLog:
    """The same for a record that is known by kind and id only."""
    return OperationLog.objects.create(
        action=action,
        verb=verb_of(action),
        subject_kind=kind,
        subject_id=pk,
        member_id=current_member_id(),
        details=_with_token(details),
    )


def write_all(lines: Iterable[Line]) -> None:
    """Many lines of the acting member in one statement."""
    member_id = current_member_id()
    OperationLog.objects.bulk_create(
        (
            OperationLog(
                action=action,
                verb=verb_of(action),
                subject_kind=kind,
                subject_id=pk,
                member_id=member_id,
                details=_with_token(details),
            )
            for action, kind, pk, details in lines
        ),
        batch_size=2_000,
    )


def _with_token(details: dict[str, Any]) -> dict[str, Any]:
    """What a program did names the access token by which it acted for the member."""
    token = current_token()
    return {**details, "token": token} if token else details


def note_view(kind: str, pk: int) -> None:
    """The acting member opened a record: one line an hour says so, however often it was."""
    token = hashlib.sha256(current_token().encode()).hexdigest()[:16] if current_token() else ""
    key = f"record-seen:{current_organization_id()}:{current_member_id()}{token}:{kind}:{pk}"
    if cache.add(key, 1, SEEN_AGAIN):
        write("record.viewed", kind, pk, {})

import hashlib
import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from crm.audit.enums import verb_of
from crm.audit.models import OperationLog
from crm.tenancy.context import current_member_id, current_organization_id, current_token

SEEN_AGAIN = 3_600
BATCH = 2_000
# One JSON document: a model made of each line would cost five times as much.
LINES = """
    INSERT INTO audit_operationlog
        (organization_id, action, verb, subject_kind, subject_id, member_id, details, at)
    SELECT %s, line.action, line.verb, line.kind, line.pk, %s, line.details, %s
    FROM jsonb_to_recordset(%s::jsonb)
         AS line(action text, verb text, kind text, pk bigint, details jsonb)
"""
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
    """Many lines of the acting member, each batch of them in one statement."""
    organization, member, at = current_organization_id(), current_member_id(), timezone.now()
    source = iter(lines)
    while batch := list(islice(source, BATCH)):
        document = json.dumps([_line(*one) for one in batch], ensure_ascii=False)
        with connection.cursor() as cursor:
            cursor.execute(LINES, [organization, member, at, document])


def _line(action: str, kind: str, pk: int | None, details: dict[str, Any]) -> dict[str, Any]:
    verb = verb_of(action)
    said = _with_token(details)
    return {"action": action, "verb": verb, "kind": kind, "pk": pk, "details": said}


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

from typing import Any

from django.db.models import Model

from crm.audit.models import OperationLog
from crm.tenancy.context import current_member_id


def record(action: str, *, target: Model | None = None, **details: Any) -> OperationLog:
    """Write down that the acting member did `action` ("order.submitted") to `target`.

    `details` must be JSON; it is shown to those who may see the target.
    """
    return OperationLog.objects.create(
        action=action,
        subject_kind=target._meta.label_lower if target is not None else "",
        subject_id=target.pk if target is not None else None,
        member_id=current_member_id(),
        details=details,
    )

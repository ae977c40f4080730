"""What a quote or order said when somebody sent, submitted or decided it."""

import hashlib
import json
from typing import Any

from django.db.models import Max

from crm.tenancy.context import current_member_id
from orders.enums import VersionReason
from orders.models import Order, OrderVersion, PricedDocument
from orders.selectors.snapshots import BESIDES, LINE_FIELDS, snapshot


def guarded(content: dict[str, Any]) -> dict[str, Any]:
    """The part of a snapshot that approval is given to: a renamed customer changes nothing."""
    head = {name: value for name, value in content.items() if name not in BESIDES}
    columns = (*LINE_FIELDS, "product", "description")
    lines = [{name: line[name] for name in columns} for line in content["lines"]]
    return head | {"customer": content["customer"]["id"], "lines": lines}


def fingerprint(content: dict[str, Any]) -> str:
    """A hash of what is guarded: equal exactly when that is."""
    text = json.dumps(guarded(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_hash(order: Order) -> str:
    """What approvals compare: a decision on other content than was submitted is refused."""
    return fingerprint(snapshot(order))


def kept(document: PricedDocument) -> dict[str, Any]:
    """The columns of a row that keeps how this stands now, and by whom."""
    content = snapshot(document)
    return {
        "snapshot": content,
        "content_hash": fingerprint(content),
        "member_id": current_member_id(),
    }


def keep_version(order: Order, reason: VersionReason) -> OrderVersion:
    """Write down how the order stands; the caller holds its lock."""
    last = order.versions.aggregate(last=Max("number"))["last"] or 0
    return OrderVersion.objects.create(order=order, number=last + 1, reason=reason, **kept(order))

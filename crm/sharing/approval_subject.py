"""How approvals speak with transfers; registered by SharingConfig.ready."""

import hashlib
import json
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from crm.approvals.registry import Subject, register
from crm.people.models import Member
from crm.sharing.models import Transfer
from crm.sharing.selectors.commission import parts_of
from crm.sharing.services import transfers


def title(transfer: Transfer) -> str:
    """上海铭泰 and 3 more → 李娜."""
    giver = f"{transfer.giver.name} → " if transfer.giver else "→ "
    return f"{transfer.title} · {giver}{transfer.receiver.name}"


def url(transfer: Transfer) -> str:
    return reverse("sharing:transfer", args=[transfer.pk])


def content_hash(transfer: Transfer) -> str:
    """What was agreed to: which records, to whom, when and with what."""
    rows = transfer.movements.filter(is_chosen=True).order_by("record_id")
    ids = list(rows.values_list("record_id", flat=True))
    content = [
        transfer.noun,
        ids,
        transfer.receiver_id,
        sorted(transfer.takes_along),
        str(transfer.effective_date),
        transfer.keeps_reading,
        str(transfer.reads_until),
    ]
    if transfer.commission_cutoff:
        content.append(str(transfer.commission_cutoff))
    # whose part of the commission it would end
    content += sorted([one.pk, one.words] for one in parts_of(transfer.noun, ids))
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def owner(transfer: Transfer) -> Member | None:
    """Whose superior is asked."""
    giver: Member | None = transfer.giver
    return giver


def summary(transfer: Transfer) -> dict[str, Any]:
    """What the approver reads."""
    from crm.sharing.views.transfer_page import transfer_summary  # noqa: PLC0415  (needs URLs)

    return transfer_summary(transfer)


def register_transfers() -> None:
    """Unless the organisation decides otherwise, the present owner's superior is asked."""
    register(
        Subject(
            kind="sharing.transfer",
            label=pgettext_lazy("record", "Transfer"),
            model=Transfer,
            permission="sharing.view_transfer",
            title=title,
            url=url,
            content_hash=content_hash,
            owner=owner,
            on_approved=transfers.agreed,
            on_sent_back=transfers.refused,
            on_withdrawn=transfers.withdrawn,
            on_voided=transfers.withdrawn,
            summary_template="sharing/_approval_summary.html",
            details_template="sharing/_approval_details.html",
            summary=summary,
            default_steps=({"kind": "superior", "of": "owner"},),
        )
    )

"""What everybody is told: the timeline of each record, and the inboxes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from crm.audit.enums import verb_of
from crm.audit.models import OperationLog
from crm.sharing.nouns import Noun
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.context import current_member_id


def write_all(action: str, *, kind: str, ids: Iterable[int], **details: Any) -> None:
    """One line in each record's own story, in one statement however many there are."""
    member_id, verb = current_member_id(), verb_of(action)
    OperationLog.objects.bulk_create(
        (
            OperationLog(
                action=action,
                verb=verb,
                subject_kind=kind,
                subject_id=pk,
                member_id=member_id,
                details=details,
            )
            for pk in ids
        ),
        batch_size=2_000,
    )


def address_of(noun: Noun, pk: int) -> str:
    """A record's page, also from outside a request."""
    return reverse(noun.record_url, urlconf=settings.TENANT_URLCONF, args=[pk])


def address(name: str, *args: Any) -> str:
    """A tenant's page, also from outside a request."""
    return reverse(name, urlconf=settings.TENANT_URLCONF, args=args)


def summary_of(noun: Noun, titles: Sequence[str]) -> str:
    """A title for one record, or for many; it is kept, so it is in nobody's language."""
    return titles[0] if len(titles) == 1 else f"{titles[0]} +{len(titles) - 1}"


def tell(
    members: Iterable[int | None],
    kind: NotificationKind,
    noun: Noun,
    records: Mapping[int, str],
) -> None:
    """One line in each inbox, however many records it is about."""
    if not records:
        return
    titles = list(records.values())
    single = next(iter(records)) if len(records) == 1 else None
    url = address_of(noun, single) if single else address(noun.list_url)
    notify(member_ids=members, kind=kind, title=summary_of(noun, titles), url=url)

"""What everybody is told: the timeline of each record, and the inboxes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from crm.audit import services as audit
from crm.sharing.nouns import Noun
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify


def write_all(action: str, *, kind: str, ids: Iterable[int], **details: Any) -> None:
    """One line in each record's own story, in one statement however many there are."""
    audit.write_all((action, kind, pk, details) for pk in ids)


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

"""Entering a client who is already somebody's: said before saving, never a dead end."""

from collections.abc import Iterable

from django.db import transaction

from crm.audit import services as audit
from crm.people.models import Member
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from leads.enums import CollisionOrigin, RecordKind
from leads.models import CollisionNotice, Customer, Lead
from leads.selectors.addresses import page_of
from leads.selectors.identity import Match
from leads.selectors.managers import manager_ids_of
from leads.services.entering import check_entry
from leads.services.identity import kind_of

# The door for whoever enters a client; leads.services.entering says how it is decided.
check = check_entry


def report(
    record: Lead | Customer,
    matches: list[Match],
    *,
    by: Member,
    explanation: str,
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
) -> list[CollisionNotice]:
    """Write down that a record was entered all the same and tell both owners and managers."""
    if not matches:
        return []
    kind = kind_of(record)
    notices: list[CollisionNotice] = CollisionNotice.objects.bulk_create(
        CollisionNotice(
            member=by,
            record_kind=kind,
            record_id=record.pk,
            other_kind=match.kind,
            other_id=match.record_id,
            score=round(match.score, 3),
            reasons=[reason.as_dict() for reason in match.reasons],
            explanation=explanation.strip()[:200],
        )
        for match in matches
    )
    audit.record(
        "collision.noticed", target=record, count=len(matches), why=explanation[:200], origin=origin
    )
    for match in matches:
        others = {match.owner_id, *manager_ids_of([match.owner_id])}
        _tell(others, str(record), match.kind, match.record_id)
    _tell(manager_ids_of([by.pk]), str(record), kind, record.pk)
    return notices


@transaction.atomic
def ask_to_share(*, kind: RecordKind, record_id: int, by: Member) -> None:
    """Ask the owner of a record one cannot see to share it; without an owner, the managers."""
    model = Lead if kind == RecordKind.LEAD else Customer
    record = model.objects.get(pk=record_id)
    asked = {record.owner_id} - {None} or manager_ids_of([by.pk])
    notify(
        member_ids=asked,
        kind=NotificationKind.SHARE_REQUESTED,
        title=str(record),
        url=page_of(kind, record_id),
    )
    audit.record("share.requested", target=record)


def _tell(members: Iterable[int | None], title: str, kind: RecordKind, record_id: int) -> None:
    url = page_of(kind, record_id)
    notify(
        member_ids=filter(None, members), kind=NotificationKind.LEAD_COLLISION, title=title, url=url
    )

"""Entering a client who is already somebody's: said before saving, never a dead end."""

from django.db import transaction

from crm.audit import services as audit
from crm.people.models import Member
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from leads.enums import CollisionOrigin, RecordKind
from leads.models import CollisionCase, Customer, Lead
from leads.selectors.addresses import page_of
from leads.selectors.identity import Match
from leads.selectors.managers import manager_ids_of
from leads.services.cases import Entrant, reach_for
from leads.services.entering import check_entry

# The door for whoever enters a client; leads.services.entering says how it is decided.
check = check_entry


def report(
    record: Lead | Customer,
    matches: list[Match],
    *,
    by: Member,
    explanation: str,
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
) -> list[CollisionCase]:
    """Somebody went on although the client is another's: their cases are opened or joined.

    Both reps and their managers are told at once.
    """
    if not matches:
        return []
    audit.record(
        "collision.noticed", target=record, count=len(matches), why=explanation[:200], origin=origin
    )
    entrant = Entrant(record, record.owner or by, origin, explanation)
    return reach_for(matches, entrant)


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

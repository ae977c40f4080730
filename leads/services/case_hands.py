"""A record of an open case comes into other hands: its new owner stands where the old one stood.

Assignment, transfer and hand-over say so (`note`); a job that holds the case first, as whoever
decides it does, lets the new owner in.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from crm import jobs
from crm.people.models import Member
from crm.teamwork.enums import NotificationKind
from leads.enums import CaseState, CollisionSide, RecordKind
from leads.models import CollisionCase, CollisionParty, CollisionRecord
from leads.selectors.deciders import Desk, wider
from leads.services import case_notices as notices
from leads.services.case_docket import REPS, Circle
from leads.services.cases import add_party, ask, locked_case, record_at, touch


def note(kind: RecordKind, ids: Collection[int]) -> None:
    """These records changed hands; whether a case is open about one of them costs one question."""
    rows = _in_open_cases(kind, ids).order_by("case_id").values_list("case_id", flat=True)
    for case_id in rows.distinct():
        jobs.enqueue("leads.follow_hands", case_id=case_id)


def _in_open_cases(kind: RecordKind, ids: Collection[int]) -> QuerySet[CollisionRecord]:
    return CollisionRecord.objects.filter(
        record_kind=kind, record_id__in=ids, case__state=CaseState.OPEN
    )


@transaction.atomic
def follow(*, case_id: int) -> int:
    """Let in whoever holds a record of the case by now; returns how many records moved on."""
    case = locked_case(case_id)
    if case.state != CaseState.OPEN:
        return 0
    moved = 0
    for record in CollisionRecord.objects.filter(case=case).select_related("owner").order_by("pk"):
        held = record_at((record.record_kind, record.record_id))
        owner = held.owner if held is not None else None
        if owner is not None and owner.pk != record.owner_id:
            _hand(case, record, owner)
            moved += 1
    return moved


def _hand(case: CollisionCase, record: CollisionRecord, owner: Member) -> None:
    """What speaks for the record speaks for its new owner; the old one reads on."""
    before = record.owner
    record.owner = owner
    record.save(update_fields=["owner"])
    if before is not None:
        _leave(case, before)
    side = CollisionSide.HOLDER if record.is_held else CollisionSide.NEWCOMER
    was_rep = add_party(case, owner, side)
    notices.log(case, "joined", member=owner.pk, why="")
    touch(case)
    if not was_rep:
        _ask_wider(case, owner)
        told = Circle.of([owner.pk]).around([owner.pk])
        notices.tell_new(case, told, NotificationKind.LEAD_COLLISION)
    notices.announce(case)


def _leave(case: CollisionCase, member: Member) -> None:
    """Who has no record in the case any more is no rep of it."""
    if not CollisionRecord.objects.filter(case=case, owner=member).exists():
        mine = CollisionParty.objects.filter(case=case, member=member, side__in=REPS)
        mine.update(side=CollisionSide.GAVE_WAY)


def _ask_wider(case: CollisionCase, newcomer: Member) -> None:
    """One more rep may move the decision up, as when they come by themselves."""
    barred = notices.rep_ids(case)
    asked = wider(case.decider, newcomer, barred=barred, desk=Desk())
    if asked != case.decider:
        ask(case, asked)

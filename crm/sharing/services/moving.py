"""A transfer's records change hands, with what goes along."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from crm import jobs
from crm.access import grants
from crm.people.holdings import Moved, holding, holdings
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.enums import Outcome
from crm.sharing.errors import OwnerMeanwhile
from crm.sharing.models import Movement, Transfer
from crm.sharing.nouns import Noun, is_noun, noun
from crm.sharing.selectors.commission import cutoff_detail
from crm.sharing.selectors.transfers import TASKS, along_rows, task_rows, transferable
from crm.sharing.services.giving_back import Return, give_back
from crm.teamwork.enums import NotificationKind
from crm.tenancy.clock import end_of

BATCH = 2_000


def move_records(transfer: Transfer, *, is_strict: bool) -> int:
    """Move the chosen records and what goes along; returns how many of the chosen moved."""
    of = noun(transfer.noun)
    ids = list(transfer.movements.filter(is_chosen=True).values_list("record_id", flat=True))
    within = transferable(transfer.requested_by, of, ids)
    reached = ids if is_strict else list(within.values_list("pk", flat=True))
    moved = _hand(of.key, reached, transfer)
    if is_strict and len(moved) < len(ids):
        gone = set(ids) - {one.pk for one in moved}
        raise OwnerMeanwhile(str(one) for one in of.rows.filter(pk__in=gone))
    if not moved:
        return 0
    _note_chosen(transfer, moved)
    found = [(of.key, [one.pk for one in moved])]
    found += _move_along(of, transfer, found[0][1])
    _tell(transfer, found)
    return len(moved)


def _hand(key: str, ids: Sequence[int], transfer: Transfer) -> list[Moved]:
    """Change the owner of those that are still the giver's, and let the app follow."""
    kind = holding(key)
    if kind.mover is None or not ids:
        return []
    moved = kind.mover.move(ids, giver=transfer.giver, receiver=transfer.receiver)
    if moved and kind.after is not None:
        pks = [one.pk for one in moved]
        kind.after(pks, transfer.receiver, transfer.requested_by, transfer.reason)
    return moved


def _note_chosen(transfer: Transfer, moved: Sequence[Moved]) -> None:
    """Each row remembers what became of it and where it was."""
    now, rows = timezone.now(), transfer.movements.filter(is_chosen=True)
    by_department: dict[int | None, list[int]] = {}
    for one in moved:
        by_department.setdefault(one.department_id, []).append(one.pk)
    for department_id, ids in by_department.items():
        rows.filter(record_id__in=ids).update(
            outcome=Outcome.MOVED, at=now, department_before_id=department_id
        )
    rows.filter(outcome=Outcome.WAITING).update(outcome=Outcome.SKIPPED, at=now)


def _move_along(of: Noun, transfer: Transfer, ids: Sequence[int]) -> list[tuple[str, list[int]]]:
    """What hangs on the moved records and was the giver's too, kind by kind in one order."""
    found: list[tuple[str, list[int]]] = []
    for kind in holdings():
        if kind.key not in transfer.takes_along:
            continue
        if kind.key == TASKS:
            rows: Any = task_rows([(of.key, ids), *found])
        else:
            rows = along_rows(of, kind.key, ids, by=transfer.requested_by)
        wanted = list(rows.filter(owner=transfer.giver).values_list("pk", flat=True))
        moved = _hand(kind.key, wanted, transfer)
        _note_along(transfer, kind.key, moved)
        if moved:
            found.append((kind.key, [one.pk for one in moved]))
    return found


def _note_along(transfer: Transfer, key: str, moved: Sequence[Moved]) -> None:
    kind, now = holding(key), timezone.now()
    titles = {}
    if kind.mover is not None and moved:
        model: Any = kind.of(transfer.receiver).model
        titles = model._default_manager.in_bulk([one.pk for one in moved])
    Movement.objects.bulk_create(
        (
            Movement(
                transfer=transfer,
                holding=key,
                record_id=one.pk,
                title=kind.title(titles[one.pk])[:200] if one.pk in titles else "",
                is_chosen=False,
                giver=transfer.giver,
                receiver=transfer.receiver,
                department_before_id=one.department_id,
                outcome=Outcome.MOVED,
                at=now,
            )
            for one in moved
        ),
        batch_size=BATCH,
    )


def _tell(transfer: Transfer, found: Sequence[tuple[str, list[int]]]) -> None:
    """Stories, inboxes, open pages; and the old owner's read access."""
    for key, ids in found:
        if key == TASKS:
            continue
        of = noun(key)
        who = (transfer.giver, transfer.receiver)
        write_transferred(of, ids, *who, transfer.reason, transfer.commission_cutoff)
        if transfer.keeps_reading and transfer.giver is not None and of.is_shareable:
            _keep_reading(of, ids, transfer)
    chosen = noun(transfer.noun)
    titles = {one.pk: str(one) for one in chosen.rows.filter(pk__in=found[0][1])}
    journal.tell([transfer.receiver_id], NotificationKind.RECORD_TRANSFERRED, chosen, titles)
    journal.tell([transfer.giver_id], NotificationKind.RECORD_GIVEN, chosen, titles)


def write_transferred(
    of: Noun,
    ids: Sequence[int],
    giver: Member | None,
    receiver: Member,
    why: str,
    cutoff: date | None = None,
) -> None:
    """A line in each record's story."""
    journal.write_all(
        f"{of.name}.transferred",
        kind=of.key,
        ids=ids,
        giver=giver.pk if giver else None,
        member=receiver.pk,
        why=why,
        **cutoff_detail(of, cutoff),
    )


def _keep_reading(of: Noun, ids: Sequence[int], transfer: Transfer) -> None:
    until = end_of(transfer.reads_until) if transfer.reads_until else None
    grants.grant_each(
        [transfer.giver],
        grants.VIEW,
        of.model,
        ids,
        until=until,
        by=transfer.requested_by,
        reason=transfer.reason,
    )
    if until is not None:
        jobs.enqueue(
            "sharing.end_shares", key=f"end-shares-{until.timestamp():.0f}", run_after=until
        )


def move_back(transfer: Transfer, *, by: Member, why: str) -> int:
    """Give back what has not moved on since; returns how many rows came back."""
    back = Return(owner=transfer.giver, by=by, why=why, verb="transferred")
    number = 0
    for kind in holdings():
        returned = give_back(transfer.movements.all(), kind, back).get(transfer.receiver_id, [])
        number += len(returned)
        if transfer.keeps_reading and kind.key != TASKS and is_noun(kind.key):
            of = noun(kind.key)
            if returned and of.is_shareable:
                grants.revoke_each([transfer.giver], grants.VIEW, of.model, returned)
    of = noun(transfer.noun)
    chosen = transfer.movements.filter(is_chosen=True, outcome=Outcome.RESTORED)
    titles = dict(chosen.values_list("record_id", "title"))
    journal.tell([transfer.giver_id], NotificationKind.RECORD_TRANSFERRED, of, titles)
    journal.tell([transfer.receiver_id], NotificationKind.RECORD_GIVEN, of, titles)
    return number

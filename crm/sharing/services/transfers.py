"""Transfers: asked for, agreed to, carried out now or on their day, taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.access import policy
from crm.approvals import services as approvals
from crm.audit import services as audit
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.enums import Outcome, TransferState
from crm.sharing.errors import CannotReceive, OwnerMeanwhile, Refused
from crm.sharing.models import Movement, Transfer
from crm.sharing.nouns import Noun, noun
from crm.sharing.selectors.transfers import (
    TASKS,
    needs_agreement,
    seen_owners,
    transferable,
)
from crm.sharing.services.moving import move_back, move_records
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.clock import organization_today, start_of
from crm.tenancy.context import acting_as, current_member_id

BATCH = 2_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to be transferred, to whom, when and how."""

    receiver: Member
    reason: str
    takes_along: Sequence[str] = ()
    effective_date: date | None = None
    keeps_reading: bool = False
    reads_until: date | None = None
    commission_cutoff: date | None = None


@transaction.atomic
def request_transfer(
    *, of: Noun, ids: Sequence[int], wish: Wish, by: Member, seen: str | None = None
) -> list[Transfer]:
    """Give records to another member, one transfer for each present owner.

    `seen` is who owned what when the page was read (selectors.transfers.seen_owners):
    OwnerMeanwhile when that changed. What needs nobody's agreement and no later day is carried
    out at once.
    """
    check_receiver(wish.receiver, [of.key, *wish.takes_along])
    records = _locked(of, ids, by)
    if seen is not None and seen != seen_owners((one.pk, one.owner_id) for one in records):
        raise OwnerMeanwhile(str(one) for one in records)
    records = [one for one in records if one.owner_id != wish.receiver.pk]
    if not records:
        raise Refused(_("They already belong to %(name)s.") % {"name": wish.receiver.name})
    by_owner: dict[int | None, list[Any]] = {}
    for one in records:
        by_owner.setdefault(one.owner_id, []).append(one)
    givers = Member.objects.select_related("department").in_bulk([pk for pk in by_owner if pk])
    return [
        _begin(of, found, givers.get(owner) if owner else None, wish, by)
        for owner, found in sorted(by_owner.items(), key=lambda pair: pair[0] or 0)
    ]


def check_receiver(receiver: Member, keys: Iterable[str]) -> None:
    """The receiver is active and their roles open what they are to own."""
    if not receiver.is_active:
        raise CannotReceive(_("%(name)s is no longer active.") % {"name": receiver.name})
    for key in keys:
        if key == TASKS:
            continue
        one = noun(key)
        if policy.reach_of(receiver, one.permission("view")) is None:
            raise CannotReceive(
                _("The roles of %(name)s do not let them see this: %(what)s.")
                % {"name": receiver.name, "what": one.plural}
            )


def _locked(of: Noun, ids: Sequence[int], by: Member) -> list[Any]:
    """The records in the order of their keys; Refused when one is out of the member's reach."""
    wanted = sorted(set(ids))
    rows = of.rows.select_for_update(of=("self",), no_key=True)
    records = list(rows.filter(pk__in=wanted).order_by("pk"))
    reached = set(transferable(by, of, wanted).values_list("pk", flat=True))
    if len(reached) < len(wanted):
        raise Refused(_("Some of these records are not yours to transfer."))
    return records


def _begin(
    of: Noun, records: Sequence[Any], giver: Member | None, wish: Wish, by: Member
) -> Transfer:
    transfer = Transfer.objects.create(
        noun=of.key,
        count=len(records),
        title=journal.summary_of(of, [str(one) for one in records])[:200],
        giver=giver,
        receiver=wish.receiver,
        takes_along=list(wish.takes_along),
        reason=wish.reason[:300],
        effective_date=wish.effective_date,
        keeps_reading=wish.keeps_reading and giver is not None,
        reads_until=wish.reads_until if wish.keeps_reading else None,
        commission_cutoff=wish.commission_cutoff,
        requested_by=by,
        department_id=by.department_id,
    )
    Movement.objects.bulk_create(
        (
            Movement(
                transfer=transfer,
                holding=of.key,
                record_id=one.pk,
                title=str(one)[:200],
                giver=giver,
                receiver=wish.receiver,
            )
            for one in records
        ),
        batch_size=BATCH,
    )
    audit.record("transfer.requested", target=transfer, noun=of.key, count=len(records))
    if needs_agreement(giver=giver, receiver=wish.receiver, count=len(records), by=by):
        transfer.ask()
        transfer.save(update_fields=["state"])
        approvals.submit(record=transfer, by=by)
    else:
        _go_on(transfer, is_strict=True)
    return transfer


def _go_on(transfer: Transfer, *, is_strict: bool) -> None:
    """Nobody need be asked any more: now, or when the day comes."""
    day = transfer.effective_date
    if day is not None and day > organization_today():
        moment = start_of(day)
        jobs.enqueue(
            "sharing.carry_out",
            key=f"transfer-{transfer.pk}-{moment.timestamp():.0f}",
            run_after=moment,
            transfer_id=transfer.pk,
        )
        return
    _carry_out(transfer, is_strict=is_strict)


def agreed(transfer: Transfer) -> None:
    """The superior agreed; the transfer is locked by the approval."""
    transfer.agree()
    transfer.save(update_fields=["state"])
    _go_on(transfer, is_strict=False)


def refused(transfer: Transfer) -> None:
    """The superior said no."""
    transfer.refuse()
    _close(transfer, "transfer.refused")


def withdrawn(transfer: Transfer) -> None:
    """Taken back while somebody was deciding."""
    transfer.withdraw()
    _close(transfer, "transfer.withdrawn")


def _close(transfer: Transfer, action: str) -> None:
    """It has ended without moving anything."""
    transfer.finished_at = timezone.now()
    transfer.save(update_fields=["state", "finished_at"])
    transfer.movements.update(outcome=Outcome.SKIPPED, at=transfer.finished_at)
    audit.record(action, target=transfer)


@transaction.atomic
def withdraw_transfer(*, transfer_id: int, by: Member) -> Transfer:
    """Take a transfer back before anything moved."""
    transfer = locked_transfer(transfer_id)
    if not may_withdraw(by, transfer):
        raise Refused(_("Only who asked for a transfer can take it back."))
    if transfer.state == TransferState.WAITING:
        run = approvals.open_run_of(transfer)
        if run is not None:
            approvals.withdraw(run_id=run.pk, by=by)
            return locked_transfer(transfer_id)
    if not transfer.is_open:
        raise Refused(_("This transfer is over: there is nothing left to take back."))
    withdrawn(transfer)
    return transfer


def may_withdraw(member: Member, transfer: Transfer) -> bool:
    """Who asked; a scheduled one also whoever may see all transfers."""
    if not transfer.is_open:
        return False
    if transfer.requested_by_id == member.pk:
        return True
    reach = policy.reach_of(member, "sharing.view_transfer")
    return transfer.state == TransferState.SCHEDULED and reach is not None and reach.is_all


def may_undo(member: Member, transfer: Transfer) -> bool:
    """Who asked for it, or whoever may see all transfers; for seven days."""
    if not transfer.can_undo:
        return False
    if transfer.requested_by_id == member.pk:
        return True
    reach = policy.reach_of(member, "sharing.view_transfer")
    return reach is not None and reach.is_all


@transaction.atomic
def undo_transfer(*, transfer_id: int, by: Member) -> Transfer:
    """Give back exactly what moved and has not changed hands since; the rest stays and is listed.

    Refused where the old owner could not hold it any more.
    """
    transfer = locked_transfer(transfer_id)
    if not may_undo(by, transfer):
        raise Refused(_("This transfer can no longer be undone."))
    if not transfer.giver.is_active:
        raise Refused(_("%(name)s is no longer active.") % {"name": transfer.giver.name})
    why = _("Transfer undone")
    with acting_as(by.pk, reason=why):
        count = move_back(transfer, by=by, why=why)
        transfer.undo()
        transfer.undone_by, transfer.undone_at = by, timezone.now()
        transfer.save(update_fields=["state", "undone_by", "undone_at"])
        audit.record("transfer.undone", target=transfer, count=count)
    return transfer


def locked_transfer(transfer_id: int) -> Transfer:
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True)
    found: Transfer = rows.get(pk=transfer_id)
    return found


@transaction.atomic
def carry_out(*, transfer_id: int) -> Transfer:
    """The day of a transfer has come; a second call changes nothing."""
    transfer = locked_transfer(transfer_id)
    if transfer.state == TransferState.SCHEDULED:
        _go_on(transfer, is_strict=False)
    return transfer


def _carry_out(transfer: Transfer, *, is_strict: bool) -> None:
    """Move what is still the giver's. Strictly: everything, or nothing and OwnerMeanwhile."""
    who = current_member_id() or transfer.requested_by_id
    with acting_as(who, reason=transfer.reason):
        obstacle = "" if is_strict else _obstacle(transfer)
        transfer.commission_cutoff = transfer.commission_cutoff or organization_today()
        moved = 0 if obstacle else move_records(transfer, is_strict=is_strict)
        transfer.finished_at = timezone.now()
        if moved:
            transfer.finish()
        else:
            transfer.fail()
        transfer.save(update_fields=["state", "finished_at", "commission_cutoff"])
        audit.record(
            "transfer.done" if moved else "transfer.failed",
            target=transfer,
            count=moved,
            why=obstacle,
        )
    if not moved:
        transfer.movements.update(outcome=Outcome.SKIPPED, at=transfer.finished_at)
    if moved < transfer.count:
        notify(
            member_ids=[transfer.requested_by_id],
            kind=NotificationKind.TRANSFER_FAILED,
            title=transfer.title,
            url=journal.address("sharing:transfer", transfer.pk),
        )


def _obstacle(transfer: Transfer) -> str:
    """What has become impossible since the transfer was asked for; "" for nothing."""
    try:
        check_receiver(transfer.receiver, [transfer.noun, *transfer.takes_along])
    except Refused as reason:
        return str(reason)
    if not transfer.requested_by.is_active:
        return _("%(name)s is no longer active.") % {"name": transfer.requested_by.name}
    return ""

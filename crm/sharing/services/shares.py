"""Sharing: many records with many receivers, until a day; taken back; ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm import jobs
from crm.access import grants
from crm.people.models import Department, Member
from crm.sharing import hooks, journal
from crm.sharing.errors import MayNotShare, WithoutEffect
from crm.sharing.nouns import Noun, along_of, noun
from crm.sharing.selectors.shares import Receiver, opens_nothing, sharable
from crm.teamwork.enums import NotificationKind
from crm.tenancy.clock import end_of

OTHER = {grants.VIEW: grants.EDIT, grants.EDIT: grants.VIEW}


@dataclass(frozen=True)
class Shared:
    """How many records were shared, and how many that hang on them came along."""

    count: int
    along: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def share(
    *,
    noun: Noun,
    ids: Sequence[int],
    receivers: Sequence[Receiver],
    action: str,
    by: Member,
    until: date | None = None,
    reason: str = "",
    includes_along: bool = False,
) -> Shared:
    """Let the receivers see or change these records, to the end of a day or for good.

    A receiver has exactly what was said last. MayNotShare when one of the records may not be
    shared so far by this member, WithoutEffect when a receiver's roles would open nothing.
    """
    without = opens_nothing(receivers, noun, action)
    if without:
        raise WithoutEffect(str(one) for one in without)
    records = _locked(sharable(by, noun, action, ids))
    if len(records) < len(set(ids)):
        known = {one.pk for one in records}
        raise MayNotShare(str(one) for one in noun.rows.filter(pk__in=set(ids) - known))
    ends = end_of(until) if until else None
    terms: dict[str, Any] = {"until": ends, "by": by, "reason": reason}
    _give(noun, records, receivers, action, terms)
    along = {}
    if includes_along:
        found = _share_along(noun, [one.pk for one in records], receivers, action, by, terms)
        along = {key: number for key, number in found.items() if number}
    if ends is not None:
        jobs.enqueue("sharing.end_shares", key=f"end-shares-{ends.timestamp():.0f}", run_after=ends)
    return Shared(len(records), along)


def _locked(rows: QuerySet[Any]) -> list[Any]:
    """The records in the order of their keys, locked against a change of owner.

    First which, then the lock by key alone: a row that changed while one waited is read anew.
    """
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    own = rows.model._default_manager.select_for_update(of=("self",), no_key=True)
    return list(own.filter(pk__in=ids).order_by("pk"))


def _give(
    noun: Noun,
    records: Sequence[Any],
    receivers: Sequence[Receiver],
    action: str,
    terms: Mapping[str, Any],
) -> None:
    """Write the grants, the stories and the inboxes; the owner needs no share."""
    ids = [one.pk for one in records]
    grants.revoke_each(receivers, OTHER[action], noun.model, ids)
    grants.grant_each(receivers, action, noun.model, ids, **terms)
    hooks.shared_until(noun.key, ids, receivers, terms["until"])
    until = terms["until"].isoformat() if terms["until"] else None
    journal.write_all(
        f"{noun.name}.shared",
        kind=noun.key,
        ids=ids,
        members=[one.pk for one in receivers if isinstance(one, Member)],
        departments=[one.pk for one in receivers if isinstance(one, Department)],
        may_edit=action == grants.EDIT,
        until=until,
        why=terms["reason"],
    )
    readers = people_of(receivers)
    journal.tell(
        readers, NotificationKind.RECORD_SHARED, noun, {one.pk: str(one) for one in records}
    )


def people_of(receivers: Sequence[Receiver]) -> list[int]:
    """The members who hear of it: those named, and those of the departments named."""
    named = {one.pk for one in receivers if isinstance(one, Member)}
    roots = [one.pk for one in receivers if isinstance(one, Department)]
    if roots:
        rows = Member.objects.filter(is_active=True, department__path__overlap=roots)
        named |= set(rows.values_list("pk", flat=True))
    return sorted(named)


def _share_along(
    of: Noun,
    ids: Sequence[int],
    receivers: Sequence[Receiver],
    action: str,
    by: Member,
    terms: Mapping[str, Any],
) -> dict[str, int]:
    """Share the unfinished records that hang on these, as far as the member may."""
    found = {}
    for one in along_of(of):
        other = noun(one.key)
        if not other.is_shareable:
            continue
        useful = [who for who in receivers if who not in opens_nothing([who], other, action)]
        wanted = list(one.of(ids).values_list("pk", flat=True))
        records = _locked(sharable(by, other, action, wanted)) if useful else []
        if records:
            _give(other, records, useful, action, terms)
        found[one.key] = len(records)
    return found


@transaction.atomic
def take_back(*, noun: Noun, ids: Sequence[int], receiver: Receiver) -> int:
    """End a share; returns how many records it was."""
    held = {
        pk
        for pk in ids
        if grants.revoke_each([receiver], grants.VIEW, noun.model, [pk])
        + grants.revoke_each([receiver], grants.EDIT, noun.model, [pk])
    }
    if held:
        hooks.shared_until(noun.key, sorted(held), [receiver], timezone.now())
        journal.write_all(
            f"{noun.name}.unshared",
            kind=noun.key,
            ids=sorted(held),
            members=[receiver.pk] if isinstance(receiver, Member) else [],
            departments=[receiver.pk] if isinstance(receiver, Department) else [],
        )
        titles = {one.pk: str(one) for one in noun.rows.filter(pk__in=held)}
        readers = people_of([receiver])
        journal.tell(readers, NotificationKind.SHARE_ENDED, noun, titles)
    return len(held)


@transaction.atomic
def end_shares(*, noun: Noun) -> int:
    """Remove the grants whose time is over and tell the receivers; returns how many it was."""
    ended = 0
    people, departments = noun.model.access_grants()  # type: ignore[attr-defined]
    over = {"expires_at__lte": timezone.now()}
    for row in _expired(people.objects.filter(**over)):
        member = Member.objects.filter(user_id=row["user_id"]).first()
        ended += _ended(noun, people, row["ids"], member, row["records"])
    for row in _expired(departments.objects.filter(**over), by="department_id"):
        department = Department.objects.filter(pk=row["department_id"]).first()
        ended += _ended(noun, departments, row["ids"], department, row["records"])
    return ended


def _expired(rows: QuerySet[Any], *, by: str = "user_id") -> list[dict[str, Any]]:
    """The grants that are over, receiver by receiver, locked."""
    found: dict[int, dict[str, Any]] = {}
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    for pk, who, record in locked.values_list("pk", by, "content_object_id"):
        one = found.setdefault(who, {by: who, "ids": [], "records": set()})
        one["ids"].append(pk)
        one["records"].add(record)
    return list(found.values())


def _ended(
    noun: Noun, table: Any, ids: Sequence[int], receiver: Receiver | None, records: set[int]
) -> int:
    table.objects.filter(pk__in=ids).delete()
    if receiver is not None:
        journal.write_all(
            f"{noun.name}.share_ended",
            kind=noun.key,
            ids=sorted(records),
            members=[receiver.pk] if isinstance(receiver, Member) else [],
            departments=[receiver.pk] if isinstance(receiver, Department) else [],
        )
        titles = {one.pk: str(one) for one in noun.rows.filter(pk__in=records)}
        readers = people_of([receiver])
        journal.tell(readers, NotificationKind.SHARE_ENDED, noun, titles)
    return len(ids)

"""What a hand-over or a transfer moved goes back, as far as it has not changed hands since."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from crm.people.holdings import Holding
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.enums import Outcome
from crm.sharing.models import Movement
from crm.sharing.nouns import is_noun, noun


@dataclass(frozen=True, kw_only=True)
class Return:
    """Who gets it back, who does it, why, and what the records' stories call it."""

    owner: Member
    by: Member
    why: str
    verb: str


def give_back(movements: QuerySet[Movement], one: Holding, back: Return) -> dict[int, list[int]]:
    """The moved rows of one kind, receiver by receiver; returns which each of them gave back."""
    if one.mover is None:
        return {}
    moved: dict[int, dict[int, int | None]] = {}
    rows = movements.filter(holding=one.key, outcome=Outcome.MOVED)
    for pk, receiver, department in rows.values_list(
        "record_id", "receiver_id", "department_before_id"
    ):
        moved.setdefault(receiver, {})[pk] = department
    members, now = Member.objects.in_bulk(list(moved)), timezone.now()
    found = {}
    for member_id, wanted in sorted(moved.items()):
        returned = one.mover.restore(wanted, giver=back.owner, receiver=members[member_id])
        mine = rows.filter(receiver_id=member_id)
        mine.filter(record_id__in=returned).update(outcome=Outcome.RESTORED, at=now)
        mine.exclude(record_id__in=returned).update(outcome=Outcome.MOVED_ON, at=now)
        found[member_id] = sorted(returned)
        _tell(one, found[member_id], member_id, back)
    return found


def _tell(one: Holding, ids: Sequence[int], giver_id: int, back: Return) -> None:
    """The app that knows the rows, and the records' stories."""
    if ids and one.after is not None:
        one.after(ids, back.owner, back.by, back.why)
    if ids and is_noun(one.key):
        of = noun(one.key)
        details = {"giver": giver_id, "member": back.owner.pk, "why": back.why}
        journal.write_all(f"{of.name}.{back.verb}", kind=of.key, ids=ids, **details)

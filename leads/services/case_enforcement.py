"""What a decision changes, written down so that an appeal can put it back exactly."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from itertools import groupby
from typing import Any, cast

from django.db import transaction
from django.utils.dateparse import parse_datetime

from crm.access import grants
from crm.people.holdings import holding
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.nouns import noun
from crm.sharing.services.moving import write_transferred
from leads.enums import COLLISION, CollisionOutcome, IdentityVerdict, LeadStatus, RecordKind
from leads.models import CollisionCase, IdentityJudgement, Lead, Merge
from leads.selectors.case_changes import shared_pair
from leads.selectors.case_evidence import Dossier, side_of
from leads.selectors.cases import Standing
from leads.selectors.identity import Pair
from leads.services import splits
from leads.services.case_ledger import KEYS, MODELS, TASKS, Change, Ledger, locked_records
from leads.services.lead_states import move_all
from leads.services.learning import claimed_rows, judge


@dataclass(frozen=True)
class Ruling:
    """What somebody decides: the outcome, to whom, in which parts, and why."""

    outcome: CollisionOutcome
    winner: Member | None = None
    shares: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""
    # orders dated before stay credited to who gives the client away; none: the day of the decision
    cutoff: date | None = None


def enforce(
    dossier: Dossier, ruling: Ruling, *, by: Member, since: datetime | None = None
) -> list[Change]:
    """Carry a decision out; returns what it changed.

    A decision that is upheld is carried out already, except for whoever came `since`.
    """
    ledger = Ledger(dossier.case, by, ruling.cutoff, since=since)
    hold_records(dossier)
    WAYS[ruling.outcome](ledger, dossier, ruling)
    return ledger.changes


def hold_records(dossier: Dossier) -> None:
    """All records of the case in one order, before any of them changes."""
    for kind, model in sorted(MODELS.items()):
        ids = [one.record_id for one in known_records(dossier) if one.record_kind == kind]
        rows = model.objects.filter(pk__any_of=ids).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def known_records(dossier: Dossier) -> list[Standing]:
    """The records of the case that are still there, in the order of locking."""
    found = [
        one
        for one in dossier.records
        if one.record_id
        in (dossier.leads if one.record_kind == RecordKind.LEAD else dossier.customers)
    ]
    return sorted(found, key=lambda one: (one.record_kind, one.record_id))


def _ruled_on(ledger: Ledger, dossier: Dossier) -> list[Standing]:
    """The records that this decision is about for the first time."""
    known, since = known_records(dossier), ledger.since
    return [one for one in known if since is None or one.joined_at > since]


def _one_owner(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """One rep has the client: what others hold of it goes to them, or is closed as a duplicate."""
    winner = cast("Member", ruling.winner)
    kept, left = _kept_and_left(_ruled_on(ledger, dossier))
    ledger.hand([one.pair for one in kept], winner)
    ledger.close_leads([one.record_id for one in left if side_of(one) != winner.pk])


def _shared(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """The main owner has it, the others are let in; newcomers' leads are closed as duplicates."""
    winner = cast("Member", ruling.winner)
    others = [rep for rep in dossier.reps if rep.pk in ruling.shares and rep.pk != winner.pk]
    known, left = _kept_and_left(_ruled_on(ledger, dossier))
    kept = [one.pair for one in known]
    ledger.close_leads([one.record_id for one in left])
    ledger.hand(kept, winner)
    ledger.share(kept, others)
    ledger.split(kept, winner, ruling.shares)


def _kept_and_left(
    records: Iterable[Standing],
) -> tuple[list[Standing], list[Standing]]:
    """The records that live on, and the leads with which somebody came to a held client."""
    kept: list[Standing] = []
    left: list[Standing] = []
    for one in records:
        lives_on = one.is_held or one.record_kind == RecordKind.CUSTOMER
        (kept if lives_on else left).append(one)
    return kept, left


def _kept_apart(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """One owner, several records, knowingly."""
    records = [one.pair for one in _ruled_on(ledger, dossier)]
    ledger.hand(records, cast("Member", ruling.winner))
    _judge_all(ledger, dossier, IdentityVerdict.SEPARATE)


def _told_apart(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """They are different clients: everybody keeps theirs, and nobody is asked again."""
    _judge_all(ledger, dossier, IdentityVerdict.NOT_SAME)
    # who claims it by an imported row alone has no record: the row's name is judged
    for held in [one for one in known_records(dossier) if one.is_held]:
        client = _client_of(dossier, held)
        ledger.judge(client, claimed_rows(dossier.case, client), IdentityVerdict.NOT_SAME)


def _merged(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """The merge itself has moved everything."""


def _judge_all(ledger: Ledger, dossier: Dossier, verdict: IdentityVerdict) -> None:
    held = next((one for one in known_records(dossier) if one.is_held), None)
    if held is not None:
        new = _ruled_on(ledger, dossier)
        others = [_client_of(dossier, one) for one in new if not one.is_held]
        ledger.judge(_client_of(dossier, held), others, verdict)


def _client_of(dossier: Dossier, record: Standing) -> Pair:
    """The record that stands for this one: of a converted lead its customer."""
    kind, pk = record.pair
    customer_id = dossier.leads[pk].customer_id if kind == RecordKind.LEAD else None
    return (RecordKind.CUSTOMER.value, customer_id) if customer_id else (kind, pk)


WAYS: dict[CollisionOutcome, Callable[[Ledger, Dossier, Ruling], None]] = {
    CollisionOutcome.KEEP: _one_owner,
    CollisionOutcome.REASSIGN: _one_owner,
    CollisionOutcome.SHARE: _shared,
    CollisionOutcome.MERGE: _merged,
    CollisionOutcome.SEPARATE: _kept_apart,
    CollisionOutcome.NOT_SAME: _told_apart,
}


@transaction.atomic
def reverse(case: CollisionCase, changes: Sequence[Change], *, by: Member) -> list[Change]:
    """Put back what a decision changed, the last first; what moved on meanwhile stays.

    Returns what could not be put back.
    """
    left: list[Change] = []
    for what, run in groupby(reversed(changes), key=lambda one: one["what"]):
        if what in UNDO_MANY:
            left += UNDO_MANY[what](case, list(run))
        else:
            left += [one for one in run if not UNDO[what](case, one, by)]
    return left


def _give_back(case: CollisionCase, change: Change, by: Member) -> bool:
    kind = holding(change["key"])
    people = Member.objects.in_bulk(pk for pk in (change["giver"], change["receiver"]) if pk)
    giver, receiver = people.get(change["giver"]), people[change["receiver"]]
    rows = {int(pk): department for pk, department in change["rows"].items()}
    if kind.mover is None or not rows:
        return True
    back = kind.mover.restore(rows, giver=cast("Member", giver), receiver=receiver)
    for pk, at in change["assigned"].items():
        if int(pk) in back:
            Lead.objects.filter(pk=pk).update(assigned_at=parse_datetime(at) if at else None)
    if change["key"] != TASKS and back and giver is not None:
        why = COLLISION.of(case.number)
        write_transferred(noun(change["key"]), sorted(back), receiver, giver, why)
    return len(back) == len(rows)


def _open_leads_again(case: CollisionCase, changes: Sequence[Change]) -> list[Change]:
    """Closed duplicates are what they were before.

    One that has become part of another record stays that record's closed duplicate.
    """
    wanted = {one["lead"]: one["before"] for one in changes if one["before"] != LeadStatus.INVALID}
    # all of them in one order, whatever each of them was
    held = set(locked_records(RecordKind.LEAD.value, wanted).values_list("pk", flat=True))
    opened: set[int] = set()
    for status in sorted(set(wanted.values())):
        pks = [pk for pk, before in wanted.items() if before == status and pk in held]
        opened |= set(move_all(pks, Lead.put_back, "lead.reopened", to=status, invalid_reason=""))
    return [one for one in changes if one["lead"] in wanted and one["lead"] not in opened]


def _end_share(case: CollisionCase, change: Change, by: Member) -> bool:
    kind, pk = shared_pair(change)
    of = noun(KEYS[kind])
    record = of.rows.filter(pk=pk).first()
    member = Member.objects.filter(pk=change["member"]).first()
    if record is None or member is None:
        return False
    before = change["before"]
    if before is None:
        grants.revoke(member, grants.EDIT, record)
        journal.write_all(
            f"{of.name}.unshared", kind=of.key, ids=[pk], members=[member.pk], departments=[]
        )
        return True
    until = parse_datetime(before["until"]) if before["until"] else None
    grants.grant_each(
        [member], grants.EDIT, of.model, [pk], until=until, by=by, reason=before["reason"]
    )
    return True


def _forget_judgements(case: CollisionCase, changes: Sequence[Change]) -> list[Change]:
    """What was judged before this case, or nothing."""
    made = {
        ((one.left_kind, one.left_id), (one.right_kind, one.right_id)): one.pk
        for one in IdentityJudgement.objects.filter(case_id=case.pk)
    }
    gone, left = [], []
    for one in changes:
        sides: Any = (tuple(one["left"]), tuple(one["right"]))
        known = made.get(sides)
        if known is None:
            left.append(one)
        elif one["before"] is None:
            gone.append(known)
        else:
            _judge_as_before(sides, one["before"])
    IdentityJudgement.objects.filter(pk__in=gone).delete()
    return left


def _judge_as_before(sides: tuple[Pair, Pair], before: Change) -> None:
    member = Member.objects.filter(pk=before["member"]).first() if before["member"] else None
    verdict = IdentityVerdict(before["verdict"])
    judge(*sides, verdict, by=member, case_id=before["case"])


def _forget_split(case: CollisionCase, change: Change, by: Member) -> bool:
    splits.forget(case, change["level"])
    return True


def _undo_merge(case: CollisionCase, change: Change, by: Member) -> bool:
    # by name: a merge settles cases, so that module imports this one
    if Merge.objects.filter(pk=change["merge"], undone_at__isnull=True).exists():
        import_module("leads.services.merging").take_back(merge_id=change["merge"], by=by)
    return True


UNDO: dict[str, Callable[[CollisionCase, Change, Member], bool]] = {
    "owner": _give_back,
    "grant": _end_share,
    "split": _forget_split,
    "merged": _undo_merge,
}
# The same for all that stand together, in so many statements however many they are.
UNDO_MANY: dict[str, Callable[[CollisionCase, Sequence[Change]], list[Change]]] = {
    "closed": _open_leads_again,
    "judged": _forget_judgements,
}

"""What a decision changes, written down so that an appeal can put it back exactly."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from typing import Any, cast

from django.db import transaction
from django.utils.dateparse import parse_datetime

from crm.access import grants
from crm.audit import services as audit
from crm.people.holdings import holding
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.nouns import along_of, noun
from crm.sharing.services.moving import write_transferred
from crm.teamwork.enums import NotificationKind, TaskState
from crm.teamwork.models import Task
from crm.tenancy.clock import organization_today
from leads.enums import COLLISION, CollisionOutcome, IdentityVerdict, LeadStatus, RecordKind
from leads.models import CollisionCase, CollisionRecord, Customer, IdentityJudgement, Lead, Merge
from leads.selectors.case_changes import shared_pair
from leads.selectors.case_evidence import Dossier, side_of
from leads.selectors.identity import Pair
from leads.selectors.judgements import in_order
from leads.services import splits
from leads.services.learning import claimed_rows, client_of, judge
from leads.services.refusals import MergedMeanwhile
from leads.services.saving import locked

MODELS: dict[str, Any] = {RecordKind.LEAD.value: Lead, RecordKind.CUSTOMER.value: Customer}
KEYS = {RecordKind.LEAD.value: "leads.lead", RecordKind.CUSTOMER.value: "leads.customer"}
TASKS = "teamwork.task"
# What goes along with a client: unfinished work. Orders stay with whoever sold them.
ALONG = ("leads.opportunity", "leads.lead")
Change = dict[str, Any]


@dataclass(frozen=True)
class Ruling:
    """What somebody decides: the outcome, to whom, in which parts, and why."""

    outcome: CollisionOutcome
    winner: Member | None = None
    shares: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""
    # orders dated before stay credited to who gives the client away; none: the day of the decision
    cutoff: date | None = None


@dataclass
class Ledger:
    """What is changed in the course of one decision."""

    case: CollisionCase
    by: Member
    cutoff: date | None = None
    changes: list[Change] = field(default_factory=list)
    # only for records that came into the case since; none: for all of them
    since: datetime | None = None

    @property
    def why(self) -> str:
        """The case as the reason of what it changes, worded for each reader by `crm.coded`."""
        return COLLISION.of(self.case.number)

    def hand(self, pair: Pair, receiver: Member) -> None:
        """Give a record, the unfinished work on it and the tasks about it to a member."""
        kind, pk = pair
        model: Any = Lead if kind == RecordKind.LEAD else Customer
        record = locked(model.objects.all(), pk)
        if record.owner_id == receiver.pk:
            return
        giver = Member.objects.filter(pk=record.owner_id).first() if record.owner_id else None
        moved = {KEYS[kind]: [pk]}
        if kind == RecordKind.CUSTOMER and giver is not None:
            for one in along_of(noun(KEYS[kind])):
                if one.key in ALONG:
                    rows = one.of([pk]).filter(owner=giver).order_by("pk")
                    moved[one.key] = list(rows.values_list("pk", flat=True))
        if giver is not None:
            moved[TASKS] = tasks_about(moved, giver)
        for key, ids in moved.items():
            self._move(key, ids, giver, receiver)
        of = noun(KEYS[kind])
        journal.tell([receiver.pk], NotificationKind.RECORD_TRANSFERRED, of, {pk: str(record)})
        journal.tell([record.owner_id], NotificationKind.RECORD_GIVEN, of, {pk: str(record)})

    def _move(self, key: str, ids: Sequence[int], giver: Member | None, receiver: Member) -> None:
        kind = holding(key)
        if not ids or kind.mover is None:
            return
        assigned = assignments_of(ids) if key == KEYS["lead"] else {}
        moved = kind.mover.move(ids, giver=giver, receiver=receiver)
        pks = [one.pk for one in moved]
        if kind.after is not None and pks:
            kind.after(pks, receiver, self.by, self.why)
        if key != TASKS and pks:
            write_transferred(noun(key), pks, giver, receiver, self.why, self.cutoff)
        self.changes.append(
            {
                "what": "owner",
                "key": key,
                "giver": giver.pk if giver else None,
                "receiver": receiver.pk,
                "rows": {str(one.pk): one.department_id for one in moved},
                "assigned": assigned,
            }
        )

    def close_lead(self, pk: int) -> None:
        """A newcomer's lead is a duplicate: it is closed, naming the case.

        One that its rep has closed stays closed by the decision, too: else they would reopen it.
        """
        lead = locked(Lead.objects.all(), pk)
        if lead.status == LeadStatus.CONVERTED:
            return
        before = lead.status
        if before == LeadStatus.INVALID:
            self.changes.append({"what": "closed", "lead": pk, "before": before})
            return
        lead.invalidate()
        lead.invalid_reason = self.why[:200]
        lead.save(update_fields=["status", "invalid_reason", "updated_at"])
        audit.record("lead.invalidated", target=lead, invalid_reason=lead.invalid_reason)
        self.changes.append({"what": "closed", "lead": pk, "before": before})

    def share(self, pair: Pair, member: Member) -> None:
        """Let a co-owner read and change the client."""
        kind, pk = pair
        of = noun(KEYS[kind])
        table = MODELS[kind].access_grants()[0]
        kept = table.objects.filter(
            user_id=member.user_id,
            content_object_id=pk,
            permission=grants.permission_for(of.model, grants.EDIT),
        ).first()
        grants.grant_each([member], grants.EDIT, of.model, [pk], by=self.by, reason=self.why)
        journal.write_all(
            f"{of.name}.shared", kind=of.key, ids=[pk], members=[member.pk],
            departments=[], may_edit=True, until=None, why=self.why,
        )  # fmt: skip
        before = None
        if kept is not None:
            until = kept.expires_at
            before = {"until": until.isoformat() if until else None, "reason": kept.reason}
        self.changes.append(
            {"what": "grant", "kind": kind, "id": pk, "member": member.pk, "before": before}
        )

    def judge(self, left: Pair, right: Pair, verdict: IdentityVerdict) -> None:
        """Teach that the two are not one client, or are kept apart; nobody is asked again."""
        clients = client_of(left), client_of(right)
        if clients[0] == clients[1]:
            return
        first, second = in_order(*clients)
        known = IdentityJudgement.objects.filter(
            left_kind=first[0], left_id=first[1], right_kind=second[0], right_id=second[1]
        ).first()
        before = None
        if known is not None:
            before = {"verdict": known.verdict, "member": known.member_id, "case": known.case_id}
        judge(first, second, verdict, by=self.by, case_id=self.case.pk)
        self.changes.append(
            {"what": "judged", "left": list(first), "right": list(second), "before": before}
        )

    def split(self, pair: Pair, ruling: Ruling) -> None:
        """Credit the client's orders in parts from the cut-off on."""
        starts_on = self.cutoff or organization_today()
        main = cast("Member", ruling.winner)
        splits.begin(self.case, pair, main=main, shares=ruling.shares, starts_on=starts_on)
        kind, pk = pair
        shares = {str(member): percent for member, percent in ruling.shares.items()}
        self.changes.append(
            {
                "what": "split",
                "kind": kind,
                "id": pk,
                "level": self.case.level,
                "shares": shares,
                "starts_on": starts_on.isoformat(),
            }
        )


def tasks_about(moved: Mapping[str, Collection[int]], giver: Member) -> list[int]:
    """The giver's open tasks about these records."""
    found: list[int] = []
    for key, ids in moved.items():
        rows = Task.objects.filter(
            subject_kind=key, subject_id__in=ids, owner=giver, state=TaskState.OPEN
        )
        found += rows.order_by("pk").values_list("pk", flat=True)
    return sorted(found)


def assignments_of(lead_ids: Sequence[int]) -> dict[str, str | None]:
    """When leads were assigned: a hand-over says “now” and an appeal must put it back."""
    rows = Lead.objects.filter(pk__in=lead_ids).values_list("pk", "assigned_at")
    return {str(pk): at.isoformat() if at else None for pk, at in rows}


def enforce(
    dossier: Dossier, ruling: Ruling, *, by: Member, since: datetime | None = None
) -> list[Change]:
    """Carry a decision out; returns what it changed.

    A decision that is upheld is carried out already, except for whoever came `since`.
    """
    ledger = Ledger(dossier.case, by, ruling.cutoff, since=since)
    WAYS[ruling.outcome](ledger, dossier, ruling)
    return ledger.changes


def pair_of(record: CollisionRecord) -> Pair:
    return str(record.record_kind), record.record_id


def known_records(dossier: Dossier) -> list[CollisionRecord]:
    """The records of the case that are still there, in the order of locking."""
    found = [
        one
        for one in dossier.records
        if one.record_id
        in (dossier.leads if one.record_kind == RecordKind.LEAD else dossier.customers)
    ]
    return sorted(found, key=lambda one: (one.record_kind, one.record_id))


def _ruled_on(ledger: Ledger, dossier: Dossier) -> list[CollisionRecord]:
    """The records that this decision is about for the first time."""
    known, since = known_records(dossier), ledger.since
    return [one for one in known if since is None or one.joined_at > since]


def _one_owner(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """One rep has the client: what others hold of it goes to them, or is closed as a duplicate."""
    winner = cast("Member", ruling.winner)
    for record in _ruled_on(ledger, dossier):
        if record.is_held or record.record_kind == RecordKind.CUSTOMER:
            ledger.hand(pair_of(record), winner)
        elif side_of(record) != winner.pk:
            ledger.close_lead(record.record_id)


def _shared(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """The main owner has it, the others are let in; newcomers' leads are closed as duplicates."""
    winner = cast("Member", ruling.winner)
    others = [rep for rep in dossier.reps if rep.pk in ruling.shares and rep.pk != winner.pk]
    for record in _ruled_on(ledger, dossier):
        if not record.is_held and record.record_kind == RecordKind.LEAD:
            ledger.close_lead(record.record_id)
            continue
        ledger.hand(pair_of(record), winner)
        for rep in others:
            ledger.share(pair_of(record), rep)
        ledger.split(pair_of(record), ruling)


def _kept_apart(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """One owner, several records, knowingly."""
    winner = cast("Member", ruling.winner)
    for record in _ruled_on(ledger, dossier):
        ledger.hand(pair_of(record), winner)
    _judge_all(ledger, dossier, IdentityVerdict.SEPARATE)


def _told_apart(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """They are different clients: everybody keeps theirs, and nobody is asked again."""
    _judge_all(ledger, dossier, IdentityVerdict.NOT_SAME)
    # who claims it by an imported row alone has no record: the row's name is judged
    for held in [pair_of(one) for one in known_records(dossier) if one.is_held]:
        for row in claimed_rows(dossier.case, client_of(held)):
            ledger.judge(held, row, IdentityVerdict.NOT_SAME)


def _merged(ledger: Ledger, dossier: Dossier, ruling: Ruling) -> None:
    """The merge itself has moved everything."""


def _judge_all(ledger: Ledger, dossier: Dossier, verdict: IdentityVerdict) -> None:
    known = known_records(dossier)
    held = next((one for one in known if one.is_held), None)
    for record in _ruled_on(ledger, dossier):
        if held is not None and not record.is_held:
            ledger.judge(pair_of(held), pair_of(record), verdict)


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
    return [one for one in reversed(changes) if not UNDO[one["what"]](case, one, by)]


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


def _open_lead_again(case: CollisionCase, change: Change, by: Member) -> bool:
    """A closed duplicate is what it was before."""
    if change["before"] == LeadStatus.INVALID:
        return True
    try:
        lead = locked(Lead.objects.all(), change["lead"])
    except (MergedMeanwhile, Lead.DoesNotExist):
        return False  # part of another record by now, whose closed duplicate it stays
    if lead.status != LeadStatus.INVALID:
        return False
    lead.reopen()
    if change["before"] == LeadStatus.CONTACTED:
        lead.mark_contacted()
    elif change["before"] == LeadStatus.QUALIFIED:
        lead.qualify()
    lead.invalid_reason = ""
    lead.save(update_fields=["status", "invalid_reason", "updated_at"])
    audit.record("lead.reopened", target=lead)
    return True


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


def _forget_judgement(case: CollisionCase, change: Change, by: Member) -> bool:
    """What was judged before this case, or nothing."""
    (left_kind, left), (right_kind, right) = change["left"], change["right"]
    rows = IdentityJudgement.objects.filter(
        left_kind=left_kind, left_id=left, right_kind=right_kind, right_id=right, case_id=case.pk
    )
    before = change["before"]
    if before is None:
        return bool(rows.delete()[0])
    if not rows.exists():
        return False
    member = Member.objects.filter(pk=before["member"]).first() if before["member"] else None
    judge(
        (left_kind, left),
        (right_kind, right),
        IdentityVerdict(before["verdict"]),
        by=member,
        case_id=before["case"],
    )
    return True


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
    "closed": _open_lead_again,
    "grant": _end_share,
    "split": _forget_split,
    "judged": _forget_judgement,
    "merged": _undo_merge,
}

"""What a decision changes, many records at a time, each change written down to be put back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from crm.access import grants
from crm.people.holdings import holding
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.nouns import along_of, noun
from crm.sharing.services.moving import write_transferred
from crm.teamwork.enums import NotificationKind, TaskState
from crm.teamwork.models import Task
from crm.tenancy.clock import organization_today
from leads.enums import COLLISION, IdentityVerdict, LeadStatus, RecordKind
from leads.models import CollisionCase, Customer, IdentityJudgement, Lead
from leads.selectors.identity import Pair
from leads.selectors.judgements import in_order
from leads.services import splits
from leads.services.lead_states import move_all
from leads.services.learning import judge_apart

MODELS: dict[str, Any] = {RecordKind.LEAD.value: Lead, RecordKind.CUSTOMER.value: Customer}
KEYS = {RecordKind.LEAD.value: "leads.lead", RecordKind.CUSTOMER.value: "leads.customer"}
TASKS = "teamwork.task"
NAMES = {RecordKind.LEAD.value: "company_name", RecordKind.CUSTOMER.value: "name"}
# What goes along with a client: unfinished work. Orders stay with whoever sold them.
ALONG = ("leads.opportunity", "leads.lead")
Change = dict[str, Any]


@dataclass
class Ledger:
    """What is changed in the course of one decision; so many statements however many records."""

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

    def hand(self, pairs: Iterable[Pair], receiver: Member) -> None:
        """Give records, the unfinished work on them and the tasks about them to a member."""
        by_giver: dict[tuple[str, int | None], dict[int, str]] = defaultdict(dict)
        for kind, ids in sorted(_by_kind(pairs).items()):
            rows = locked_records(kind, ids).values_list("pk", "owner_id", NAMES[kind])
            for pk, owner_id, name in rows:
                if owner_id != receiver.pk:
                    by_giver[kind, owner_id][pk] = name
        givers = Member.objects.in_bulk({pk for _kind, pk in by_giver if pk})
        for (kind, owner_id), records in by_giver.items():
            self._hand_of(kind, records, givers.get(owner_id or 0), receiver)

    def _hand_of(
        self, kind: str, records: Mapping[int, str], giver: Member | None, receiver: Member
    ) -> None:
        ids = list(records)
        moved = {KEYS[kind]: ids}
        if kind == RecordKind.CUSTOMER and giver is not None:
            for one in along_of(noun(KEYS[kind])):
                if one.key in ALONG:
                    rows = one.of(ids).filter(owner=giver).order_by("pk")
                    moved[one.key] = list(rows.values_list("pk", flat=True))
        if giver is not None:
            moved[TASKS] = tasks_about(moved, giver)
        for key, pks in moved.items():
            self._move(key, pks, giver, receiver)
        of = noun(KEYS[kind])
        journal.tell([receiver.pk], NotificationKind.RECORD_TRANSFERRED, of, records)
        if giver is not None:
            journal.tell([giver.pk], NotificationKind.RECORD_GIVEN, of, records)

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

    def close_leads(self, pks: Collection[int]) -> None:
        """Newcomers' leads are duplicates: they are closed, naming the case.

        Those that their rep has closed stay closed by the decision, too: else they would be
        reopened.
        """
        rows = locked_records(RecordKind.LEAD.value, pks).exclude(status=LeadStatus.CONVERTED)
        before = dict(rows.values_list("pk", "status"))
        why = self.why[:200]
        move_all(before, Lead.invalidate, "lead.invalidated", invalid_reason=why)
        self.changes += [
            {"what": "closed", "lead": pk, "before": status} for pk, status in before.items()
        ]

    def share(self, pairs: Iterable[Pair], members: Sequence[Member]) -> None:
        """Let co-owners read and change the client."""
        for kind, ids in _by_kind(pairs).items():
            of, table = noun(KEYS[kind]), MODELS[kind].access_grants()[0]
            permission = grants.permission_for(of.model, grants.EDIT)
            kept = table.objects.filter(content_object_id__in=ids, permission=permission)
            before = {
                (one.content_object_id, one.user_id): {
                    "until": one.expires_at.isoformat() if one.expires_at else None,
                    "reason": one.reason,
                }
                for one in kept.filter(user_id__in=[one.user_id for one in members])
            }
            grants.grant_each(members, grants.EDIT, of.model, ids, by=self.by, reason=self.why)
            for member in members:
                journal.write_all(
                    f"{of.name}.shared", kind=of.key, ids=ids, members=[member.pk],
                    departments=[], may_edit=True, until=None, why=self.why,
                )  # fmt: skip
                self.changes += [
                    {"what": "grant", "kind": kind, "id": pk, "member": member.pk,
                     "before": before.get((pk, member.user_id))}
                    for pk in ids
                ]  # fmt: skip

    def judge(self, held: Pair, others: Iterable[Pair], verdict: IdentityVerdict) -> None:
        """Teach that none of these is the held one, or that they are kept apart."""
        wanted = [one for one in dict.fromkeys(others) if one != held]
        rows = IdentityJudgement.objects.filter(
            Q(left_kind=held[0], left_id=held[1]) | Q(right_kind=held[0], right_id=held[1])
        )
        before = {
            ((one.left_kind, one.left_id), (one.right_kind, one.right_id)): {
                "verdict": one.verdict, "member": one.member_id, "case": one.case_id,
            }
            for one in rows
        }  # fmt: skip
        judge_apart(held, wanted, verdict, by=self.by, case_id=self.case.pk)
        for one in wanted:
            first, second = in_order(held, one)
            self.changes.append(
                {
                    "what": "judged",
                    "left": list(first),
                    "right": list(second),
                    "before": before.get((first, second)),
                }
            )

    def split(self, pairs: Sequence[Pair], main: Member, shares: Mapping[int, int]) -> None:
        """Credit the client's orders in parts from the cut-off on."""
        starts_on = self.cutoff or organization_today()
        splits.begin_all(self.case, pairs, main=main, shares=shares, starts_on=starts_on)
        said = {str(member): percent for member, percent in shares.items()}
        self.changes += [
            {
                "what": "split",
                "kind": kind,
                "id": pk,
                "level": self.case.level,
                "shares": said,
                "starts_on": starts_on.isoformat(),
            }
            for kind, pk in pairs
        ]


def _by_kind(pairs: Iterable[Pair]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for kind, pk in pairs:
        found[kind].append(pk)
    return found


def locked_records(kind: str, ids: Collection[int]) -> QuerySet[Any]:
    """The records that are still there, held in the order of their numbers."""
    rows: QuerySet[Any] = MODELS[kind].objects.filter(pk__any_of=ids).order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)


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

"""A case is opened by whoever reaches for another's client; whoever comes later joins it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.constraints import violated
from crm.numbering import take_number
from crm.people.models import Member
from crm.teamwork.enums import NotificationKind
from crm.teamwork.models import Comment
from crm.teamwork.services import add_comment
from crm.tenancy.context import current_organization_id
from leads.enums import CollisionOrigin, CollisionSide, RecordKind
from leads.models import (
    CollisionCase,
    CollisionParty,
    CollisionRecord,
    Customer,
    Lead,
)
from leads.selectors.arbitrations import decision_deadline
from leads.selectors.cases import WAITING, open_case_on
from leads.selectors.deciders import common_superior, deputy_of, wider
from leads.selectors.identity import Match, Pair
from leads.selectors.managers import manager_ids_of
from leads.services import case_notices as notices
from leads.services.identity import kind_of
from leads.services.refusals import Refused

ONE_OPEN = "case_one_open_per_record"
# Somebody who collides with more clients than this at once is looking at another problem.
MOST_AT_ONCE = 3
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
# Whoever reaches for one client shares this one, a chunk of an import takes it alone.
SHARE_ALL = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"


@dataclass(frozen=True)
class Entrant:
    """A record by which somebody reaches for a client, and why they went on."""

    record: Lead | Customer
    member: Member
    origin: CollisionOrigin
    explanation: str = ""

    @property
    def pair(self) -> Pair:
        return kind_of(self.record).value, self.record.pk


class CaseNotAllowed(Refused):
    """The collision cannot be reported like this."""


class HeldBack(Refused):
    """A newcomer's record waits for the decision of a case."""

    def __init__(self, case: CollisionCase) -> None:
        super().__init__(
            _("Collision %(number)s is not decided yet: until then this stays as it is.")
            % {"number": case.number}
        )
        self.case = case


@transaction.atomic
def reach_for(matches: Sequence[Match], entrant: Entrant) -> list[CollisionCase]:
    """Open a case for each client that is somebody else's, or join the one that is open."""
    strongest = sorted(matches, key=lambda one: (-one.score, one.pair))[:MOST_AT_ONCE]
    strongest = [one for one in strongest if one.pair != entrant.pair]
    _hold_subjects(one.pair for one in strongest)
    found: dict[int, CollisionCase] = {}
    for match in strongest:
        case = _still_open([match.pair, entrant.pair], entrant) or _open(match, entrant)
        if case is not None and case.pk not in found:
            found[case.pk] = _join(case, match, entrant)
    return list(found.values())


def _still_open(pairs: list[Pair], entrant: Entrant) -> CollisionCase | None:
    """The open case on these records; none, if it is decided in this very moment.

    It is held before somebody new comes in; who is in it already need not wait for it.
    """
    case = open_case_on(pairs)
    kind, pk = entrant.pair
    if case is None or case.records.filter(record_kind=kind, record_id=pk).exists():
        return case
    rows = CollisionCase.objects.filter(pk=case.pk, state__in=WAITING)
    held: CollisionCase | None = rows.select_for_update(of=("self",), no_key=True).first()
    return held


def _hold_subjects(pairs: Iterable[Pair]) -> None:
    """Two who reach for one client at the same moment come one after the other."""
    organization = current_organization_id()
    with connection.cursor() as cursor:
        cursor.execute(SHARE_ALL, [f"cases:{organization}"])
        for kind, pk in sorted(set(pairs)):
            cursor.execute(LOCK, [f"case:{organization}:{kind}:{pk}"])


def hold_all_subjects() -> None:
    """Nobody else opens or joins a case until this transaction ends: an import's chunk."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"cases:{current_organization_id()}"])


def _open(match: Match, entrant: Entrant) -> CollisionCase | None:
    """A new case about the record that was there first; None when it is gone by now."""
    held = record_at(match.pair)
    if held is None:
        return None
    case = CollisionCase(
        number=take_number("CC"),
        title=str(held)[:200],
        subject_kind=match.kind,
        subject_id=match.record_id,
        origin=entrant.origin,
        opened_by=entrant.member,
        opened_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        if violated(error) != ONE_OPEN:
            raise
        return open_case_on([match.pair])
    CollisionRecord.objects.create(
        case=case,
        record_kind=match.kind,
        record_id=match.record_id,
        is_held=True,
        title=str(held)[:200],
        origin=entrant.origin,
        owner=held.owner,
        member=held.created_by,
    )
    reps = [entrant.member, *([held.owner] if held.owner else [])]
    if held.owner is not None:
        add_party(case, held.owner, CollisionSide.HOLDER)
    add_party(case, entrant.member, CollisionSide.NEWCOMER)
    notices.log(case, "opened", origin=str(entrant.origin), why=entrant.explanation)
    ask(case, common_superior(reps))
    return case


def _join(case: CollisionCase, match: Match, entrant: Entrant) -> CollisionCase:
    """Put the entrant's record and the entrant into a case; a second time changes nothing."""
    kind, pk = entrant.pair
    record, is_new = CollisionRecord.objects.get_or_create(
        case=case,
        record_kind=kind,
        record_id=pk,
        defaults={
            "title": str(entrant.record)[:200],
            "score": round(match.score, 3),
            "reasons": [reason.as_dict() for reason in match.reasons],
            "origin": entrant.origin,
            "explanation": entrant.explanation.strip()[:200],
            "owner": entrant.record.owner,
            "member": entrant.member,
        },
    )
    if not is_new:
        return case
    return _let_in(
        case, entrant.member, owner_id=match.owner_id, why=record.explanation, record=entrant.pair
    )


def _let_in(
    case: CollisionCase, member: Member, *, owner_id: int | None, why: str, record: Pair
) -> CollisionCase:
    """One more who claims the client: the decision may move up, and everybody concerned is told."""
    case = locked_case(case.pk)
    was_in = add_party(case, member, CollisionSide.NEWCOMER)
    if not was_in and case.opened_by_id != member.pk:
        barred = notices.rep_ids(case)
        asked = wider(case.decider, member, barred=barred)
        if asked != case.decider:
            ask(case, asked)
    touch(case)
    if case.opened_by_id != member.pk:
        notices.log(case, "joined", member=member.pk, why=why)
    notices.log_on_records(case, "noticed_in_case", newcomer=record, member=member.pk)
    concerned = {owner_id, member.pk}
    concerned |= manager_ids_of(concerned)
    notices.tell(case, concerned, NotificationKind.LEAD_COLLISION)
    notices.tell_deciders(case, NotificationKind.CASE_TO_DECIDE)
    notices.announce(case)
    return case


@transaction.atomic
def claim(pair: Pair, *, by: Member, origin: CollisionOrigin, why: str) -> CollisionCase:
    """Somebody claims a client of another's without a record of their own: an imported row."""
    if not why.strip():
        raise CaseNotAllowed(_("Say why you think that this is one client."))
    _hold_subjects([pair])
    held = record_at(pair)
    if held is None:
        raise CaseNotAllowed(_("The other record is gone."))
    if isinstance(held, Lead) and held.customer_id:
        return claim((RecordKind.CUSTOMER.value, held.customer_id), by=by, origin=origin, why=why)
    if held.owner_id is None or held.owner_id == by.pk:
        raise CaseNotAllowed(_("This client is not another's any more: nothing to settle."))
    match = Match(kind_of(held), held.pk, held.owner_id, 0.0, "probable", ())
    case = open_case_on([pair]) or _open(match, Entrant(held, by, origin, why))
    if case is None:
        raise CaseNotAllowed(_("The other record is gone."))
    party = CollisionParty.objects.filter(case=case, member=by).first()
    if case.opened_by_id != by.pk and party is not None and party.is_rep:
        return case
    return _let_in(case, by, owner_id=held.owner_id, why=why.strip()[:200], record=pair)


def record_at(pair: Pair) -> Lead | Customer | None:
    """The record, if it is still there."""
    kind, pk = pair
    rows: Any = Lead.objects if kind == RecordKind.LEAD else Customer.objects
    found: Lead | Customer | None = rows.select_related("owner", "created_by").filter(pk=pk).first()
    return found


def locked_case(case_id: int) -> CollisionCase:
    """The case, locked: the first step of every change."""
    rows = CollisionCase.objects.select_for_update(of=("self",), no_key=True)
    found: CollisionCase = rows.get(pk=case_id)
    return found


def touch(case: CollisionCase) -> None:
    """Something a decider should have seen has changed."""
    CollisionCase.objects.filter(pk=case.pk).update(
        version=F("version") + 1, updated_at=timezone.now()
    )
    case.refresh_from_db(fields=["version"])


def add_party(case: CollisionCase, member: Member, side: CollisionSide) -> bool:
    """Let a member take part, with their managers if they are a rep; True when they did before.

    A manager who turns out to be a rep of the case becomes one; a rep stays a rep.
    """
    is_rep = side in (CollisionSide.HOLDER, CollisionSide.NEWCOMER)
    party, is_new = CollisionParty.objects.get_or_create(
        case=case,
        member=member,
        defaults={"side": side, "department_id": member.department_id if is_rep else None},
    )
    was_rep = not is_new and party.is_rep
    if not is_new and is_rep and not party.is_rep:
        party.side, party.department_id = side, member.department_id
        party.save(update_fields=["side", "department"])
    if is_rep and not was_rep:
        for one in Member.objects.filter(pk__in=manager_ids_of([member.pk])):
            add_party(case, one, CollisionSide.MANAGER)
    return was_rep


def ask(case: CollisionCase, decider: Member | None) -> None:
    """Await the decision of a member, or without one of the administrators; the clock starts."""
    case.decider, case.due_at, case.reminded_at = decider, decision_deadline(decider), None
    case.save(update_fields=["decider", "due_at", "reminded_at", "updated_at"])
    if decider is not None:
        add_party(case, decider, CollisionSide.DECIDER)
        deputy = deputy_of(decider, notices.rep_ids(case))
        if deputy is not None:
            add_party(case, deputy, CollisionSide.DECIDER)
    notices.log(case, "asked", member=decider.pk if decider else None)


@transaction.atomic
def report_by_hand(
    *, record: Lead | Customer, other: Lead | Customer, by: Member, why: str
) -> CollisionCase:
    """Somebody says that two records of different owners are one client."""
    if not why.strip():
        raise CaseNotAllowed(_("Say why you think that this is one client."))
    if (type(record), record.pk) == (type(other), other.pk):
        raise CaseNotAllowed(_("Choose another record: this is the same one."))
    if record.owner_id is not None and record.owner_id == other.owner_id:
        raise CaseNotAllowed(
            _("Both belong to %(name)s: merge them instead.") % {"name": str(record.owner)}
        )
    first, later = sorted((record, other), key=lambda one: (one.created_at, one.pk))
    if later.owner is None:
        first, later = later, first
    match = Match(kind_of(first), first.pk, first.owner_id, 0.0, "probable", ())
    entrant = Entrant(later, later.owner or by, CollisionOrigin.MANUAL, why)
    found = reach_for([match], entrant)
    if not found:
        raise CaseNotAllowed(_("The other record is gone."))
    notices.log(found[0], "reported", member=by.pk, why=why.strip()[:200])
    add_party(found[0], by, CollisionSide.MANAGER)
    return found[0]


@transaction.atomic
def state_case(*, case_id: int, by: Member, text: str) -> CollisionParty:
    """A rep's own account of how they came to the client; they may put it anew until a decision."""
    case = locked_case(case_id)
    if case.state not in WAITING:
        raise Refused(_("This case is decided: there is nothing more to state."))
    party: CollisionParty | None = CollisionParty.objects.filter(case=case, member=by).first()
    if party is None or not party.is_rep:
        raise Refused(_("Only the reps of a case make a statement."))
    party.statement, party.stated_at = text.strip()[:4000], timezone.now()
    party.save(update_fields=["statement", "stated_at"])
    touch(case)
    notices.log(case, "stated")
    notices.announce(case)
    return party


@transaction.atomic
def discuss(*, case: CollisionCase, by: Member, text: str) -> Comment:
    """A remark on the case, told to everybody it concerns."""
    remark = add_comment(subject=case, member=by, text=text)
    notices.tell(case, notices.party_ids(case), NotificationKind.CASE_COMMENTED)
    notices.announce(case)
    return remark


def waiting_case_of(record: Lead | Customer) -> CollisionCase | None:
    """The undecided case in which the record is a newcomer's."""
    rows = CollisionRecord.objects.filter(
        record_kind=kind_of(record), record_id=record.pk, is_held=False, case__state__in=WAITING
    )
    found = rows.select_related("case").order_by("case_id").first()
    return found.case if found else None


def refuse_while_open(record: Lead | Customer) -> None:
    """HeldBack while the record is a newcomer's in an undecided case."""
    case = waiting_case_of(record)
    if case is not None:
        raise HeldBack(case)


def follow_conversion(*, lead: Lead, customer: Customer) -> None:
    """A lead that is in a case became a customer: the case goes on about the customer."""
    old, new = RecordKind.LEAD.value, RecordKind.CUSTOMER.value
    rows = CollisionRecord.objects.filter(
        record_kind=old, record_id=lead.pk, case__state__in=WAITING
    )
    for record in rows.select_related("case").order_by("pk"):
        inside = CollisionRecord.objects.filter(case=record.case)
        joined = inside.filter(record_kind=new, record_id=customer.pk, is_held=False)
        why = joined.values_list("explanation", flat=True).first()
        joined.delete()
        record.record_kind, record.record_id = new, customer.pk
        record.explanation = why or record.explanation
        record.save(update_fields=["record_kind", "record_id", "explanation"])
        if record.is_held and open_case_on([(new, customer.pk)]) == record.case:
            CollisionCase.objects.filter(pk=record.case_id).update(
                subject_kind=new, subject_id=customer.pk, updated_at=timezone.now()
            )

"""A case is opened by whoever reaches for another's client; whoever comes later joins it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.constraints import violated
from crm.people.models import Member
from crm.refusals import Refused
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
from leads.selectors.deciders import Desk
from leads.selectors.identity import Match, Pair
from leads.selectors.standing import Held
from leads.services import case_notices as notices
from leads.services.case_docket import Circle, Docket, recall, touch_all, write
from leads.services.case_opening import Opened, Opening, Reach
from leads.services.identity import kind_of

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
    # who said so, where it is not the member themselves
    reporter: Member | None = None

    @property
    def pair(self) -> Pair:
        return kind_of(self.record).value, self.record.pk


class CaseNotAllowed(Refused):
    """The collision cannot be reported like this."""


class CaseMovedOn(Refused):
    """The case is no longer what its reader saw: what is to be done is read there."""


class HeldBack(Refused):
    """A newcomer's record waits for the decision of a case."""

    def __init__(self, case: CollisionCase) -> None:
        super().__init__(
            _("Collision %(number)s is not decided yet: no conversion, quote or order before that.")
            % {"number": case.number}
        )
        self.case = case


@transaction.atomic
def reach_for(matches: Sequence[Match], entrant: Entrant) -> list[CollisionCase]:
    """Open a case for each client that is somebody else's, or join the one that is open."""
    strongest = sorted(matches, key=lambda one: (-one.score, one.pair))[:MOST_AT_ONCE]
    strongest = [one for one in strongest if one.pair != entrant.pair]
    hold_subjects(one.pair for one in strongest)
    reaches = [reach for match in strongest if (reach := _reach(match, entrant)) is not None]
    return _bring(reaches, entrant.origin)


def _reach(match: Match, entrant: Entrant) -> Reach | None:
    """A record by which somebody reaches for another; None when that one is gone by now."""
    held = record_at(match.pair)
    if held is None:
        return None
    return Reach(
        held=held_as(held),
        member_id=entrant.member.pk,
        why=entrant.explanation.strip()[:200],
        record=entrant.pair,
        title=str(entrant.record),
        owner_id=entrant.record.owner_id,
        score=round(match.score, 3),
        reasons=[reason.as_dict() for reason in match.reasons],
        reporter_id=entrant.reporter.pk if entrant.reporter else None,
    )


def held_as(record: Lead | Customer) -> Held:
    """A record as a case is opened about it."""
    pair = (kind_of(record).value, record.pk)
    return Held(pair, str(record), record.owner_id, record.created_by_id)


def _bring(reaches: Sequence[Reach], origin: CollisionOrigin) -> list[CollisionCase]:
    """Bring them into their cases, and tell at once whom each of these concerns."""
    opening = Opening(origin)
    try:
        with transaction.atomic():
            dockets = opening.bring(reaches)
    except IntegrityError as error:
        if violated(error) != ONE_OPEN:
            raise
        dockets = opening.bring(reaches)
    found = {one.case.pk: one for one in dockets}
    for docket in found.values():
        if docket.has_news:
            _tell_of(docket, opening.circle)
    return [one.case for one in found.values()]


def _tell_of(docket: Opened, circle: Circle) -> None:
    """The owner and whoever came, their managers, and who is to decide."""
    concerned = {reach.held.owner_id for reach in docket.reaches}
    concerned |= {reach.member_id for reach in docket.reaches}
    notices.tell_new(docket.case, circle.around(concerned), NotificationKind.LEAD_COLLISION)
    notices.announce(docket.case)


def hold_subjects(pairs: Iterable[Pair]) -> None:
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


@transaction.atomic
def claim(pair: Pair, *, by: Member, origin: CollisionOrigin, why: str) -> CollisionCase:
    """Somebody claims a client of another's without a record of their own: an imported row."""
    if not why.strip():
        raise CaseNotAllowed(_("Say why you think that this is one client."))
    hold_subjects([pair])
    held = record_at(pair)
    if held is None:
        raise CaseNotAllowed(_("The other record is gone."))
    if isinstance(held, Lead) and held.customer_id:
        return claim((RecordKind.CUSTOMER.value, held.customer_id), by=by, origin=origin, why=why)
    if held.owner_id is None or held.owner_id == by.pk:
        raise CaseNotAllowed(_("This client is not another's any more: nothing to settle."))
    reach = Reach(held=held_as(held), member_id=by.pk, why=why.strip()[:200])
    return _bring([reach], origin)[0]


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
    touch_all([case.pk])
    case.refresh_from_db(fields=["version"])


def add_party(case: CollisionCase, member: Member, side: CollisionSide) -> bool:
    """Let a member take part, with their managers if they are a rep; True when they did before."""
    docket = _docket_of(case)
    was_rep = docket.add(member, side, Circle.of([member.pk]))
    write([docket])
    return was_rep


def ask(case: CollisionCase, decider: Member | None) -> None:
    """Await the decision of a member, or without one of the administrators; the clock starts."""
    docket = _docket_of(case)
    docket.ask(decider, due_at=decision_deadline(decider), desk=Desk())
    write([docket])


def _docket_of(case: CollisionCase) -> Docket:
    docket = Docket(case)
    recall([docket])
    return docket


@transaction.atomic
def report_by_hand(
    *, record: Lead | Customer, other: Lead | Customer, by: Member, why: str
) -> CollisionCase:
    """Somebody says that two records of different owners are one client."""
    if not why.strip():
        raise CaseNotAllowed(_("Say why you think that this is one client."))
    if (type(record), record.pk) == (type(other), other.pk):
        raise CaseNotAllowed(_("Choose another record: this is the same one."))
    if record.owner_id is None and other.owner_id is None:
        raise CaseNotAllowed(_("Neither has an owner: there is nothing to settle."))
    if record.owner_id == other.owner_id:
        raise CaseNotAllowed(
            _("Both belong to %(name)s: merge them instead.") % {"name": str(record.owner)}
        )
    first, later = sorted((record, other), key=lambda one: (one.created_at, one.pk))
    if later.owner is None:
        first, later = later, first
    match = Match(kind_of(first), first.pk, first.owner_id, 0.0, "probable", ())
    entrant = Entrant(later, later.owner or by, CollisionOrigin.MANUAL, why, reporter=by)
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
        raise CaseMovedOn(_("This case is decided: there is nothing more to state."))
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

"""Decide, accept, appeal, decide again. The case is locked first, then its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.people.locks import hold_receivers
from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from crm.tenancy.clock import organization_today
from leads.arbitration import Facts, Proposal
from leads.enums import CaseState, CollisionOutcome, CollisionSide, DecisionKind
from leads.models import (
    CollisionAppeal,
    CollisionCase,
    CollisionDecision,
    CollisionParty,
    Customer,
    Lead,
)
from leads.selectors.arbitrations import appeal_deadline, proposal_for
from leads.selectors.case_evidence import Dossier, dossier_of, snapshot
from leads.selectors.case_rights import lost, may_decide, next_level, took_back, unreconciled
from leads.selectors.case_rows import kept_rows
from leads.services import case_notices as notices
from leads.services import splits
from leads.services.case_enforcement import Ruling, enforce, reverse
from leads.services.case_ledger import Change
from leads.services.cases import CaseMovedOn, ask, locked_case, report_by_hand, touch

WITH_WINNER = (CollisionOutcome.KEEP, CollisionOutcome.REASSIGN, CollisionOutcome.SEPARATE)


class DecidedMeanwhile(CaseMovedOn):
    """Another decided first; the message says who and what."""


class NotForYou(CaseMovedOn):
    """The case waits for somebody else."""


class AppealRefused(CaseMovedOn):
    """This decision cannot be appealed by this member now."""


@transaction.atomic
def decide(
    *, case_id: int, by: Member, ruling: Ruling, version: int | None = None
) -> CollisionDecision:
    """Decide an open or appealed case and carry it out, all in one transaction.

    Of two who decide at once the second is told: DecidedMeanwhile; a stale version: CaseMovedOn.
    """
    if ruling.outcome == CollisionOutcome.MERGE:
        raise Refused(_("A merge is decided on the page of the merge."))
    return _decide(case_id=case_id, by=by, ruling=ruling, version=version, done=[])


@transaction.atomic
def settle(
    *, case_id: int, by: Member, merge_id: int, winner: Member | None = None, reason: str = ""
) -> CollisionDecision:
    """The records were merged by whoever decides the case: that is its decision."""
    ruling = Ruling(CollisionOutcome.MERGE, winner, reason=reason)
    done: list[Change] = [{"what": "merged", "merge": merge_id}]
    return _decide(case_id=case_id, by=by, ruling=ruling, version=None, done=done)


@dataclass(frozen=True)
class Hearing:
    """What a ruling is made on: the case, what is known of it, what the rules propose."""

    case: CollisionCase
    by: Member
    dossier: Dossier
    proposal: Proposal
    facts: Facts
    last: CollisionDecision | None
    # before anything it changes
    at: datetime


def _decide(
    *, case_id: int, by: Member, ruling: Ruling, version: int | None, done: list[Change]
) -> CollisionDecision:
    hearing = _heard(case_id, by, version)
    _check_reasoned(hearing, ruling)
    kind = _kind(hearing.last, ruling)
    ruling = replace(ruling, cutoff=_cutoff(ruling, hearing.last, kind))
    changes = _carried_out(hearing, ruling, kind, done)
    if ruling.outcome in (*WITH_WINNER, CollisionOutcome.SHARE) and ruling.winner:
        hold_receivers({ruling.winner.pk, *ruling.shares})
    decision = _recorded(hearing, ruling, kind, changes)
    set_shares(hearing.case, ruling.shares)
    _write_down(hearing.case, decision)
    return decision


def _heard(case_id: int, by: Member, version: int | None) -> Hearing:
    """The case, locked, as it stands; refused where it waits for nobody, or not for `by`."""
    case = locked_case(case_id)
    _check_waiting(case, by)
    if version is not None and case.version != version:
        raise CaseMovedOn(
            _("Something has come into this case since you read it. Look again, then decide.")
        )
    dossier = dossier_of(case)
    proposal, facts = proposal_for(dossier)
    last: CollisionDecision | None = case.decisions.order_by("-level").first()
    return Hearing(case, by, dossier, proposal, facts, last, timezone.now())


def _check_reasoned(hearing: Hearing, ruling: Ruling) -> None:
    """The ruling is possible, and says why where it is not what the rules propose."""
    check_ruling(hearing.dossier, ruling)
    needs_none = follows(ruling, hearing.proposal) or ruling.outcome == CollisionOutcome.MERGE
    if not needs_none and not ruling.reason.strip():
        raise Refused(_("Give a reason: this is not what the rules propose."))


def _carried_out(
    hearing: Hearing, ruling: Ruling, kind: DecisionKind, done: list[Change]
) -> list[Change]:
    """Change what the ruling changes; an overturned decision is put back first."""
    case, last = hearing.case, hearing.last
    if kind == DecisionKind.UPHELD and last is not None and not done:
        splits.start_on(case, cast("date", ruling.cutoff))
        dossier, since = hearing.dossier, last.decided_at
        return [*last.changes, *enforce(dossier, ruling, by=hearing.by, since=since)]
    left = reverse(case, last.changes, by=hearing.by) if last is not None else []
    if left:
        notices.log(case, "partly_reversed", count=len(left))
    # read anew: putting back has changed the records
    dossier = dossier_of(case) if last else hearing.dossier
    return [*done, *enforce(dossier, ruling, by=hearing.by)]


def _recorded(
    hearing: Hearing, ruling: Ruling, kind: DecisionKind, changes: list[Change]
) -> CollisionDecision:
    """The decision with the evidence it was made on and what it changed."""
    has_cutoff = any(one["what"] in ("owner", "split") for one in changes)
    sides = hearing.dossier.sides.items()
    made: CollisionDecision = CollisionDecision.objects.create(
        case=hearing.case,
        level=hearing.case.level,
        kind=kind,
        decided_by=hearing.by,
        decided_at=hearing.at,
        outcome=ruling.outcome,
        winner=ruling.winner,
        shares={str(member): share for member, share in ruling.shares.items()},
        reason=ruling.reason.strip()[:1000],
        proposal=hearing.proposal.as_dict(),
        followed_proposal=follows(ruling, hearing.proposal),
        evidence=snapshot(hearing.facts, {pk: kept_rows(one) for pk, one in sides}),
        commission_cutoff=ruling.cutoff if has_cutoff else None,
        changes=changes,
    )
    return made


def _check_waiting(case: CollisionCase, by: Member) -> None:
    """The case waits, and for this member."""
    if case.state == CaseState.WITHDRAWN:
        raise CaseMovedOn(_("This case has been withdrawn meanwhile: there is nothing to decide."))
    if not case.is_waiting:
        last = case.decisions.select_related("decided_by").order_by("-level").first()
        if last is None:
            raise CaseMovedOn(_("This case is closed."))
        if case.appeals.filter(level=last.level).exclude(withdrawals=None).exists():
            raise CaseMovedOn(_("The appeal has been taken back meanwhile: the decision stands."))
        raise DecidedMeanwhile(
            _("%(name)s has decided meanwhile: %(outcome)s.")
            % {"name": last.decided_by.name, "outcome": last.get_outcome_display()}
        )
    if not may_decide(by, case):
        raise NotForYou(_("This case waits for somebody else's decision."))


def check_ruling(dossier: Dossier, ruling: Ruling) -> None:
    """The outcome fits the parties: somebody of them gets it, parts add up to a hundred."""
    reps = {rep.pk: rep for rep in dossier.reps}
    winner = ruling.winner
    if ruling.outcome in (*WITH_WINNER, CollisionOutcome.SHARE):
        if winner is None or winner.pk not in reps:
            raise Refused(_("Choose one of the reps of this case."))
        if not winner.is_active:
            raise Refused(_("%(name)s is no longer active.") % {"name": winner.name})
    if winner is not None and ruling.outcome in (CollisionOutcome.KEEP, CollisionOutcome.REASSIGN):
        is_holder = dossier.sides[winner.pk].party.side == CollisionSide.HOLDER
        if is_holder != (ruling.outcome == CollisionOutcome.KEEP):
            raise Refused(_("The outcome and the rep do not fit together."))
    if ruling.outcome == CollisionOutcome.SHARE:
        check_shares(ruling.shares, reps)


def check_shares(shares: Mapping[int, int], reps: Mapping[int, Member]) -> None:
    """At least two of these reps, and all parts together the whole client."""
    if set(shares) - set(reps) or len(shares) < 2:
        raise Refused(_("Share it between at least two reps of this case."))
    if any(share < 1 for share in shares.values()) or sum(shares.values()) != 100:
        raise Refused(_("The shares must add up to 100."))
    gone = [reps[pk].name for pk in shares if not reps[pk].is_active]
    if gone:
        raise Refused(_("%(name)s is no longer active.") % {"name": gone[0]})


def follows(ruling: Ruling, proposal: Proposal) -> bool:
    """Whether the decision is what the rules propose."""
    if ruling.outcome != proposal.outcome.value:
        return False
    winner = ruling.winner.pk if ruling.winner else None
    if ruling.outcome == CollisionOutcome.SHARE:
        return dict(ruling.shares) == dict(proposal.shares)
    return winner == proposal.winner


def _kind(last: CollisionDecision | None, ruling: Ruling) -> DecisionKind:
    if last is None:
        return DecisionKind.FIRST
    shares = {str(member): share for member, share in ruling.shares.items()}
    winner = ruling.winner.pk if ruling.winner else None
    is_same = (last.outcome, last.winner_id, last.shares) == (ruling.outcome, winner, shares)
    return DecisionKind.UPHELD if is_same else DecisionKind.OVERTURNED


def _cutoff(ruling: Ruling, last: CollisionDecision | None, kind: DecisionKind) -> date:
    """The day that was chosen; else that of the decision which is upheld, else today."""
    known = last.commission_cutoff if last is not None and kind == DecisionKind.UPHELD else None
    return ruling.cutoff or known or organization_today()


def set_shares(case: CollisionCase, shares: Mapping[int, int]) -> None:
    """Say at each party of the case which part of the client is theirs."""
    for party in CollisionParty.objects.filter(case=case).order_by("pk"):
        share = shares.get(party.member_id)
        if party.share != share:
            party.share = share
            party.save(update_fields=["share"])


def _write_down(case: CollisionCase, decision: CollisionDecision) -> None:
    """The case after a decision: it may be appealed, or nobody is left to appeal to."""
    case.decide()
    case.outcome, case.decided_at = decision.outcome, decision.decided_at
    case.version += 1
    is_final = next_level(case, decision) is None
    case.appeal_until = None if is_final else appeal_deadline()
    if is_final:
        case.close()
        case.closed_at = decision.decided_at
    case.save()
    notices.log(
        case,
        "decided",
        outcome=decision.outcome,
        winner=decision.winner_id,
        kind=decision.kind,
        why=decision.reason,
        followed=decision.followed_proposal,
        **({"cutoff": day.isoformat()} if (day := decision.commission_cutoff) else {}),
    )
    notices.log_on_records(case, "decided", outcome=decision.outcome)
    if is_final:
        notices.log(case, "closed")
    notices.tell_decision(case, decision)
    notices.announce(case)


@transaction.atomic
def appeal(*, case_id: int, by: Member, reason: str) -> CollisionAppeal:
    """A losing rep asks the next level, once per decision and in time."""
    case = locked_case(case_id)
    decision = case.decisions.order_by("-level").first()
    if case.state == CaseState.APPEALED:
        raise AppealRefused(_("This decision has been appealed already."))
    if case.state != CaseState.DECIDED or decision is None or not case.appeal_until:
        raise AppealRefused(_("There is nothing to appeal against."))
    if timezone.now() > case.appeal_until:
        raise AppealRefused(_("The time to appeal is over."))
    if not lost(by, case, decision):
        raise AppealRefused(_("Only a rep who did not get the client can appeal."))
    if took_back(by, case):
        raise AppealRefused(_("You have taken back your appeal against this decision."))
    if not reason.strip():
        raise AppealRefused(_("Say what the decision overlooked."))
    above = next_level(case, decision)
    if above is None:
        raise AppealRefused(_("Nobody is left to appeal to: the decision is final."))
    made: CollisionAppeal = CollisionAppeal.objects.create(
        case=case,
        level=case.level,
        member=by,
        reason=reason.strip()[:1000],
        at=timezone.now(),
        asked_before=case.decider,
    )
    case.appeal()
    case.level += 1
    case.version += 1
    case.appeal_until = None
    case.save()
    ask(case, above.member)
    notices.log(case, "appealed", why=made.reason)
    notices.log_on_records(case, "appealed")
    notices.tell_new(case, notices.party_ids(case), NotificationKind.CASE_APPEALED)
    notices.announce(case)
    return made


@transaction.atomic
def accept(*, case_id: int, by: Member) -> CollisionCase:
    """A losing rep accepts; when all have, the case is closed before its time."""
    case = locked_case(case_id)
    decision = case.decisions.order_by("-level").first()
    if case.state != CaseState.DECIDED or decision is None or not lost(by, case, decision):
        raise CaseMovedOn(_("There is nothing to accept."))
    party = CollisionParty.objects.get(case=case, member=by)
    if party.accepted_level != case.level:
        party.accepted_level = case.level
        party.save(update_fields=["accepted_level"])
        notices.log(case, "accepted")
    if not unreconciled(case, decision):
        close(case)
    notices.announce(case)
    return case


@transaction.atomic
def ask_again(*, case_id: int, records: Sequence[Lead | Customer], by: Member) -> None:
    """The merge that decided a case was undone on its own page: whose is the client now?

    The case says so and is closed. Records of two reps come into a new case, which the same
    superior may decide; a case that waits for an appeal goes on as it is.
    """
    case = locked_case(case_id)
    notices.log(case, "merge_undone")
    if case.is_waiting:
        touch(case)
        return
    if case.state == CaseState.DECIDED:
        close(case)
    kept, gone = records
    if kept.owner_id is not None and gone.owner_id is not None and kept.owner_id != gone.owner_id:
        why = _("The merge that decided %(number)s was undone.") % {"number": case.number}
        report_by_hand(record=kept, other=gone, by=by, why=why)


def close(case: CollisionCase) -> None:
    """Final: accepted, or nobody appealed in time. The case is locked by the caller."""
    case.close()
    case.closed_at, case.appeal_until = timezone.now(), None
    case.version += 1
    case.save(update_fields=["state", "closed_at", "appeal_until", "version", "updated_at"])
    notices.log(case, "closed")
    notices.tell(case, notices.party_ids(case), NotificationKind.CASE_CLOSED)
    notices.announce(case)

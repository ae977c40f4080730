"""Who may do what in a case: decide it, appeal, make a statement."""

from dataclasses import dataclass

from django.utils import timezone

from crm.people.models import Member
from leads.enums import CaseState, CollisionOrigin, CollisionOutcome, CollisionSide
from leads.models import CollisionAppeal, CollisionCase, CollisionDecision, CollisionParty
from leads.selectors.deciders import (
    administrators,
    deputy_of,
    may_judge,
    next_above,
    reaches_all,
)

REP_SIDES = (CollisionSide.HOLDER, CollisionSide.NEWCOMER)


@dataclass(frozen=True)
class Level:
    """Who decides an appeal: a member, or without one the administrators."""

    member: Member | None


def reps_of(case: CollisionCase) -> set[int]:
    """The reps the client may go to."""
    rows = CollisionParty.objects.filter(case=case, side__in=REP_SIDES)
    return set(rows.values_list("member_id", flat=True))


def may_decide(member: Member, case: CollisionCase) -> bool:
    """The one who is asked, who stands in for them, or the administrators where nobody is."""
    if not case.is_waiting:
        return False
    barred = barred_from(case)
    if not may_judge(member, barred):
        return False
    if case.decider is None:
        return reaches_all(member)
    if case.decider_id == member.pk:
        return True
    deputy = deputy_of(case.decider, barred)
    return deputy is not None and deputy.pk == member.pk


def barred_from(case: CollisionCase) -> set[int]:
    """The reps of the case, and whoever has decided it at a lower level."""
    before = CollisionDecision.objects.filter(case=case).values_list("decided_by_id", flat=True)
    return reps_of(case) | set(before)


def next_level(case: CollisionCase, decision: CollisionDecision) -> Level | None:
    """Who an appeal against this decision goes to; None makes it final."""
    barred = barred_from(case) | {decision.decided_by_id}
    if case.decider is None:
        return None
    above = next_above(case.decider, barred=barred)
    if above is not None:
        return Level(above)
    return Level(None) if administrators(barred=barred) else None


def lost(member: Member, case: CollisionCase, decision: CollisionDecision) -> bool:
    """Whether the member is a rep of the case who did not get the client for themselves alone."""
    if member.pk not in reps_of(case):
        return False
    if decision.outcome == CollisionOutcome.SHARE:
        return True
    return decision.winner_id != member.pk


def is_appealable(case: CollisionCase, decision: CollisionDecision | None = None) -> bool:
    """Whether the last decision can still be appealed: in time, and somebody is left to do it."""
    if case.state != CaseState.DECIDED or not case.appeal_until:
        return False
    last = decision or case.decisions.order_by("-level").first()
    in_time = timezone.now() <= case.appeal_until
    return in_time and last is not None and next_level(case, last) is not None


def may_appeal(member: Member, case: CollisionCase, decision: CollisionDecision | None) -> bool:
    """Whether the button is there; the service decides again."""
    if decision is None or not lost(member, case, decision) or took_back(member, case):
        return False
    return is_appealable(case, decision)


def unreconciled(case: CollisionCase, decision: CollisionDecision) -> list[Member]:
    """The reps who did not get the client and have not accepted that."""
    rows = CollisionParty.objects.filter(case=case).select_related("member").order_by("pk")
    return [
        one.member
        for one in rows
        if one.is_rep and one.accepted_level != case.level and lost(one.member, case, decision)
    ]


def took_back(member: Member, case: CollisionCase) -> bool:
    """Whether the member has taken back an appeal against the decision that stands."""
    mine = CollisionAppeal.objects.filter(case=case, level=case.level, member=member)
    return bool(mine.exclude(withdrawals=None).exists())


def own_appeal(member: Member, case: CollisionCase) -> CollisionAppeal | None:
    """The appeal that waits for a decision, if it is this member's."""
    if case.state != CaseState.APPEALED:
        return None
    waiting = CollisionAppeal.objects.filter(case=case, level=case.level - 1, withdrawals=None)
    found: CollisionAppeal | None = waiting.filter(member=member).first()
    return found


def came_since(case: CollisionCase, decision: CollisionDecision) -> bool:
    """Whether somebody or something came into the case after this decision."""
    parties = case.parties.filter(joined_at__gt=decision.decided_at, side__in=REP_SIDES)
    records = case.records.filter(joined_at__gt=decision.decided_at)
    return bool(parties.exists() or records.exists())


def may_withdraw_appeal(member: Member, case: CollisionCase) -> bool:
    """Whoever appealed, as long as everybody in the case knows the decision that would stand."""
    appeal = own_appeal(member, case)
    return appeal is not None and not came_since(case, case.decisions.get(level=appeal.level))


def may_give_way(member: Member, case: CollisionCase) -> bool:
    """A newcomer, as long as nobody has decided."""
    mine = CollisionParty.objects.filter(case=case, member=member, side=CollisionSide.NEWCOMER)
    return case.state == CaseState.OPEN and mine.exists()


def may_withdraw(member: Member, case: CollisionCase) -> bool:
    """Whoever reported it by hand, as long as nobody has decided and no further rep has come."""
    if case.state != CaseState.OPEN or case.origin != CollisionOrigin.MANUAL:
        return False
    newcomers = CollisionParty.objects.filter(case=case, side=CollisionSide.NEWCOMER)
    return case.opened_by_id == member.pk and newcomers.count() <= 1

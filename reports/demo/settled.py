"""The collisions of the past year: opened, decided as the rules propose, and closed long ago."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from crm.numbering import take_numbers
from crm.people.models import Member
from leads.enums import (
    COLLISION,
    CaseState,
    Channel,
    CollisionOrigin,
    CollisionOutcome,
    CollisionSide,
    DecisionKind,
    LeadStatus,
)
from leads.models import (
    CollisionCase,
    CollisionDecision,
    CollisionParty,
    CollisionRecord,
    Customer,
    Lead,
)
from leads.selectors.arbitrations import proposal_for
from leads.selectors.case_evidence import dossier_of, snapshot
from leads.selectors.case_rows import kept_rows
from leads.services.completion import complete_lead
from leads.services.identity import index_new
from reports.demo.clock import as_written, without_history, working_moment
from reports.demo.world import World

RATE, BUSY = 0.0165, "华东"  # the busy region has its own cases of this month
ORIGINS = (CollisionOrigin.IMPORT, CollisionOrigin.MANUAL)
CLAIMS = ("展会上拿到的名片", "老客户介绍的采购经理", "导入名单里有这家公司", "对方来电询价")
MONTH, TAIL = timedelta(days=30), timedelta(days=4)


def fill(world: World) -> None:
    """Month after month a few of the customers that there were; they stayed with their owners."""
    dice = random.Random(20_260_103)  # noqa: S311  invented data
    opened = sorted(chosen(world, dice), key=lambda one: one[0])
    for number, (at, customer) in zip(take_numbers("CC", len(opened)), opened, strict=True):
        settle(world, dice, number, customer, at)


def chosen(world: World, dice: random.Random) -> Iterator[tuple[datetime, Customer]]:
    """When and about whom, each customer at most once."""
    taken: set[int] = set()
    busy = {rep.pk for rep in world.team.reps[BUSY]}
    for back in range(11, -1, -1):
        start = world.now - MONTH * (back + 1)
        there = [one for one in world.customers if one.created_at < start and one.owner_id]
        left = [one for one in there if one.pk not in taken and (back or one.owner_id not in busy)]
        for customer in dice.sample(left, k=min(len(left), round(RATE * len(there)))):
            taken.add(customer.pk)
            yield working_moment(dice, start, start + MONTH - TAIL), customer


def settle(
    world: World, dice: random.Random, number: str, customer: Customer, at: datetime
) -> None:
    """One case, with its parties and the decision, as of that day."""
    holder = world.members[customer.owner_id or 0]
    region = world.team.region_of(customer.province)
    others = [one for one in world.team.reps[region] if one.pk != holder.pk]
    newcomer, decider = dice.choice(others), world.team.managers[region]
    decided = at + timedelta(hours=dice.choice((2, 3, 4, 5, 6, 22, 26)), minutes=dice.randrange(55))
    case = CollisionCase.objects.create(
        number=number,
        title=customer.name,
        subject_kind="customer",
        subject_id=customer.pk,
        origin=dice.choice(ORIGINS),
        state=CaseState.CLOSED,
        opened_by=newcomer,
        opened_at=at,
        decider=decider,
        outcome=CollisionOutcome.KEEP,
        decided_at=decided,
        closed_at=decided + timedelta(days=2),
    )
    CollisionRecord.objects.create(
        case=case,
        record_kind="customer",
        record_id=customer.pk,
        is_held=True,
        title=customer.name,
        origin=case.origin,
        owner=holder,
        member=holder,
    )
    claim = dice.choice(CLAIMS)
    lead = add_claim(case, newcomer, customer, claim, at, decided)
    add_parties(case, {holder: "", newcomer: claim, decider: ""}, at)
    decide(case, holder, decider, decided, lead)


def add_claim(
    case: CollisionCase,
    newcomer: Member,
    customer: Customer,
    why: str,
    at: datetime,
    decided: datetime,
) -> Lead:
    """The lead by which the newcomer reached for the client, closed as a duplicate since."""
    (number,) = take_numbers("L", 1)
    lead = Lead(
        number=number,
        company_name=customer.name,
        province=customer.province,
        city=customer.city,
        industry=customer.industry,
        channel=Channel.FILE if case.origin == CollisionOrigin.IMPORT else Channel.MANUAL,
        need=why,
        status=LeadStatus.INVALID,
        invalid_reason=COLLISION.of(case.number),
        owner=newcomer,
        department_id=newcomer.department_id,
        created_by=newcomer,
        assigned_at=at,
        created_at=at,
        updated_at=decided,
    )
    complete_lead(lead)
    with as_written(Lead), without_history(Lead):
        lead.save()
    index_new([lead])
    CollisionRecord.objects.create(
        case=case,
        record_kind="lead",
        record_id=lead.pk,
        title=customer.name,
        score=1,
        origin=case.origin,
        explanation=why,
        owner=newcomer,
        member=newcomer,
    )
    return lead


def add_parties(case: CollisionCase, words: dict[Member, str], at: datetime) -> None:
    sides = (CollisionSide.HOLDER, CollisionSide.NEWCOMER, CollisionSide.DECIDER)
    CollisionParty.objects.bulk_create(
        CollisionParty(
            case=case,
            member=member,
            department_id=member.department_id,
            side=side,
            statement=text,
            stated_at=at + timedelta(minutes=20) if text else None,
        )
        for side, (member, text) in zip(sides, words.items(), strict=True)
    )


def decide(case: CollisionCase, holder: Member, decider: Member, at: datetime, lead: Lead) -> None:
    """As the rules proposed by the evidence of that day, where that was to keep it."""
    dossier = dossier_of(case)
    proposal, facts = proposal_for(dossier, now=at)
    follows = proposal.outcome.value == CollisionOutcome.KEEP and proposal.winner == holder.pk
    CollisionDecision.objects.create(
        case=case,
        level=1,
        kind=DecisionKind.FIRST,
        decided_by=decider,
        decided_at=at,
        outcome=CollisionOutcome.KEEP,
        winner=holder,
        reason="" if follows else "登记在先并持续跟进",
        proposal=proposal.as_dict(),
        followed_proposal=follows,
        evidence=snapshot(facts, {pk: kept_rows(one) for pk, one in dossier.sides.items()}),
        changes=[{"what": "closed", "lead": lead.pk, "before": LeadStatus.NEW.value}],
    )

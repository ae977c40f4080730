"""The deals of the demo's customers, on their way through the stages."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm.money import round_money
from crm.numbering import take_numbers
from leads.models import Customer, Lead, Opportunity, StageChange
from reports.demo import words
from reports.demo.clock import as_written
from reports.demo.world import World, plan_next_step


def make_opportunities(world: World) -> None:
    """One deal per customer, sometimes two, on its way through the stages."""
    deals: list[Opportunity] = []
    changes: list[list[StageChange]] = []
    leads = {lead.customer_id: lead for lead in world.leads if lead.customer_id}
    for customer in world.customers:
        for round_number in range(1 if world.random.random() < 0.8 else 2):
            lead = leads[customer.pk] if round_number == 0 else None
            deal, moves = new_opportunity(world, customer, lead)
            deals.append(deal)
            changes.append(moves)
    for deal, number in zip(deals, take_numbers("O", len(deals)), strict=True):
        deal.number = number
    for position, deal in enumerate(sorted(deals, key=lambda d: d.stage_changed_at, reverse=True)):
        deal.position = position * 1024
    with as_written(Opportunity):
        world.opportunities = Opportunity.objects.bulk_create(deals, batch_size=1_000)
    for deal, moves in zip(world.opportunities, changes, strict=True):
        for move in moves:
            move.opportunity = deal
    StageChange.objects.bulk_create([m for moves in changes for m in moves], batch_size=2_000)


def new_opportunity(
    world: World, customer: Customer, lead: Lead | None
) -> tuple[Opportunity, list[StageChange]]:
    source, at = world.random, world.later(customer.created_at, 0, 0 if lead else 60)
    size = {"a": 4.0, "b": 2.0, "c": 1.0, "d": 0.5}[customer.level]
    amount = round_money(Decimal(source.lognormvariate(11.6, 0.8) * size)).quantize(Decimal(100))
    deal = Opportunity(
        name=f"{customer.city}{source.choice(words.DEALS)}",
        customer=customer,
        contact=world.contacts.get(customer.pk),
        lead=lead,
        owner_id=customer.owner_id,
        department_id=customer.department_id,
        created_by_id=customer.owner_id,
        amount=amount,
        created_at=at,
    )
    moves = walk_stages(world, deal, at)
    deal.updated_at = deal.last_follow_up_at = deal.stage_changed_at
    if deal.closed_at is None:
        deal.expected_close_date = (world.now + timedelta(days=source.randrange(-8, 75))).date()
        plan_next_step(world, deal)
    else:
        deal.expected_close_date = timezone.localdate(deal.closed_at)
    return deal, moves


def walk_stages(world: World, deal: Opportunity, at: datetime) -> list[StageChange]:
    """Stage after stage until won, lost or today."""
    *open_stages, won, lost = world.stages
    moves = [
        StageChange(to_stage=open_stages[0], member_id=deal.owner_id, amount=deal.amount, at=at)
    ]
    deal.stage, deal.stage_changed_at = open_stages[0], at
    for number in range(len(open_stages)):
        moment = world.later(at, 3, 26)
        if moment >= world.now:
            break
        if world.random.random() < 0.14:
            target = lost
        elif number + 1 < len(open_stages):
            target = open_stages[number + 1]
        else:
            target = won if world.random.random() < 0.78 else lost
        moves.append(
            StageChange(
                from_stage=deal.stage,
                to_stage=target,
                member_id=deal.owner_id,
                amount=deal.amount,
                at=moment,
            )
        )
        deal.stage, deal.stage_changed_at, at = target, moment, moment
        if target in (won, lost):
            deal.closed_at = moment
            deal.lost_reason = world.random.choice(words.LOST) if target is lost else ""
            break
    return moves

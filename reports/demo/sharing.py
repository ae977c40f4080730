"""Shares that end, a transfer for the first of next month, one that waits, a rep who has left."""

from datetime import date, timedelta

from crm.access.grants import EDIT, VIEW
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.selectors.shares import Receiver
from crm.sharing.selectors.transfers import TASKS
from crm.sharing.services import hand_over, shares, transfers
from crm.sharing.services.transfers import Wish
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.models import Customer
from reports.demo.world import World

REGION, OTHER, LEFT = "华东", "华南", "华中"
ALONG = ("leads.opportunity", "orders.order", TASKS)


def fill(world: World) -> None:
    """What people lend, give and leave to each other."""
    rep = Member.objects.get(user__email__startswith="rep@")
    lend(world, rep)
    give(world, rep)
    leave(world)


def customers_of(member: Member, count: int) -> list[int]:
    """Some of a member's customers, the latest first."""
    rows = Customer.objects.filter(owner=member).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[:count])


def lend(world: World, rep: Member) -> None:
    """To legal for the contract, to a colleague for the holidays, and one the other way."""
    team = world.team
    first, second = customers_of(rep, 2)[:1], customers_of(rep, 2)[1:]
    colleague = next(one for one in team.reps[REGION] if one.pk != rep.pk)
    stranger = team.reps[OTHER][0]
    share(first, [team.departments["法务部"]], by=rep, days=14, reason="合同审阅", along=True)
    share(second, [colleague], by=rep, days=30, reason="休假期间代为跟进", action=EDIT)
    share(customers_of(stranger, 1), [rep], by=stranger, days=90, reason="同一集团，协同报价")


def share(
    ids: list[int],
    receivers: list[Receiver],
    *,
    by: Member,
    days: int,
    reason: str,
    action: str = VIEW,
    along: bool = False,
) -> None:
    with acting_as(by.pk, reason="demo data"):
        shares.share(
            noun=noun("leads.customer"),
            ids=ids,
            receivers=receivers,
            action=action,
            by=by,
            until=organization_today() + timedelta(days=days),
            reason=reason,
            includes_along=along,
        )


def give(world: World, rep: Member) -> None:
    """The manager plans one for the first of next month; the rep asks for one elsewhere."""
    manager = world.team.managers[REGION]
    other = next(one for one in world.team.reps[REGION][1:] if one.pk != rep.pk)
    first = next_month(organization_today())
    plan = Wish(receiver=rep, reason="片区调整", takes_along=ALONG, effective_date=first)
    ask(customers_of(other, 3), plan, by=manager)
    elsewhere = Wish(
        receiver=world.team.reps[OTHER][1],
        reason="客户总部迁往深圳",
        takes_along=ALONG,
        keeps_reading=True,
        reads_until=first + timedelta(days=60),
    )
    ask(customers_of(rep, 4)[3:], elsewhere, by=rep)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def ask(ids: list[int], wish: Wish, *, by: Member) -> None:
    if not ids:  # a small demo may have nothing to give
        return
    with acting_as(by.pk, reason="demo data"):
        transfers.request_transfer(of=noun("leads.customer"), ids=ids, wish=wish, by=by)


def leave(world: World) -> None:
    """One rep has gone; the others of the region took over in turn."""
    administrator, leaver = world.team.administrator, world.team.reps[LEFT][-1]
    if administrator is None:
        return
    draft = hand_over.prepare(leaver=leaver, by=administrator)
    choices = draft.choices | {"leads.customer": "split", "leads.lead": "split"}
    hand_over.choose(hand_over_id=draft.pk, choices=choices, reason="离职")
    hand_over.hand_over(hand_over_id=draft.pk, by=administrator)

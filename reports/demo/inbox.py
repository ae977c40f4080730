"""What the demo's people find when they sign in, and who is shown to visitors."""

from collections import Counter

from crm.people.models import Member, User
from crm.teamwork.enums import NotificationKind
from crm.teamwork.models import Notification, Task
from reports.demo.clock import as_written
from reports.demo.world import World

SHOWN_REGION = "华东"


def fill(world: World) -> None:
    """An inbox with the newest leads, a few tasks, and a busy rep behind the rep's login."""
    show_the_busiest(world)
    Notification.objects.filter(kind=NotificationKind.LEAD_ASSIGNED).delete()
    fresh = [lead for lead in world.leads if lead.status == "new" and lead.owner_id]
    with as_written(Notification):
        Notification.objects.bulk_create(
            Notification(
                member_id=lead.owner_id or 0,
                kind=NotificationKind.LEAD_ASSIGNED,
                title=lead.company_name,
                path=f"leads/{lead.pk}/",
                at=lead.assigned_at or lead.created_at,
            )
            for lead in fresh
        )
    make_tasks(world)


def show_the_busiest(world: World) -> None:
    """Give the rep's login to the rep of the region with the most going on."""
    wins = Counter(
        deal.owner_id
        for deal in world.opportunities
        if deal.closed_at and not deal.lost_reason and (world.now - deal.closed_at).days < 21
    )
    fresh = Counter(lead.owner_id for lead in world.leads if lead.status == "new")
    reps = world.team.reps[SHOWN_REGION]
    busiest = max(reps, key=lambda rep: (min(wins[rep.pk], 2), fresh[rep.pk], -rep.pk))
    swap_accounts(reps[0], busiest)


def swap_accounts(one: Member, other: Member) -> None:
    """Exchange two people's sign-in addresses and names; their work stays where it is."""
    if one.pk == other.pk:
        return
    first, second = User.objects.get(pk=one.user_id), User.objects.get(pk=other.user_id)
    kept = (first.email, first.name), (second.email, second.name)
    User.objects.filter(pk=first.pk).update(email="swapping@example.invalid")
    for user, member, (email, name) in ((second, other, kept[0]), (first, one, kept[1])):
        User.objects.filter(pk=user.pk).update(email=email, name=name)
        sort_key = one.sort_key if member is other else other.sort_key
        Member.objects.filter(pk=member.pk).update(name=name, sort_key=sort_key)


def make_tasks(world: World) -> None:
    """Something to do besides calling, for reps and offices."""
    titles = ["准备样机演示", "整理报价资料", "更新客户档案", "核对合同条款", "准备月度汇报"]
    people = [*world.team.all_reps, *(m for some in world.team.offices.values() for m in some)]
    chosen = world.random.sample(people, k=60) + [world.team.reps[SHOWN_REGION][0]]
    Task.objects.bulk_create(
        Task(
            title=world.random.choice(titles),
            owner=member,
            department_id=member.department_id,
            due_at=world.later_than_now(world.random.choice([0.2, 1, 2, 4])),
        )
        for member in chosen
    )

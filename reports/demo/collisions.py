"""Two reps on one client: open, across regions, decided, appealed, shared, told apart, closed."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, QuerySet

from crm.people.models import Member
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.enums import CaseState, CollisionOutcome
from leads.models import ClientSplit, CollisionCase, CollisionRecord, Customer
from leads.selectors.cases import parties_of
from leads.services import case_decisions
from leads.services import cases as services
from leads.services.case_enforcement import Ruling
from leads.services.case_withdrawal import give_way
from leads.services.leads import create_lead
from leads.services.parting import set_parts
from orders.drafts import LineDraft, OrderTerms
from orders.models import Product
from orders.services.approval import submit_order
from orders.services.editing import begin_order, save_order
from reports.demo.world import World

EAST, SOUTH = "华东", "华南"
KEEP, REASSIGN = CollisionOutcome.KEEP, CollisionOutcome.REASSIGN
SHARE, NOT_SAME = CollisionOutcome.SHARE, CollisionOutcome.NOT_SAME


def fill(world: World) -> None:
    """The stages of a collision, so that everybody finds something to do."""
    rep = Member.objects.get(user__email__startswith="rep@")
    manager, south = world.team.managers[EAST], world.team.reps[SOUTH]
    colleagues = [one for one in world.team.reps[EAST] if one.pk != rep.pk]
    rows = untouched().filter(owner__in=colleagues)
    counted = dict(rows.order_by("owner").values_list("owner").annotate(Count("pk")))
    holders = [one for one in colleagues if counted.get(one.pk, 0) > 1]
    if len(holders) < 3 or not Customer.objects.filter(owner=rep).exists():
        return
    first = reach(rep, holders[0], "老客户转介绍给我，对方采购主动来电")
    state(first, rep, "从第一次拜访起就由我跟进，商机已经在谈，下一步也约好了。")
    state(first, holders[0], "客户的新厂长是我介绍来的，他只认我。")
    say(first, manager, "请两位把最近的沟通记录补全，明天上午我来定。")
    reach(holders[0], south[0], "深圳分公司独立采购")
    lost = reach(holders[1], rep, "客户加了我微信要样品")
    decide(lost, manager, Ruling(KEEP, holders[1], reason="对方登记和跟进都更早，且有进行中的商机"))
    appealed = reach(holders[2], holders[0], "同一集团，另一事业部")
    decide(appealed, manager, Ruling(KEEP, holders[2], reason="客户资料登记在先"))
    appeal(appealed, holders[0], "另一事业部的采购单独立项，预算也不在一起，我已约了下周的演示。")
    closed = reach(holders[1], holders[2], "客户项目经理要求换人对接")
    decide(closed, manager, Ruling(REASSIGN, holders[2], reason="客户书面要求更换对接人"))
    with acting_as(holders[1].pk):
        case_decisions.accept(case_id=closed.pk, by=holders[1])
    if untouched().filter(owner=rep).exists():
        both = reach(rep, colleagues[0], "客户的第二工厂由我谈下，和总部分开采购")
        shares = {rep.pk: 60, colleagues[0].pk: 40}
        decide(both, manager, Ruling(SHARE, rep, shares=shares, reason="两人都有贡献，按六四分"))
    left = reach(holders[0], holders[1], "客户在展会上留了我的联系方式")
    with acting_as(holders[1].pk):
        why = "看了跟进记录，同事去年就在谈，不再争抢。"
        give_way(case_id=left.pk, by=holders[1], reason=why)
    separate(world)
    sell_together()
    share_anew(world)


def separate(world: World) -> None:
    """In other regions one client was shared, and one turned out to be somebody else."""
    decisions = (
        ("客户两个事业部分别采购", SHARE, "两个事业部各自跟进，业绩按六四分"),
        ("同名，法人和税号都不一样", NOT_SAME, "税号不同，是两家公司"),
    )
    held = set(untouched().values_list("owner", flat=True))
    regions = [region for region in world.team.reps if region != EAST]
    for region, (why, outcome, words) in zip(regions, decisions, strict=False):
        reps = world.team.reps[region]
        holder = next((rep for rep in reps if rep.pk in held), None)
        if holder is None:  # a small demo may have nobody
            continue
        newcomer = next(rep for rep in reps if rep.pk != holder.pk)
        shares = {holder.pk: 60, newcomer.pk: 40} if outcome == SHARE else {}
        winner = holder if outcome == SHARE else None
        case = reach(holder, newcomer, why)
        ruling = Ruling(outcome, winner, shares=shares, reason=words)
        decide(case, world.team.managers[region], ruling)


def sell_together() -> None:
    """Each of those who share a client has an order for it, credited to both."""
    goods = list(Product.objects.order_by("pk")[:2])
    for split in ClientSplit.objects.filter(record_kind="customer").order_by("pk"):
        customer = Customer.objects.get(pk=split.record_id)
        for number, member_id in enumerate(split.shares):
            seller = Member.objects.get(pk=member_id)
            with acting_as(seller.pk):
                order = begin_order(customer=customer, by=seller)
                lines = [
                    LineDraft(product_id=one.pk, quantity=Decimal(3 + number)) for one in goods
                ]
                terms = OrderTerms.of(order)
                order, _priced = save_order(
                    order_id=order.pk, version=order.version, terms=terms, lines=lines
                )
                if number == 0:
                    submit_order(order_id=order.pk, by=seller)


def share_anew(world: World) -> None:
    """A decision that shares is accepted by all, and later the parts are set anew."""
    ruled = CollisionCase.objects.filter(outcome=SHARE, state=CaseState.DECIDED).order_by("pk")
    for case in ruled[:1]:
        reps = [one.member for one in parties_of(case) if one.is_rep]
        for rep in reps:
            with acting_as(rep.pk):
                case_decisions.accept(case_id=case.pk, by=rep)
        manager = case.decisions.get().decided_by
        why = "二期项目两人出力相当，从下月起对半分"
        start = (organization_today().replace(day=1) + timedelta(days=32)).replace(day=1)
        with acting_as(manager.pk):
            halves = {one.pk: 50 for one in reps}
            set_parts(case_id=case.pk, by=manager, shares=halves, reason=why, starts_on=start)


def untouched() -> QuerySet[Customer]:
    """The customers that no case is about."""
    known = CollisionRecord.objects.filter(record_kind="customer").values("record_id")
    return Customer.objects.exclude(pk__in=known)


def reach(holder: Member, newcomer: Member, why: str) -> CollisionCase:
    """A rep enters one of another's customers as a lead and says why."""
    customer: Customer = untouched().filter(owner=holder).order_by("-pk")[0]
    with acting_as(newcomer.pk, reason="demo data"):
        lead = create_lead(
            by=newcomer,
            owner=newcomer,
            company_name=customer.name,
            phone=customer.phone,
            explanation=why,
        )
    rows = CollisionCase.objects.filter(records__record_kind="lead", records__record_id=lead.pk)
    case: CollisionCase = rows.order_by("pk")[0]
    return case


def state(case: CollisionCase, rep: Member, text: str) -> None:
    with acting_as(rep.pk):
        services.state_case(case_id=case.pk, by=rep, text=text)


def say(case: CollisionCase, member: Member, text: str) -> None:
    with acting_as(member.pk):
        services.discuss(case=case, by=member, text=text)


def decide(case: CollisionCase, by: Member, ruling: Ruling) -> None:
    with acting_as(by.pk):
        case_decisions.decide(case_id=case.pk, by=by, ruling=ruling)


def appeal(case: CollisionCase, by: Member, reason: str) -> None:
    with acting_as(by.pk):
        case_decisions.appeal(case_id=case.pk, by=by, reason=reason)

"""Products, orders and their approvals: what the year's won deals became."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.approvals import services as approvals
from crm.approvals.enums import RunState, StepState, Verdict
from crm.approvals.flows import flow_in_use
from crm.approvals.models import Decision, Run, RunStep, StepAssignee
from crm.approvals.registry import subject_of
from crm.numbering import take_numbers
from crm.people.models import Member
from crm.people.services import reading_key
from crm.tenancy.context import acting_as
from leads.models import Opportunity
from orders.drafts import LineDraft, OrderTerms
from orders.enums import PaymentTerms, VersionReason
from orders.models import Order, OrderLine, OrderVersion, PriceBook, PriceBookEntry, Product
from orders.selectors.snapshots import snapshot
from orders.services.approval import submit_order
from orders.services.documents import basis_of, columns_of, write_totals
from orders.services.editing import begin_order, save_order
from orders.services.pricing import Priced, price_lines
from orders.services.versions import fingerprint
from reports.demo import words
from reports.demo.clock import as_written, put_in_state
from reports.demo.world import World

TERMS = {
    PaymentTerms.PREPAID_30_70: 55,
    PaymentTerms.PREPAID_30_60_10: 15,
    PaymentTerms.NET_30: 12,
    PaymentTerms.ON_DELIVERY: 10,
    PaymentTerms.FULL_ADVANCE: 8,
}
RECENT_DAYS = 9


class Shop:
    """The catalogue, and how an order for about an amount is put together."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.products = Product.objects.bulk_create(
            [
                Product(
                    code=code,
                    name=name,
                    sort_key=reading_key(name),
                    category=category,
                    unit=unit,
                    tax_rate=Decimal(rate),
                    list_price=Decimal(price),
                    floor_price=Decimal(price) * Decimal(floor),
                    cost=(Decimal(price) * Decimal("0.62")).quantize(Decimal("0.01")),
                )
                for code, name, category, unit, rate, price, floor in words.PRODUCTS
            ]
        )
        self.book = PriceBook.objects.create(name="标准价目表", is_default=True)
        PriceBookEntry.objects.bulk_create(
            [
                PriceBookEntry(
                    price_book=self.book,
                    product=product,
                    min_quantity=quantity,
                    unit_price=product.list_price * share,
                )
                for product in self.products
                for quantity, share in ((Decimal(0), Decimal(1)), (Decimal(10), Decimal("0.95")))
            ]
        )

    def drafts_for(self, amount: Decimal) -> list[LineDraft]:
        """One to four lines that come to about the amount."""
        source = self.world.random
        chosen = source.sample(self.products, k=source.choice([1, 2, 2, 3, 4]))
        share = amount / len(chosen)
        return [
            LineDraft(
                product_id=product.pk,
                quantity=max(Decimal(1), (share / product.list_price).quantize(Decimal(1))),
                discount_percent=Decimal(source.choice([0, 0, 0, 2, 3, 5, 8])),
            )
            for product in chosen
        ]


def fill(world: World) -> list[Order]:
    """Approved orders of the year, and a few that are still on their way."""
    shop = Shop(world)
    won = [deal for deal in world.opportunities if deal.closed_at and not deal.lost_reason]
    recent = world.now - timedelta(days=RECENT_DAYS)
    settled = [deal for deal in won if deal.closed_at and deal.closed_at < recent]
    orders = approved_orders(world, shop, settled)
    fresh = [deal for deal in won if deal.closed_at and deal.closed_at >= recent]
    talking = [deal for deal in world.opportunities if deal.stage.code == "negotiation"]
    orders_under_way(world, shop, fresh + talking[:14])
    return orders


def approved_orders(world: World, shop: Shop, deals: list[Opportunity]) -> list[Order]:
    count = len(deals)
    numbers = zip(take_numbers("SO", count), take_numbers("HT", count), strict=True)
    orders: list[Order] = []
    lines: list[OrderLine] = []
    for deal, (number, contract) in zip(deals, numbers, strict=True):
        order = new_order(world, shop, deal, number=number, contract=contract)
        priced = price_lines(basis_of(order, OrderTerms.of(order)), shop.drafts_for(deal.amount))
        write_totals(order, priced)
        orders.append(order)
        lines += lines_of(order, priced)
    with as_written(Order):
        Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(lines, batch_size=1_000)
    remember_approvals(world, orders)
    return orders


def new_order(world: World, shop: Shop, deal: Opportunity, *, number: str, contract: str) -> Order:
    at = deal.closed_at or world.now
    approved = world.later(at, 0.5, 4)
    order = Order(
        number=number,
        contract_number=contract,
        customer=deal.customer,
        opportunity=deal,
        contact=deal.contact,
        order_date=timezone.localdate(at),
        delivery_date=timezone.localdate(at) + timedelta(days=world.random.randrange(15, 70)),
        payment_terms=world.random.choices(list(TERMS), list(TERMS.values()))[0],
        price_book=shop.book,
        owner_id=deal.owner_id,
        department_id=deal.department_id,
        created_by_id=deal.owner_id,
        created_at=at,
        updated_at=approved,
        submitted_at=world.later(at, 0, 0.3),
        approved_at=approved,
        version=3,
    )
    put_in_state(order, "approved")
    return order


def lines_of(order: Order, priced: Priced) -> list[OrderLine]:
    return [
        OrderLine(order=order, product=one.product, **columns_of(one, position))
        for position, one in enumerate(priced.lines, start=1)
    ]


def remember_approvals(world: World, orders: list[Order]) -> None:
    """Versions, runs and decisions as the approvals of the day left them."""
    past = PastApprovals(world)
    for order in orders:
        past.add(order)
    past.save()


class PastApprovals:
    """Rows of approvals that ended long ago, collected and written together."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.flow = flow_in_use(subject_of("orders.order"))
        self.finance = world.team.offices["finance"][0]
        self.runs: list[Run] = []
        self.steps: list[RunStep] = []
        self.asked: list[StepAssignee] = []
        self.decisions: list[Decision] = []
        self.versions: list[OrderVersion] = []

    def add(self, order: Order) -> None:
        """Submitted, agreed by the superior half-way, by finance at the end."""
        submitted, done = order.submitted_at or self.world.now, order.approved_at or self.world.now
        content = snapshot(order)
        digest = fingerprint(content)
        self.keep_version(order, content, 1, VersionReason.SUBMITTED, order.owner_id, submitted)
        self.keep_version(order, content, 2, VersionReason.APPROVED, self.finance.pk, done)
        run = Run(
            flow=self.flow,
            subject_kind="orders.order",
            subject_id=order.pk,
            title=f"{order.number} · {order.customer.name}"[:200],
            content_hash=digest,
            submitted_by=self.world.members[order.owner_id or 0],
            submitted_at=submitted,
            finished_at=done,
        )
        run.__dict__["state"] = RunState.APPROVED
        self.runs.append(run)
        between = submitted + (done - submitted) / 2
        self.decide(run, 0, superior_in(self.world, order), between, kind="superior")
        self.decide(run, 1, self.finance, done, kind="role", parameters={"role": "finance"})

    def keep_version(
        self,
        order: Order,
        content: dict[str, Any],
        number: int,
        reason: VersionReason,
        member_id: int | None,
        at: datetime,
    ) -> None:
        self.versions.append(
            OrderVersion(
                order=order,
                number=number,
                reason=reason,
                snapshot=content,
                content_hash=fingerprint(content),
                member_id=member_id,
                at=at,
            )
        )

    def decide(
        self,
        run: Run,
        position: int,
        member: Member,
        at: datetime,
        *,
        kind: str,
        parameters: dict[str, str] | None = None,
    ) -> None:
        step = RunStep(
            run=run,
            position=position,
            kind=kind,
            parameters=parameters or {},
            state=StepState.APPROVED,
            started_at=run.submitted_at,
            decided_at=at,
        )
        self.steps.append(step)
        self.asked.append(StepAssignee(step=step, member=member, is_open=False))
        self.decisions.append(
            Decision(
                run=run,
                step=step,
                member=member,
                verdict=Verdict.APPROVE,
                content_hash=run.content_hash,
                at=at,
            )
        )

    def save(self) -> None:
        Run.objects.bulk_create(self.runs)
        RunStep.objects.bulk_create(self.steps)
        StepAssignee.objects.bulk_create(self.asked)
        with as_written(Decision, OrderVersion):
            Decision.objects.bulk_create(self.decisions)
            OrderVersion.objects.bulk_create(self.versions, batch_size=500)


def superior_in(world: World, order: Order) -> Member:
    """The head of the region the order belongs to."""
    owner = world.members[order.owner_id] if order.owner_id else None
    for region, reps in world.team.reps.items():
        if owner in reps:
            return world.team.managers[region]
    return world.team.managers["华东"]


def orders_under_way(world: World, shop: Shop, deals: list[Opportunity]) -> None:
    """Drafts, orders waiting for the manager or for finance, one sent back."""
    for number, deal in enumerate(deals):
        if deal.owner_id is None:
            continue
        owner = world.members[deal.owner_id]
        with acting_as(owner.pk):
            order = begin_order(customer=deal.customer, by=owner, opportunity=deal)
            order, _priced = save_order(
                order_id=order.pk,
                version=order.version,
                terms=OrderTerms.of(order),
                lines=shop.drafts_for(deal.amount),
            )
            if number % 4 == 0:
                continue
            run = submit_order(order_id=order.pk, by=owner)
        manager = superior_in(world, order)
        if number % 4 == 1:
            continue
        verdict = Verdict.SEND_BACK if number % 12 == 2 else Verdict.APPROVE
        comment = "折扣超过权限，请与客户再谈一次付款条件。" if verdict == Verdict.SEND_BACK else ""
        with acting_as(manager.pk):
            approvals.decide(run_id=run.pk, by=manager, verdict=verdict, comment=comment)

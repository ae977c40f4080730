"""Payment plans, bank statements and what was matched; the last days are left to be done."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crm.files.services import store_bytes
from crm.money import ZERO
from crm.tenancy.context import acting_as
from orders.models import Order
from payments.enums import AllocationSource, Band
from payments.models import Allocation, BankAccount, Instalment, PaymentPlan, StatementLine
from payments.services.accounts import open_account
from payments.services.aliases import learn
from payments.services.plans import instalments_for
from payments.services.proposing import propose_matches
from payments.services.statements import import_statement
from reports.demo.clock import as_written
from reports.demo.world import World

HEADER = (
    "交易日", "交易时间", "起息日", "交易类型", "借方金额", "贷方金额", "余额", "摘要", "流水号",
    "收(付)方名称", "收(付)方账号",
)  # fmt: skip
OPEN_DAYS = 6
LATE_PAYERS = 0.12
OPENING = Decimal("2680000.00")


@dataclass(frozen=True)
class Movement:
    """One line the bank will report, and the instalment it pays, if any."""

    day: date
    amount: Decimal
    name: str
    account: str
    memo: str
    instalment: Instalment | None = None


def fill(world: World, orders: Sequence[Order]) -> None:
    """Plans for all orders, a year of bank movements, postings by finance."""
    instalments = make_plans(orders)
    movements = sorted([*payments(world, instalments), *other_movements(world)], key=order_of)
    finance = world.team.offices["finance"][0]
    with acting_as(finance.pk, reason="demo data"):
        account = open_account(
            name="基本户", bank="cmb", number="755936021810808", holder="同舟示范有限公司"
        )
        upload(world, account, movements)
        propose_matches()


def order_of(movement: Movement) -> tuple[date, str, Decimal]:
    return movement.day, movement.name, movement.amount


def make_plans(orders: Sequence[Order]) -> list[Instalment]:
    plans = [
        PaymentPlan(
            order=order,
            amount=order.gross_amount,
            currency=order.currency,
            created_by_id=order.owner_id,
            created_at=order.updated_at,
            updated_at=order.updated_at,
        )
        for order in orders
    ]
    with as_written(PaymentPlan):
        PaymentPlan.objects.bulk_create(plans)
    rows = [
        instalment
        for plan, order in zip(plans, orders, strict=True)
        for instalment in instalments_for(order, plan)
    ]
    return Instalment.objects.bulk_create(rows, batch_size=1_000)


def payments(world: World, instalments: Sequence[Instalment]) -> list[Movement]:
    """Most pay about on time, some late, some in part, a few not yet."""
    today, found = world.now.date(), []
    for instalment in instalments:
        source, order = world.random, instalment.plan.order
        is_late_payer = source.random() < LATE_PAYERS
        delay = source.randrange(20, 75) if is_late_payer else source.randrange(-4, 8)
        day = working_day(instalment.due_date + timedelta(days=delay))
        if day > today or (order.approved_at and day <= order.approved_at.date()):
            continue
        amount = instalment.amount
        if source.random() < 0.03:
            amount = (amount * Decimal("0.6")).quantize(Decimal(100)) or amount
        found.append(
            Movement(
                day=day,
                amount=amount,
                name=payer_of(world, order.customer.name),
                account=account_of(order.customer_id),
                memo=memo_of(world, order),
                instalment=instalment,
            )
        )
    return found


def working_day(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def payer_of(world: World, customer: str) -> str:
    """Banks cut and respell names; a few customers pay through somebody else."""
    draw = world.random.random()
    if draw < 0.05:
        return customer.removesuffix("有限公司")
    if draw < 0.09:
        return customer.replace("（", "(").replace("）", ")")
    if draw < 0.11:
        return f"{customer[:4]}投资有限公司"
    return customer


def memo_of(world: World, order: Order) -> str:
    return world.random.choice(
        [
            f"{order.contract_number}货款",
            f"货款 {order.number}",
            "货款",
            "设备款",
            "合同款",
            "往来款",
        ]
    )


def account_of(customer_id: int) -> str:
    return f"6222{customer_id * 7919 % 10**12:012d}"


def other_movements(world: World) -> list[Movement]:
    """Wages, rent, fees, and money from people nobody knows."""
    found = []
    first = world.now.date() - timedelta(days=360)
    for month in range(12):
        day = working_day(first + timedelta(days=30 * month + 9))
        found += [
            Movement(day, Decimal("-386000.00"), "代发工资", "", "工资"),
            Movement(day, Decimal("-42000.00"), "上海临港物业管理有限公司", "31001", "房租"),
            Movement(day, Decimal("-25.00"), "", "", "手续费"),
        ]
    for age in (2, 3, 5, 40, 90):
        day = min(working_day(world.now.date() - timedelta(days=age)), world.now.date())
        amount = Decimal(world.random.randrange(30, 900)) * 100
        found.append(Movement(day, amount, world.inventor.person(), "6217000", "转账"))
    return found


def upload(world: World, account: BankAccount, movements: Sequence[Movement]) -> None:
    """Month by month: the bank's file, then finance's postings of all but the last days."""
    balance = OPENING
    months = sorted({(m.day.year, m.day.month) for m in movements})
    for year, month in months:
        chunk = [m for m in movements if (m.day.year, m.day.month) == (year, month)]
        text, balance = as_file(chunk, balance)
        file = store_bytes(
            text.encode("gb18030"), name=f"招商银行流水{year}-{month:02d}.csv", purpose="statement"
        )
        for imported in import_statement(file=file, account_id=account.pk):
            rows = list(imported.statement.lines.order_by("row"))
            post(world, chunk, rows)


def as_file(movements: Sequence[Movement], opening: Decimal) -> tuple[str, Decimal]:
    """The layout of the bank's corporate export, and the balance after it."""
    target, balance = io.StringIO(), opening
    writer = csv.writer(target)
    writer.writerow(HEADER)
    for number, one in enumerate(movements, start=1):
        balance += one.amount
        paid, received = (-one.amount, "") if one.amount < ZERO else ("", one.amount)
        day = f"{one.day:%Y%m%d}"
        writer.writerow(
            [day, "10:00:00", day, "转账", paid, received, balance, one.memo,
             f"C{day}{number:05d}", one.name, one.account]
        )  # fmt: skip
    return target.getvalue(), balance


def post(world: World, movements: Sequence[Movement], lines: Sequence[StatementLine]) -> None:
    """Finance matched these in their time; the newest lines wait."""
    finance = world.team.offices["finance"]
    newest = world.now.date() - timedelta(days=OPEN_DAYS)
    allocations, learned = [], []
    for movement, line in zip(movements, lines, strict=True):
        if movement.instalment is None or movement.day > newest:
            continue
        allocations.append(
            Allocation(
                line=line,
                instalment=movement.instalment,
                amount=movement.amount,
                source=AllocationSource.PROPOSAL,
                band=Band.POST,
                confidence=97,
                reasons=[
                    {"code": "amount_exact", "params": {}},
                    {"code": "payer_name_same", "params": {}},
                ],
                member=world.random.choice(finance),
                at=world.now - (world.now.date() - movement.day) + timedelta(hours=20),
            )
        )
        learned.append((line, movement.instalment.plan.order.customer_id))
    Allocation.objects.bulk_create(allocations, batch_size=1_000)
    learn(learned)

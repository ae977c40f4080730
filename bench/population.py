"""An organisation of any size, made of set-based inserts: for benchmarks that need many rows.

The rows are made by the server's superuser with triggers asleep, so a million leads take less
than a minute; every column that is not named gets the model's own default.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Field, Model
from psycopg import sql

from crm.people import services as people
from crm.people.models import Department, Member, MemberRole, User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from leads.models import Customer, FollowUp, IdentityKey, Lead, Opportunity, Stage
from orders.models import Order
from payments.models import Instalment, PaymentPlan

REPS_PER_REGION = 20
REGIONS = 10
REPS = REGIONS * REPS_PER_REGION


@dataclass(frozen=True)
class Company:
    """An organisation with people; `leads` is its size, everything else follows from it."""

    organization: Organization
    leads: int
    administrator: Member
    manager: Member
    rep: Member


def admin_url() -> str:
    """The test server's superuser, on Django's present database."""
    head, _slash, tail = os.environ["DATABASE_ADMIN_URL"].rpartition("/postgres")
    return f"{head}/{connection.settings_dict['NAME']}{tail}"


def app_url() -> str:
    """The application's own role, on Django's present database."""
    head, _slash, tail = os.environ["DATABASE_URL"].rpartition("/tongzhou")
    return f"{head}/{connection.settings_dict['NAME']}{tail}"


@contextmanager
def superuser() -> Iterator[psycopg.Connection[Any]]:
    """A connection that row-level security does not hold."""
    with psycopg.connect(admin_url(), autocommit=True, cursor_factory=psycopg.ClientCursor) as one:
        yield one


def default_of(field: "Field[Any, Any]") -> str:
    """The model's default for a column as an SQL literal."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "now()"
    value = field.get_default()
    if value is None:
        return "NULL"
    ready = field.get_db_prep_save(value, connection)
    return sql.Literal(ready).as_string()


class Writer:
    """Inserts generated rows of one organisation, the triggers asleep."""

    def __init__(self, admin: psycopg.Connection[Any], organization: Organization) -> None:
        self.admin, self.organization = admin, organization
        admin.execute("SET session_replication_role = replica")

    def fill(self, model: type[Model], count: int, **columns: str) -> int:
        """Insert `count` rows whose columns are SQL expressions over i; returns the first id."""
        given = {"organization_id": str(self.organization.pk), **columns}
        values = {
            field.column: given[field.column] if field.column in given else default_of(field)
            for field in model._meta.local_concrete_fields
            if not field.primary_key
        }
        row = self.admin.execute(
            f"WITH made AS (INSERT INTO {model._meta.db_table} ({', '.join(values)})"
            f" SELECT {', '.join(values.values())} FROM generate_series(1, {count}) AS i"
            " RETURNING id) SELECT min(id) FROM made"
        ).fetchone()
        assert row is not None
        return int(row[0])

    def first_id(self, model: type[Model]) -> int:
        """The organisation's first row of a table."""
        row = self.admin.execute(
            f"SELECT min(id) FROM {model._meta.db_table} WHERE organization_id = %s",
            [self.organization.pk],
        ).fetchone()
        assert row is not None
        return int(row[0])


def pick(words: str, salt: int) -> str:
    """SQL: one of the words, the same for the same i."""
    listed = words.split()
    array = ", ".join(f"'{word}'" for word in listed)
    return f"(ARRAY[{array}])[1 + (hashint8(i * 31 + {salt}) & 2147483647) % {len(listed)}]"


def hashed(most: int, salt: int) -> str:
    """SQL: a number from 0 below `most`, the same for the same i."""
    return f"((hashint8(i * 17 + {salt}) & 2147483647) % {most})"


NAME = (
    pick("上海 杭州 苏州 宁波 无锡 北京 天津 深圳 广州 成都 武汉 西安", 1)
    + "||" + pick("华 同 恒 瑞 金 天 宏 博 远 盛 中 新 安 正 德 科", 2)
    + "||" + pick("信 光 达 丰 泰 源 海 通 诚 业 创 联 兴 和 利 峰", 3)
    + "||" + pick("精密机械 电子 软件 新材料 汽车零部件 医疗器械 食品 物流 建设 能源", 4)
    + "||'有限公司'"
)  # fmt: skip
READING = pick("shanghai hangzhou suzhou ningbo beijing shenzhen chengdu wuhan", 1) + (
    "||' '||" + pick("huaxin tongguang hengda ruifeng jintai tianyuan honghai bota", 2) + "||i"
)
PROVINCE = pick("31 33 32 11 12 44 51 42 61 37", 5)
INDUSTRY = pick("machinery electronics software chemicals automotive medical food retail", 6)
STATUS = pick("new contacted qualified converted converted invalid contacted new", 7)
CHANNEL = pick("website phone exhibition platform referral api file manual", 8)
PHONE = "'+86139'||lpad((i % 100000000)::text, 8, '0')"
AGO = f"now() - {hashed(360 * 24 * 60, 9)} * interval '1 minute'"
AHEAD = f"now() + ({hashed(90 * 24, 10)} - 45 * 24) * interval '1 hour'"
FIRM = {
    "sort_key": READING, "name_key": "'k'||i", "phone": PHONE, "phone_key": PHONE,
    "province": PROVINCE, "industry": INDUSTRY, "city": "'市区'",
}  # fmt: skip
STEP = {
    "next_step": pick("报价 拜访 回电 寄样 签约", 11),
    "next_step_at": f"CASE WHEN i % 5 < 3 THEN {AHEAD} END",
}
KEYS = 5
TABLES = (Lead, Customer, Opportunity, Order, PaymentPlan, Instalment, FollowUp, IdentityKey)


def found_company(slug: str, *, leads: int, only_leads: bool = False) -> Company:
    """Found an organisation with ten regions of twenty reps and fill its tables."""
    organization = people.create_organization(slug=slug, name=f"{slug} 有限公司")
    with tenant_context(organization.pk):
        office = people.create_department(name="总部")
        regions = [
            people.create_department(name=f"第{number}大区", parent=office)
            for number in range(1, REGIONS + 1)
        ]
        administrator = add_person(slug, "administrator", office)
        manager = add_person(slug, "manager", regions[0])
        stages = add_stages()
    with superuser() as admin:
        writer = Writer(admin, organization)
        rep = add_reps(writer, slug, first_region=regions[0])
        add_leads(writer, owned(rep, regions[0].pk), leads)
        if not only_leads:
            add_business(writer, owned(rep, regions[0].pk), stages, leads)
        analyze(admin)
    with tenant_context(organization.pk):
        return Company(organization, leads, administrator, manager, Member.objects.get(pk=rep))


def add_person(slug: str, role: str, department: Department) -> Member:
    """A member who can sign in by session."""
    user = User.objects.create_user(f"{role}@{slug}.test", "x", name=role)
    return people.add_member(user=user, department=department, roles=[role])


def add_reps(writer: Writer, slug: str, *, first_region: Department) -> int:
    """Two hundred reps, region by region; returns the first one's id."""
    unusable = "'!'"
    user = writer.fill(
        User, REPS, email=f"'rep'||i||'@{slug}.test'", name="'员工'||i", password=unusable
    )
    member = writer.fill(
        Member,
        REPS,
        user_id=f"{user - 1} + i",
        name=pick("王 李 张 刘 陈 杨 赵 黄 周 吴", 1) + "||" + pick("伟 芳 娜 敏 静 磊 强 洋", 2),
        sort_key="'rep '||i",
        department_id=f"{first_region.pk} + (i - 1) / {REPS_PER_REGION}",
    )
    role = writer.admin.execute(
        "SELECT id FROM people_role WHERE code = 'rep' AND organization_id = %s",
        [writer.organization.pk],
    ).fetchone()
    assert role is not None
    writer.fill(MemberRole, REPS, member_id=f"{member - 1} + i", role_id=str(role[0]))
    return member


def add_stages() -> list[int]:
    """Six columns of a pipeline."""
    kinds = ["open", "open", "open", "open", "won", "lost"]
    return [
        Stage.objects.create(code=f"s{place}", name=f"阶段{place}", position=place, kind=kind).pk
        for place, kind in enumerate(kinds)
    ]


def owned(rep: int, region: int) -> dict[str, str]:
    """The columns of a record that one of the reps owns."""
    turn = f"(i - 1) % {REPS}"
    return {
        "owner_id": f"{rep} + {turn}",
        "department_id": f"{region} + ({turn}) / {REPS_PER_REGION}",
        "created_by_id": f"{rep} + {turn}",
        "created_at": AGO,
        "updated_at": AGO,
    }


def add_leads(writer: Writer, owner: dict[str, str], count: int) -> None:
    """Leads of every status, two thirds of them followed up."""
    writer.fill(
        Lead,
        count,
        **owner, **FIRM, **STEP,
        number="'L26-'||lpad(i::text, 7, '0')",
        company_name=NAME,
        contact_name=pick("王先生 李女士 张总 刘经理 陈主任 杨工", 12),
        status=STATUS,
        channel=CHANNEL,
        first_response_at=f"CASE WHEN i % 3 > 0 THEN {AGO} END",
    )  # fmt: skip


def add_business(writer: Writer, owner: dict[str, str], stages: list[int], leads: int) -> None:
    """In proportion to the leads: customers, deals, orders, instalments, follow-ups, keys."""
    few = max(leads // 5, 1)
    number = "lpad(i::text, 7, '0')"
    customer = writer.fill(
        Customer, few, **owner, **FIRM, **STEP, number=f"'C26-'||{number}", name=NAME
    )
    writer.fill(
        Opportunity,
        few,
        **owner, **STEP,
        number=f"'O26-'||{number}",
        name=NAME + "||'采购'",
        customer_id=f"{customer} + i - 1",
        stage_id=f"(ARRAY{stages})[1 + {hashed(len(stages), 13)}]",
        stage_changed_at=AGO,
        amount=f"{hashed(900_000, 14)} * 100",
        expected_close_date=f"current_date + {hashed(180, 15)} - 60",
    )  # fmt: skip
    order = add_orders(writer, few, owner=owner, customer=customer)
    add_plans(writer, few, order)
    add_story(writer, owner, leads)


def add_story(writer: Writer, owner: dict[str, str], leads: int) -> None:
    """Follow-ups and identity keys of the leads."""
    first = writer.first_id(Lead)
    writer.fill(
        FollowUp,
        leads,
        lead_id=f"{first} + i % {max(leads // 4, 1)}",
        kind=pick("call visit wechat email meeting", 16),
        content="'沟通了报价'",
        is_effective="i % 2 = 0",
        member_id=owner["owner_id"],
        at=AGO,
    )
    writer.fill(
        IdentityKey,
        leads * KEYS,
        key=f"hashtextextended((i / {KEYS})::text, i % {KEYS})",
        kind="'brand'",
        record_kind="'lead'",
        record_id=f"{first} + i / {KEYS}",
    )


def analyze(admin: psycopg.Connection[Any]) -> None:
    """What autovacuum would do in its own time."""
    for model in TABLES:
        admin.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(model._meta.db_table)))


def add_orders(writer: Writer, count: int, *, owner: dict[str, str], customer: int) -> int:
    """One order per customer; returns the first id."""
    net = f"{hashed(500_000, 17)} * 100"
    return writer.fill(
        Order,
        count,
        **owner,
        number="'S26-'||lpad(i::text, 7, '0')",
        customer_id=f"{customer} + i - 1",
        status=pick("draft submitted approved approved approved completed cancelled", 18),
        contract_number="'HT26-'||lpad(i::text, 7, '0')",
        order_date=f"current_date - {hashed(360, 19)}",
        net_amount=net,
        gross_amount=net,
    )


def add_plans(writer: Writer, count: int, order: int) -> None:
    """A plan per order, two instalments each; seven of ten are paid."""
    plan = writer.fill(PaymentPlan, count, order_id=f"{order} + i - 1", amount="2000000")
    amount = f"1000000 + {hashed(900_000, 21)}"
    writer.fill(
        Instalment,
        2 * count,
        plan_id=f"{plan} + (i - 1) / 2",
        position="1 + i % 2",
        percent="50",
        amount=amount,
        paid_amount=f"CASE WHEN {hashed(10, 20)} < 7 THEN {amount} ELSE 0 END",
        due_date=f"current_date + {hashed(360, 22)} - 240",
    )

"""P1: a lead file of 100,000 rows into an organisation with ten times as many customers.

The pipeline (upload, dry run, import with assignment) runs in a worker of its own, which has rows
read by a helper beside it; the helper's memory is told besides. The floor reads
the same workbook and copies the same rows into the same tables, indexes and foreign keys.
"""

import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from bench import harness, project
from bench.harness import Figure, Options
from bench.memory import Helpers, peak_of
from crm.embedded.testing import ensure_services

ROOT = Path(__file__).resolve().parents[1]
CUSTOMERS_PER_ROW = 10
KNOWN_LEADS = 10_000
CITIES = (
    "上海", "杭州", "苏州", "宁波", "无锡", "南京", "常州", "嘉兴", "温州", "绍兴", "北京",
    "天津", "济南", "青岛", "烟台", "石家庄", "深圳", "广州", "佛山", "东莞", "珠海", "成都",
    "重庆", "武汉", "西安", "长沙", "郑州", "合肥", "福州", "厦门", "南昌", "沈阳", "大连",
    "哈尔滨", "昆明", "贵阳",
)  # fmt: skip
TRADES = (
    "科技", "精密机械", "电子", "信息技术", "新材料", "汽车零部件", "医疗器械", "食品", "物流",
    "建设", "能源", "化工", "环保", "贸易", "服饰", "包装", "仪器", "自动化", "软件", "光电",
    "模具", "五金", "塑料", "纺织",
)  # fmt: skip
HEADER = (
    "公司名称", "联系人", "职位", "手机", "座机", "邮箱", "省份", "城市", "地址", "行业", "备注",
)  # fmt: skip
TABLES = ("leads_lead", "leads_identitykey", "leads_touch", "leads_assignmentdecision")
GOAL, MEMORY_GOAL = 0.30, 300


def company(chance: random.Random, letters: str) -> tuple[str, str]:
    city = chance.choice(CITIES)
    brand = "".join(chance.choices(letters, k=chance.choice((2, 2, 3))))
    return city, f"{city}{brand}{chance.choice(TRADES)}有限公司"


def rows(count: int, known: list[tuple[str, str]], chance: random.Random) -> Iterator[list[str]]:
    """Mostly new companies; one in twenty each: known, alike, faulty, repeated in the file."""
    letters, earlier = brand_letters(), []
    for number in range(count):
        kind = chance.randrange(20)
        city, name = company(chance, letters)
        phone = f"1{chance.randrange(3, 9)}{chance.randrange(10**9):09d}"
        if kind == 0 and known:
            name, phone = chance.choice(known)
        elif kind == 1 and known:
            name = chance.choice(known)[0].replace("有限公司", "")
        elif kind == 2:
            phone = "12345"
        elif kind == 3 and earlier:
            yield chance.choice(earlier)
            continue
        row = [
            name, "王经理", "采购", phone, "", f"sales@corp{chance.randrange(10**8)}.com", "", city,
            f"{city}市人民路{number}号", chance.choice(TRADES), "询价",
        ]  # fmt: skip
        earlier = [*earlier[-50:], row]
        yield row


def brand_letters() -> str:
    """Six hundred characters of names."""
    return "".join(chr(0x4E00 + 17 * n) for n in range(600))


def write_workbook(path: Path, content: Iterator[list[str]]) -> None:
    import xlsxwriter  # noqa: PLC0415  (only here)

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate((list(HEADER), *content)):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell)


def populate(customers: int) -> tuple[int, int, list[tuple[str, str]]]:
    """An organisation with 200 reps and that many customers with their true keys."""
    from bench import population  # noqa: PLC0415  (after django.setup)

    firm = population.found_company("importer", leads=KNOWN_LEADS, only_leads=True)
    share_provinces(firm.organization.pk)
    known = list(write_customers(population, firm.organization, customers))
    return firm.organization.pk, firm.administrator.pk, known


def share_provinces(organization: int) -> None:
    """Every province belongs to one of the ten regions."""
    from crm.people.models import Department  # noqa: PLC0415
    from crm.places import CODES  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    codes = list(CODES.values())
    with tenant_context(organization):
        regions = list(Department.objects.filter(parent__isnull=False).order_by("id"))
        for place, region in enumerate(regions):
            region.provinces = codes[place :: len(regions)]
            region.save(update_fields=["provinces"])


def write_customers(
    population: Any, organization: Any, customers: int
) -> Iterator[tuple[str, str]]:
    from leads.identity import Identity, match_keys  # noqa: PLC0415
    from leads.models import Customer  # noqa: PLC0415

    chance, letters = random.Random(7), brand_letters()
    with population.superuser() as admin:
        writer = population.Writer(admin, organization)
        first = writer.fill(Customer, customers, number="'C'||i", name="'…'")
        copy = "COPY leads_identitykey (organization_id, key, kind, record_kind, record_id)"
        with admin.cursor().copy(f"{copy} FROM STDIN") as keys:
            facts = []
            for number in range(customers):
                name = company(chance, letters)[1]
                phone = f"1{chance.randrange(3, 9)}{chance.randrange(10**9):09d}"
                facts.append((first + number, name, phone))
                for key in match_keys(Identity(company=name, phones=(phone,))):
                    entry = (organization.pk, key.hash64, key.kind, "customer", first + number)
                    keys.write_row(entry)
                if number % 97 == 0:
                    yield name, phone
        admin.execute("CREATE TEMP TABLE fact (id bigint, name text, phone text)")
        with admin.cursor().copy("COPY fact FROM STDIN") as target:
            for fact in facts:
                target.write_row(fact)
        admin.execute(
            "UPDATE leads_customer c SET name = f.name, phone = f.phone FROM fact f WHERE c.id=f.id"
        )
        admin.execute("VACUUM ANALYZE leads_customer")
        admin.execute("VACUUM ANALYZE leads_identitykey")


def enter(database: str) -> None:
    """Load Django on the prepared database, and what a process of the product has loaded."""
    os.environ |= {**ensure_services(), "DJANGO_SETTINGS_MODULE": "crm.settings.test"}
    import django  # noqa: PLC0415  (the environment comes first)
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    import_module("crm.celery")
    import_module(settings.TENANT_URLCONF)
    from tests.support.database import use_database  # noqa: PLC0415

    use_database(database)
    gc.collect()
    gc.freeze()


def upload(organization: int, member: int, path: str) -> dict[str, Any]:
    """What the web process does: keep the file, read its header, guess the columns."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    from crm.people.models import Member  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.services import imports  # noqa: PLC0415

    started = time.perf_counter()
    with tenant_context(organization, member_id=member):
        by = Member.objects.get(pk=member)
        file = SimpleUploadedFile("leads.xlsx", Path(path).read_bytes())
        batch = imports.upload_leads(upload=file, by=by)
        imports.choose_columns(batch_id=batch.pk, mapping=batch.mapping)
    return {"batch": batch.pk, "upload": time.perf_counter() - started}


def work(organization: int, member: int, batch_id: str) -> dict[str, Any]:
    """What the worker does: the dry run, then the import with its assignment."""
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.models import ImportBatch  # noqa: PLC0415
    from leads.services import imports, imports_check, imports_run  # noqa: PLC0415

    helpers = Helpers()
    marks = [time.perf_counter()]
    imports_check.check(organization, int(batch_id))
    marks.append(time.perf_counter())
    with tenant_context(organization, member_id=member):
        imports.start_import(batch_id=int(batch_id))
    imports_run.run(organization, int(batch_id))
    marks.append(time.perf_counter())
    with tenant_context(organization):
        batch = ImportBatch.objects.get(pk=batch_id)
    return {
        "check": marks[1] - marks[0],
        "run": marks[2] - marks[1],
        "memory": peak_of(),
        "helper": helpers.megabytes(),
        "counts": batch.counts,
        "results": batch.results,
    }


def in_process(step: str, database: str, organization: int, member: int, what: object) -> Any:
    """One step in a process of its own, so that its memory is its own."""
    words = [step, database, str(organization), str(member), str(what)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.p01_import", *words],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def run_pipeline(database: str, organization: int, member: int, path: Path) -> dict[str, Any]:
    sent = in_process("upload", database, organization, member, path)
    return {**sent, **in_process("work", database, organization, member, sent["batch"])}


def take_rows(batch: int) -> dict[str, bytes]:
    """What an import has written, ready to be copied in once more under new ids."""
    from bench import population  # noqa: PLC0415

    found: dict[str, bytes] = {}
    with population.superuser() as admin:
        admin.execute("CREATE TEMP TABLE twin (old bigint, new bigint, number text)")
        admin.execute(
            "INSERT INTO twin SELECT id, nextval('leads_lead_id_seq'), 'F'||id FROM leads_lead"
            " WHERE import_batch_id = %s",
            [batch],
        )
        for table in TABLES:
            columns = columns_of(admin, table)
            shown = [twin_column(table, column) for column in columns]
            joined = {
                "leads_lead": "JOIN twin ON twin.old = t.id",
                "leads_identitykey": "JOIN twin ON t.record_kind='lead' AND twin.old = t.record_id",
                "leads_touch": f"LEFT JOIN twin ON twin.old = t.lead_id"
                f" WHERE t.import_batch_id = {batch}",
                "leads_assignmentdecision": "JOIN twin ON twin.old = t.lead_id",
            }[table]
            buffer = BytesIO()
            query = f"COPY (SELECT {', '.join(shown)} FROM {table} t {joined}) TO STDOUT"
            with admin.cursor().copy(query) as source:
                for part in source:
                    buffer.write(part)
            found[f"COPY {table} ({', '.join(columns)}) FROM STDIN"] = buffer.getvalue()
    return found


def columns_of(admin: Any, table: str) -> list[str]:
    """Every column but ids that the table makes itself."""
    rows_ = admin.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    ).fetchall()
    return [name for (name,) in rows_ if name != "id" or table == "leads_lead"]


def twin_column(table: str, column: str) -> str:
    if (table, column) == ("leads_lead", "number"):
        return "twin.number"
    is_lead = (table, column) in {("leads_lead", "id"), ("leads_identitykey", "record_id")}
    return "twin.new" if is_lead or column == "lead_id" else f"t.{column}"


def floor(path: Path, tables: dict[str, bytes]) -> float:
    """Read the workbook and copy what came of it; nothing else."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    from bench import population  # noqa: PLC0415

    with population.superuser() as admin:
        started = time.perf_counter()
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        read = sum(1 for _row in sheet.iter_rows())
        with admin.transaction():
            for statement, data in tables.items():
                with admin.cursor().copy(statement) as target:
                    target.write(data)
        assert read
        return time.perf_counter() - started


def measure(options: Options) -> list[Figure]:
    project.set_up("p01")
    organization, member, known = populate(options.rows * CUSTOMERS_PER_ROW)
    shares, memory, details, beside = [], [], {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            path = Path(folder) / f"leads{number}.xlsx"
            write_workbook(path, rows(options.rows, known, random.Random(number)))
            done = run_pipeline("bench_p01", organization, member, path)
            least = floor(path, take_rows(done["batch"]))
            total = done["upload"] + done["check"] + done["run"]
            assert sum(done["results"].values()) == options.rows, done
            assert done["results"]["created"] >= 0.7 * options.rows, done
            shares.append(least / total)
            memory.append(done["memory"])
            beside = {"its helper, MB": done["helper"]}
            details = {
                "rows/s": options.rows / total, "upload s": done["upload"],
                "check s": done["check"], "import s": done["run"], "floor s": least,
                **done["counts"],
            }  # fmt: skip
    share = sorted(shares)[len(shares) // 2]
    return [
        Figure("floor : import (read, check, import, assign)", share, "", GOAL, detail=details),
        Figure("memory of the worker", max(memory), "MB", MEMORY_GOAL, "low", detail=beside),
    ]


STEPS = {"upload": upload, "work": work}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        enter(sys.argv[2])
        print(json.dumps(STEPS[sys.argv[1]](int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])))
    else:
        harness.main("P1", "Import of a lead file", measure, rows=100_000, rounds=3)

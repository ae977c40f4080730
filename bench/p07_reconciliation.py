"""P7: 10,000 bank lines against 50,000 receivables: proposed, posted, audited; and one by one.

The limit is one statement that joins lines and receivables on amount and payer or reference and
writes allocations and audit rows through the same triggers. Four lines in ten quote the contract,
four name the payer, one names him loosely, one pays two instalments at once.
"""

from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any

from bench import harness, project
from bench.harness import Figure, Options, interleaved, medians, timed

GOAL, GOAL_OF_ONE = 0.25, 4.0
NAME = "'上海'||chr(20000 + {0} % 4000)||chr(20000 + ({0} * 7) % 3989)||'精密机械有限公司'"
SET_BASED = """
    WITH hit AS (
        SELECT DISTINCT ON (line.id) line.id AS line_id, part.id AS instalment_id, line.amount
          FROM payments_statementline line
          JOIN payments_instalment part
            ON part.amount = line.amount AND part.paid_amount < part.amount
          JOIN payments_paymentplan plan ON plan.id = part.plan_id
          JOIN orders_order sale ON sale.id = plan.order_id
          JOIN leads_customer buyer ON buyer.id = sale.customer_id
         WHERE line.matched_amount = 0
           AND (buyer.name = line.counterparty_name OR sale.contract_number = line.reference)
         ORDER BY line.id, part.due_date, part.id
    ), one AS (
        SELECT DISTINCT ON (instalment_id) * FROM hit ORDER BY instalment_id, line_id
    ), written AS (
        INSERT INTO payments_allocation (organization_id, line_id, instalment_id, amount, source,
                                         band, confidence, reasons, at)
        SELECT %(organization)s, line_id, instalment_id, amount, 'bulk', '', 0, '[]', now()
          FROM one RETURNING line_id
    )
    INSERT INTO audit_operationlog (organization_id, action, subject_kind, subject_id, details, at)
    SELECT %(organization)s, 'line.posted', 'payments.statementline', line_id, '{}', now()
      FROM written
"""
UNDO = (
    "TRUNCATE payments_allocation, payments_proposedshare, payments_matchproposal,"
    " payments_payeralias, audit_operationlog, payments_instalmentevent",
    "DELETE FROM jobs_job",
    "UPDATE payments_statementline SET matched_amount = 0",
    "UPDATE payments_instalment SET paid_amount = 0",
    "VACUUM ANALYZE payments_statementline, payments_instalment",
)


def fill(company: Any, lines: int) -> None:
    """Half as many customers as lines, five instalments per line, two per order."""
    from bench import population  # noqa: PLC0415  (after django.setup)

    with population.superuser() as admin:
        writer = population.Writer(admin, company.organization)
        part = _fill_receivables(writer, buyers=lines // 2, orders=lines * 5 // 2)
        _fill_lines(writer, company, lines, first_instalment=part)
        population.analyze(admin)


def _fill_receivables(writer: Any, *, buyers: int, orders: int) -> int:
    """Customers and their orders, each to be paid 30 and 70 in a hundred; the first instalment."""
    from leads.models import Customer  # noqa: PLC0415
    from orders.models import Order  # noqa: PLC0415
    from payments.models import Instalment, PaymentPlan  # noqa: PLC0415

    gross = "(1000000 + i * 1370)"
    customer = writer.fill(Customer, buyers, number="'C'||i", name=NAME.format("i"))
    order = writer.fill(
        Order,
        orders,
        number="'SO26-'||lpad(i::text, 6, '0')",
        contract_number="'HT26-'||lpad(i::text, 6, '0')",
        customer_id=f"{customer} + i % {buyers}",
        status="'approved'",
        net_amount=gross,
        gross_amount=gross,
        order_date="current_date",
    )
    plan = writer.fill(PaymentPlan, orders, order_id=f"{order} + i - 1", amount=gross)
    whole = "(1000000 + ((i + 1) / 2) * 1370)"
    return int(
        writer.fill(
            Instalment,
            orders * 2,
            plan_id=f"{plan} + (i - 1) / 2",
            position="1 + (i - 1) % 2",
            percent="CASE WHEN i % 2 = 1 THEN 30 ELSE 70 END",
            amount=f"CASE WHEN i % 2 = 1 THEN {whole} * 3 / 10 ELSE {whole} - {whole} * 3 / 10 END",
            due_date="current_date + i % 60 - 30",
        )
    )


def _fill_lines(writer: Any, company: Any, lines: int, *, first_instalment: int) -> None:
    """A statement of one account; its lines keep the instalment that they should pay."""
    from payments.models import Statement, StatementLine  # noqa: PLC0415

    account, file = _account_and_file(writer, company.organization.pk)
    statement = writer.fill(Statement, 1, account_id=str(account), file_id=str(file))
    buyers = lines // 2
    sale = "(i * 5 / 2)"  # the order whose first instalment, or all, the line pays
    amount = f"(1000000 + {sale} * 1370)"
    payer = NAME.format(f"(({sale} % {buyers}) + 1)")
    contract = f"'HT26-'||lpad({sale}::text, 6, '0')"
    writer.fill(
        StatementLine,
        lines,
        account_id=str(account),
        statement_id=str(statement),
        row="i",
        amount=f"CASE WHEN i % 10 = 9 THEN {amount} ELSE {amount} * 3 / 10 END",
        booking_date="current_date",
        value_date="current_date",
        counterparty_name=f"CASE WHEN i % 10 = 8 THEN replace({payer}, '有限公司', '')"
        f" ELSE {payer} END",
        reference=f"CASE WHEN i % 10 IN (0, 1, 2, 3, 9) THEN {contract} ELSE '' END",
        memo="'货款'",
        fingerprint="'f'||i",
        bank_id=f"({first_instalment} + ({sale} - 1) * 2)::text",  # for checking the result
    )


def _account_and_file(writer: Any, organization_id: int) -> tuple[int, int]:
    from crm.encryption.cipher import seal  # noqa: PLC0415
    from crm.files.models import StoredFile  # noqa: PLC0415
    from payments.models import BankAccount  # noqa: PLC0415

    place = "payments_bankaccount.number"
    token = seal("622200001111", place=place, organization_id=organization_id)
    account = writer.fill(BankAccount, 1, name="'基本户'", number=f"'{token}'")
    return account, writer.fill(StoredFile, 1, name="'x'", path="'x'", size="1")


def undo() -> None:
    """Nothing matched, nothing proposed; untimed, behind the triggers' back."""
    from bench import population  # noqa: PLC0415

    with population.superuser() as admin:
        admin.execute("SET session_replication_role = replica")
        for statement in UNDO:
            admin.execute(statement)


def set_based(organization: int) -> None:
    from django.db import connection  # noqa: PLC0415

    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    with tenant_context(organization), connection.cursor() as cursor:
        cursor.execute(SET_BASED, {"organization": organization})


def propose(organization: int) -> dict[str, int]:
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from payments.services.proposing import propose_matches  # noqa: PLC0415

    with tenant_context(organization):
        return propose_matches()


def accept(organization: int, member: Any) -> None:
    """Press the button until no sure line is left."""
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from payments.selectors.reconciliation import sure_line_ids  # noqa: PLC0415
    from payments.services.bulk_posting import accept_sure_lines  # noqa: PLC0415

    waiting = True
    while waiting:
        with tenant_context(organization, member_id=member.pk):
            waiting = bool(ids := sure_line_ids())
            _done, left = accept_sure_lines(line_ids=ids, by=member)
        assert left == 0, left


def check(organization: int, lines: int) -> float:
    """The share of lines posted; none of them wrongly."""
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from payments.models import Allocation  # noqa: PLC0415

    with tenant_context(organization):
        rows = Allocation.objects.values_list("line_id", "instalment_id", "line__bank_id")
        posted: dict[int, set[int]] = {}
        truth: dict[int, int] = {}
        for line, instalment, right in rows:
            posted.setdefault(line, set()).add(instalment)
            truth[line] = int(right)
    wrong = [line for line, parts in posted.items() if parts - {truth[line], truth[line] + 1}]
    assert not wrong, f"{len(wrong)} lines posted wrongly"
    return len(posted) / lines


def bare(organization: int, pairs: Sequence[tuple[int, int]], turn: Any) -> None:
    """What posting one line costs at least: two locks, an allocation, a log row, the commit."""
    from django.db import connection  # noqa: PLC0415

    from crm.tenancy.context import tenant_context  # noqa: PLC0415

    line, instalment = pairs[next(turn)]
    with tenant_context(organization), connection.cursor() as cursor:
        for table, pk in (("payments_statementline", line), ("payments_instalment", instalment)):
            cursor.execute(f"SELECT amount FROM {table} WHERE id = %s FOR NO KEY UPDATE", [pk])
        cursor.execute(
            "INSERT INTO payments_allocation (organization_id, line_id, instalment_id, amount,"
            " source, band, confidence, reasons, at)"
            " SELECT organization_id, id, %s, amount, 'manual', '', 0, '[]', now()"
            " FROM payments_statementline WHERE id = %s",
            [instalment, line],
        )
        cursor.execute(
            "INSERT INTO audit_operationlog (organization_id, action, subject_kind, subject_id,"
            " details, at) VALUES (%s, 'line.posted', 'payments.statementline', %s, '{}', now())",
            [organization, line],
        )


def confirm(organization: int, pairs: Sequence[tuple[int, int]], turn: Any, member: Any) -> None:
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from payments.services.posting import accept_proposal  # noqa: PLC0415

    with tenant_context(organization, member_id=member.pk):
        accept_proposal(line_id=pairs[next(turn)][0], by=member)


def measure_one(company: Any, rounds: int) -> Figure:
    """Confirm lines one by one, in turn with the bare transaction."""
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from payments.enums import Band  # noqa: PLC0415
    from payments.models import ProposedShare  # noqa: PLC0415

    organization = company.organization.pk
    propose(organization)
    with tenant_context(organization):
        sure = ProposedShare.objects.filter(
            proposal__band=Band.POST, proposal__line__reference="", proposal__rest_amount=0
        ).order_by("pk")
        pairs = list(sure.values_list("proposal__line_id", "instalment_id"))
    turn = count()
    times = medians(
        interleaved(
            {
                "bare": partial(bare, organization, pairs, turn),
                "ours": partial(confirm, organization, pairs, turn, company.administrator),
            },
            rounds=rounds * 20,
        )
    )
    detail = {"ms": times["ours"] * 1000, "bare ms": times["bare"] * 1000}
    ratio = times["ours"] / times["bare"]
    return Figure("confirm of one line : bare transaction", ratio, "x", GOAL_OF_ONE, "low", detail)


def measure(options: Options) -> list[Figure]:
    project.set_up("p07")
    from bench import population  # noqa: PLC0415  (after django.setup)

    company = population.found_company("cashier", leads=1, only_leads=True)
    fill(company, options.rows)
    organization, posted = company.organization.pk, 0.0
    limits, proposed, accepted = [], [], []
    for _round in range(options.rounds):
        undo()
        limits.append(timed(partial(set_based, organization)))
        undo()
        proposed.append(timed(partial(propose, organization)))
        accepted.append(timed(partial(accept, organization, company.administrator)))
        posted = check(organization, options.rows)
    middle = options.rounds // 2
    limit, ours = (
        sorted(limits)[middle],
        sorted(map(sum, zip(proposed, accepted, strict=True)))[middle],
    )
    undo()
    detail = {
        "lines/s": options.rows / ours,
        "limit lines/s": options.rows / limit,
        "proposing s": sorted(proposed)[middle],
        "posting s": sorted(accepted)[middle],
        "posted share": posted,
    }
    return [
        Figure("one statement : proposed and posted", limit / ours, "", GOAL, detail=detail),
        measure_one(company, options.rounds),
    ]


if __name__ == "__main__":
    harness.main("P7", "Bank reconciliation", measure, rows=10_000, rounds=5)

"""Two people at once: one wins, the other is told; the sums are right either way."""

import threading
from decimal import Decimal

import pytest
from django.db import connections

from crm.people.models import Member
from crm.tenancy.context import tenant_context
from payments.models import Allocation, Instalment, StatementLine
from payments.services import plans, posting
from payments.services.refusals import AlreadyTaken
from tests.payments.conftest import make_order
from tests.support.cast import build_cast

pytestmark = pytest.mark.slow


def in_parallel(organization_id, *attempts):
    """Run each attempt in its own connection and transaction, started together."""
    barrier = threading.Barrier(len(attempts))
    outcomes = []

    def run(attempt):
        try:
            with tenant_context(organization_id):
                barrier.wait(timeout=120)
                attempt()
            outcomes.append("done")
        except Exception as error:  # noqa: BLE001
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return outcomes


@pytest.fixture
def scene(real_transactions):
    """A plan of ¥10,000.00 and two lines of ¥3,000.00, committed."""
    from crm.files.services import store_bytes
    from payments.models import Statement
    from payments.services import accounts

    cast = build_cast("acme")
    with tenant_context(cast.organization.id):
        plan = plans.create_plan(order_id=make_order(cast.agent).pk)
        account = accounts.open_account(name="基本户", number="622202000000")
        statement = Statement.objects.create(
            account=account, file=store_bytes(b"x", name="x.csv", purpose="statement")
        )
        lines = [
            StatementLine.objects.create(
                account=account,
                statement=statement,
                row=number,
                amount=Decimal(3000),
                booking_date="2026-11-02",
                value_date="2026-11-02",
                fingerprint=f"f{number}",
            )
            for number in range(2)
        ]
        first, second = plan.instalments.order_by("position")
    return cast, lines, first, second


def post(line, instalment, cast):
    by = Member(pk=cast.finance.pk, organization_id=cast.organization.id)
    return lambda: posting.post_line(line_id=line.pk, shares={instalment.pk: Decimal(3000)}, by=by)


def test_two_lines_for_one_instalment(scene):
    cast, lines, deposit, _balance = scene
    outcomes = in_parallel(cast.organization.id, *(post(line, deposit, cast) for line in lines))
    assert sorted(str(type(one).__name__) for one in outcomes) == ["AlreadyTaken", "str"]
    with tenant_context(cast.organization.id):
        assert Instalment.objects.get(pk=deposit.pk).paid_amount == Decimal(3000)
        assert Allocation.objects.count() == 1


def test_one_line_for_two_instalments(scene):
    cast, (line, _other), deposit, balance = scene
    outcomes = in_parallel(
        cast.organization.id, post(line, deposit, cast), post(line, balance, cast)
    )
    assert sum(isinstance(one, AlreadyTaken) for one in outcomes) == 1
    with tenant_context(cast.organization.id):
        assert StatementLine.objects.get(pk=line.pk).matched_amount == Decimal(3000)


def test_the_database_refuses_even_without_the_services_locks(scene):
    cast, lines, deposit, _balance = scene

    def insert(line):
        return lambda: Allocation.objects.create(
            line=line,
            instalment=deposit,
            amount=Decimal(2000),
            source="manual",
            at="2026-11-21T00:00:00Z",
        )

    outcomes = in_parallel(cast.organization.id, *(insert(line) for line in lines))
    assert sorted(type(one).__name__ for one in outcomes) == ["IntegrityError", "str"]
    with tenant_context(cast.organization.id):
        assert Instalment.objects.get(pk=deposit.pk).paid_amount == Decimal(2000)
